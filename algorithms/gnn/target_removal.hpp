// The graph without the edges that a batch learns to tell, so that no message passes along them.
//
// Source.  Zhang, Li, Xia, Wang, Jin: Revisiting neural network for link prediction: labeling trick, 2021, section 3,
//          on why: a network that passes messages along the edge that it is asked for learns to see edges, not to
//          foretell them. HeaRT (Li et al. 2023) trains all its models so.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin::gnn {

/// Removes edges from one adjacency matrix, again and again, in memory that is taken once.
class TargetRemoval {
 public:
  /// adjacency: square; must outlive this.
  explicit TargetRemoval(const CsrView& adjacency);

  /// The matrix without the entries (u, v) and (v, u) of each target. A target without an entry removes nothing. Valid
  /// until the next call. Bytes: reads and writes the matrix once; O(k log k) for k targets.
  CsrView without(RunContext& context, std::span<const Edge> targets);

  static std::uint64_t bytes(const CsrView& adjacency) noexcept;

 private:
  CsrView adjacency_;
  Array<EdgeOffset> offsets_;
  Array<NodeId> targets_;
  Array<float> weights_;
  std::vector<std::uint64_t> entries_;  // that go: the row above, the column below, in order
};

}  // namespace adjoin::gnn
