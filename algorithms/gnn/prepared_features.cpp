#include <algorithm>
#include <cmath>

#include <adjoin/algorithms/gnn/prepared_features.hpp>
#include <adjoin/engine/learn/operation.hpp>

namespace adjoin::gnn {
namespace {

/// What a row is multiplied with so that its absolute values sum to 1; 1 for a row of zeros. from: `count` numbers, or
/// nullptr for as many ones.
float row_factor(const float* from, std::size_t count) {
  double sum = from == nullptr ? static_cast<double>(count) : 0;
  for (std::size_t j = 0; from != nullptr && j < count; ++j) sum += std::abs(static_cast<double>(from[j]));
  return sum > 0 ? static_cast<float>(1 / sum) : 1;
}

}  // namespace

PreparedFeatures::PreparedFeatures(RunContext& context, MatrixView<const float> dense, FeatureRows rows)
    : dense_(dense) {
  if (rows == FeatureRows::as_given) return;
  scaled_ = Matrix(dense.rows(), dense.columns());
  context.without_progress([&] {
    learn::for_rows(context, dense.rows(), dense.columns(), [&](std::size_t i) {
      const float factor = row_factor(dense.row(i).data(), dense.columns());
      std::ranges::transform(dense.row(i), scaled_.row(i).begin(), [&](float value) { return factor * value; });
    });
  });
  dense_ = scaled_.view();
}

PreparedFeatures::PreparedFeatures(RunContext& context, const CsrView& sparse, FeatureRows rows) {
  CsrView matrix = sparse;
  if (rows == FeatureRows::sum) {
    weights_ = Array<float>(sparse.nonzero_count());
    const std::size_t width = sparse.nonzero_count() / std::max<std::size_t>(1, sparse.row_count());
    context.without_progress([&] {
      learn::for_rows(context, sparse.row_count(), width, [&](std::size_t i) {
        const std::size_t begin = sparse.row_begin(i);
        const float* const from = sparse.weighted() ? sparse.weights.data() + begin : nullptr;
        const float factor = row_factor(from, sparse.row_size(i));
        for (std::size_t j = 0; j < sparse.row_size(i); ++j) {
          weights_[begin + j] = from == nullptr ? factor : factor * from[j];
        }
      });
    });
    matrix.weights = weights_.span();
  }
  operand_ = std::make_unique<learn::SparseOperand>(context, matrix);
}

std::uint64_t PreparedFeatures::bytes(MatrixView<const float> dense, FeatureRows rows) noexcept {
  return rows == FeatureRows::as_given ? 0 : dense.rows() * dense.columns() * sizeof(float);
}

std::uint64_t PreparedFeatures::bytes(const CsrView& sparse, FeatureRows rows) noexcept {
  const std::uint64_t weights = rows == FeatureRows::as_given ? 0 : sparse.nonzero_count() * sizeof(float);
  // The transpose has weights if the matrix has, which the view given may not say.
  const std::uint64_t of_transpose = sparse.weighted() ? 0 : weights;
  return weights + of_transpose + learn::SparseOperand::bytes(sparse);
}

}  // namespace adjoin::gnn
