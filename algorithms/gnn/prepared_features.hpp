// Features of nodes made ready for a network: scaled row by row, with what gradients need of sparse ones.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include <adjoin/algorithms/gnn/node_features.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/learn/sparse_operand.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::gnn {

/// sum: each row is divided by the sum of its absolute values, as papers on Planetoid's graphs do with words (Kipf,
/// Welling 2017, section 5.2); a row of zeros stays.
enum class FeatureRows : std::uint8_t { as_given, sum };

/// As many numbers as the features given, where they are scaled, and the transpose of sparse ones. What is given
/// outlives it. Move-only; NodeFeatures made of it stay valid when it is moved.
class PreparedFeatures {
 public:
  PreparedFeatures(RunContext& context, MatrixView<const float> dense, FeatureRows rows);
  PreparedFeatures(RunContext& context, const CsrView& sparse, FeatureRows rows);

  NodeFeatures features() const { return operand_ ? NodeFeatures(*operand_) : NodeFeatures(dense_); }

  /// Bytes of it beyond what is given.
  static std::uint64_t bytes(MatrixView<const float> dense, FeatureRows rows) noexcept;
  static std::uint64_t bytes(const CsrView& sparse, FeatureRows rows) noexcept;

 private:
  Matrix scaled_;
  MatrixView<const float> dense_;
  Array<float> weights_;  // of sparse features, if they are scaled
  std::unique_ptr<learn::SparseOperand> operand_;
};

}  // namespace adjoin::gnn

template <>
struct adjoin::EnumNames<adjoin::gnn::FeatureRows> {
  using Rows = adjoin::gnn::FeatureRows;
  static constexpr std::array<std::pair<Rows, std::string_view>, 2> names{
      {{Rows::as_given, "as-given"}, {Rows::sum, "sum"}}};
};
