// What is known of each node before anything is learned, or what is learned of it instead: a row of numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/learn/sparse_operand.hpp>
#include <adjoin/engine/runtime/ids.hpp>

namespace adjoin::gnn {

/// A row a node, as somebody else holds it, who outlives every recording of it. Words of a text are best left sparse:
/// the first product then costs what is there, and not nodes * words.
class NodeFeatures {
 public:
  explicit NodeFeatures(MatrixView<const float> dense)
      : dense_(dense), rows_(dense.rows()), columns_(dense.columns()) {}
  /// An operand, as gradients of the first weights go along its transpose.
  explicit NodeFeatures(const learn::SparseOperand& sparse)
      : sparse_(&sparse), rows_(sparse.matrix().row_count()), columns_(sparse.matrix().column_count) {}
  /// Vectors that are learned, for a graph that says nothing of its nodes (and for LightGCN): a row for every node.
  explicit NodeFeatures(learn::Parameter& learned)
      : learned_(&learned), rows_(learned.value.rows()), columns_(learned.value.columns()) {}
  /// The same of some nodes: row i is row nodes[i] of the vectors. For batches.
  NodeFeatures(learn::Parameter& learned, std::span<const NodeId> nodes)
      : learned_(&learned), nodes_(nodes), picked_(true), rows_(nodes.size()), columns_(learned.value.columns()) {}

  std::size_t rows() const noexcept { return rows_; }
  std::size_t columns() const noexcept { return columns_; }

  bool is_sparse() const noexcept { return sparse_ != nullptr; }
  const learn::SparseOperand& sparse() const noexcept { return *sparse_; }
  bool is_learned() const noexcept { return learned_ != nullptr; }
  learn::Parameter& learned() const noexcept { return *learned_; }
  /// Whether only the rows of nodes() are taken of what is learned.
  bool is_picked() const noexcept { return picked_; }
  std::span<const NodeId> nodes() const noexcept { return nodes_; }
  /// Without rows if the features are sparse or learned.
  MatrixView<const float> dense() const noexcept { return dense_; }

 private:
  MatrixView<const float> dense_;
  const learn::SparseOperand* sparse_ = nullptr;
  learn::Parameter* learned_ = nullptr;
  std::span<const NodeId> nodes_;
  bool picked_ = false;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

/// Adds vectors of nodes that are learned, "node_vectors", drawn as Glorot and Bengio do: a row for each of them.
learn::Parameter& add_node_vectors(learn::Parameters& parameters, std::size_t nodes, std::size_t columns,
                                   std::uint64_t seed);

}  // namespace adjoin::gnn
