// Why two nodes may be linked, as a person would say it: whom they share, or how one gets from the one to the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

struct SharedNeighbor {
  NodeId node;
  double share;  // what it adds to the score
};

struct LinkExplanation {
  std::uint64_t shared = 0;             // neighbours, without the pair itself
  std::vector<SharedNeighbor> through;  // those that count most, the most first; of equal ones the smaller id
  std::vector<NodeId> path;             // of fewest edges, both ends among it, where nothing is shared; empty if none
};

/// Explanation i is that of pairs[i].
/// Input.   score: whose parts the shares are, which add up to it over all shared neighbours; a ratio's are all alike,
///          and neighbours with fewer neighbours of their own come first. Nothing, or preferential_attachment, which
///          asks for no neighbours: the parts of Adamic and Adar's score, without weights.
///          most: how many neighbours to name.
/// Cost.    O(k(x) + k(y)) a pair that shares a neighbour, O(m) one that does not. 8 bytes a node and thread.
/// Errors.  As neighborhood_scores.
/// Repeat.  The same for any number of threads.
std::vector<LinkExplanation> explain_links(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                           std::optional<NeighborhoodScore> score, const NeighborhoodOptions& options,
                                           std::size_t most);

/// Bytes that explain_links takes at its peak beyond the graph and the pairs, the explanations among them.
std::uint64_t estimate_explain_links_memory(GraphView graph, std::size_t pair_count, const NeighborhoodOptions& options,
                                            std::size_t most, int threads);

}  // namespace adjoin
