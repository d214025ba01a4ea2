// Which pairs are worth scoring as missing links: of each source node, the nodes that it might be linked to.
//
// Method.  Two hops: nodes that share a neighbour with the source. Every other pair scores 0 by what neighbourhoods
//          share, so that nothing is lost for those scores. Onward: nodes that a walk of two edges leads to, which on
//          an undirected graph are the same. Push: nodes that the walks of personalised PageRank reach
//          (personalized_pagerank.hpp), the likeliest first. Any other node has at most epsilon for each of its edges.
//          All: every node.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Where candidates come from. One of a caller's own may come from anywhere, the nearest rows of an embedding, say.
struct LinkCandidates {
  /// A list a source, each node once, in any order; the source itself and its neighbours may be among them. The lists
  /// of a source do not depend on the others asked for.
  std::function<std::vector<std::vector<NodeId>>(RunContext&, std::span<const NodeId> sources)> find;
  /// No list of this source is longer.
  std::function<std::uint64_t(NodeId source)> most;
  /// Whether y is a candidate of x wherever x is one of y, so that a pair need be asked for from one end only.
  bool mutual = false;
};

enum class TwoHops : std::uint8_t { shared, onward };

/// O(sum of the degrees of its neighbours) a source; a bit a node and thread. The graph must outlive the result, here
/// and below.
LinkCandidates two_hop_candidates(RunContext& context, GraphView graph, NeighborDirection direction,
                                  TwoHops hops = TwoHops::shared);

/// The `most` nodes that are not linked to the source and have the highest values, or with 0 all nodes with a value.
/// O(1 / (alpha epsilon)) a source, 32 bytes a node and thread.
/// Errors.  InvalidOption.
LinkCandidates push_candidates(RunContext& context, GraphView graph, const PageRankOptions& options, std::size_t most);

/// n a source.
LinkCandidates all_candidates(GraphView graph);

/// Pairs of one of these sources with another node that it has no edge with, in either direction. Of all nodes that is
/// twice the number of pairs without an edge. O(m); makes the transpose of a directed graph.
std::uint64_t count_unlinked(RunContext& context, GraphView graph, std::span<const NodeId> sources);

}  // namespace adjoin
