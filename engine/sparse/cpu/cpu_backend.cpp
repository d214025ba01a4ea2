#include <algorithm>

#include <adjoin/engine/sparse/backend.hpp>

namespace adjoin {

void CpuBackend::fill(DenseMatrix& x, float value) const {
  const auto view = x.view();
  constexpr std::size_t rows_per_chunk = 4096;
  context_->for_chunks(x.rows(), rows_per_chunk, [&](Chunk rows) {
    std::fill(view.data() + rows.begin * view.stride(), view.data() + rows.end * view.stride(), value);
  });
}

std::vector<RowTerm> CpuBackend::row_terms(std::span<const DenseTerm<DenseMatrix>> terms) {
  std::vector<RowTerm> views;
  views.reserve(terms.size());
  for (const DenseTerm<DenseMatrix>& term : terms) {
    views.push_back({term.matrix->view(), term.coefficient, term.normalize, term.row_scale});
  }
  return views;
}

}  // namespace adjoin
