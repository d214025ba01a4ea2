// Some neighbours of some nodes, and some of theirs: what a step of training on a few nodes of a large graph looks at.
//
// Source.  Hamilton, Ying, Leskovec: Inductive representation learning on large graphs, 2017, section 3.2 (a fixed
//          number of neighbours a layer). Values: Chen, Zhu, Song: Stochastic training of graph convolutional networks
//          with variance reduction, 2018, section 3.3 (a neighbour stands for degree / sample of them).
// Layers share nodes: a node is met once and its neighbours are drawn once, however many layers look at it, so the
// block of an inner layer is the first rows of the block of the layer before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <adjoin/algorithms/gnn/messages.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin::gnn {

/// A fan-out that leaves nobody out.
inline constexpr std::size_t all_neighbors = std::numeric_limits<std::size_t>::max();

/// What the network looks at in one step.
struct NeighborSample {
  std::vector<NodeId> nodes;     // the sources of the outermost block: the targets, then others as they were met
  std::vector<Messages> blocks;  // one a hop, the outermost first; the targets of the last are those asked for
};

/// Draws neighbours from one graph, again and again. Not for use by two threads at once.
class NeighborSampler {
 public:
  /// adjacency: square, row i names those that tell node i; outlives this. fan_outs: neighbours of a node at most, of
  /// the targets themselves first. InvalidOption for no fan-out or one of 0; BudgetExceeded. O(entries).
  NeighborSampler(RunContext& context, const CsrView& adjacency, MessageForm form, std::vector<std::size_t> fan_outs);

  /// Every subset of a node's neighbours that has the size of the fan-out is as likely as any other; whoever has fewer
  /// keeps them all. The loop of a form with loops is always there and does not count. Which subset is a function of
  /// the context's seed, the step (below 2^32) and the node, whatever else is in the batch.
  ///
  /// A value is that of the form on the whole graph without `left_out`, times neighbours / drawn neighbours, so that a
  /// product with a block is on average that with all neighbours (of with_loops, there are no values). With all
  /// neighbours it is the matrix of the graph without `left_out`.
  ///
  /// targets: distinct. left_out: edges that no message goes along, neither way; those that are none change nothing.
  /// Cost.    O(k log k) for k drawn entries, the degrees of nodes of which more than half are drawn, and those of the
  ///          ends of edges that are left out.
  /// Errors.  InvalidOption for a node that there is not, or a target twice; BudgetExceeded; Cancelled.
  /// Repeat.  The same for any number of threads.
  NeighborSample sample(RunContext& context, std::span<const NodeId> targets, std::uint64_t step,
                        std::span<const Edge> left_out = {});

  std::size_t hops() const noexcept { return fan_outs_.size(); }
  /// Bytes of a sample for so many targets, at most.
  std::uint64_t sample_bytes(std::size_t targets) const noexcept;
  /// Nodes of a sample for so many targets, at most.
  std::size_t most_nodes(std::size_t targets) const noexcept;
  /// Bytes held for a graph of so many nodes.
  static std::uint64_t bytes(std::size_t node_count) noexcept;

 private:
  class Batch;

  CsrView adjacency_;
  MessageForm form_;
  std::vector<std::size_t> fan_outs_;
  bool has_own_loops_ = false;  // of the graph
  Array<float> sums_;           // of rows, without what is left out at the moment
  Array<NodeId> places_;        // of the nodes of the sample that is being drawn; no_node for others
};

}  // namespace adjoin::gnn
