// The features of some nodes: what a network sees of a sampled batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <adjoin/algorithms/gnn/node_features.hpp>
#include <adjoin/engine/learn/sparse_operand.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::gnn {

/// Picks rows, again and again; the memory of dense ones is taken once for the most that were picked.
class PickedFeatures {
 public:
  /// Row i is that of nodes[i]. all: of every node of the graph. Copied, but for vectors that are learned, whose
  /// gradients go to their rows. Valid until the next call; nodes outlive it. Bytes: the rows, read and written once.
  /// InvalidOption for a node without a row; BudgetExceeded.
  NodeFeatures pick(RunContext& context, const NodeFeatures& all, std::span<const NodeId> nodes);

  /// Of so many rows; of sparse ones about, as if each had as many entries as in all.
  static std::uint64_t bytes(const NodeFeatures& all, std::size_t rows) noexcept;

 private:
  Array<float> dense_;
  Csr sparse_;
  std::optional<learn::SparseOperand> operand_;
};

}  // namespace adjoin::gnn
