#include <algorithm>

#include <adjoin/engine/sparse/backend.hpp>

namespace adjoin {

Matrix CpuBackend::upload(MatrixView<const float> x) const {
  Matrix copy(x.rows(), x.columns());
  constexpr std::size_t rows_per_chunk = 4096;
  context_->for_chunks(x.rows(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) std::ranges::copy(x.row(i), copy.row(i).begin());
  });
  return copy;
}

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
    views.push_back({term.matrix->view(), term.coefficient, term.normalize});
  }
  return views;
}

}  // namespace adjoin
