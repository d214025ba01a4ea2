#include <vector>

#include <adjoin/engine/sparse/backend.hpp>

namespace adjoin {

void CpuBackend::fill(DenseMatrix& x, float value) const {
  const auto view = x.view();
  constexpr std::size_t rows_per_chunk = 4096;
  context_->for_chunks(x.rows(), rows_per_chunk, [&](Chunk rows) {
    std::fill(view.data() + rows.begin * view.stride(), view.data() + rows.end * view.stride(), value);
  });
}

void CpuBackend::spmm_combine(const SparseMatrix& a, std::span<const float> row_scale, const DenseMatrix& x,
                              float coefficient, std::span<const std::pair<const DenseMatrix*, float>> terms,
                              bool normalize, DenseMatrix& out) const {
  std::vector<RowTerm> views;
  views.reserve(terms.size());
  for (const auto& [matrix, weight] : terms) views.push_back({matrix->view(), weight});
  adjoin::spmm_combine(*context_, a, row_scale, x.view(), coefficient, views, normalize, out.view());
}

}  // namespace adjoin
