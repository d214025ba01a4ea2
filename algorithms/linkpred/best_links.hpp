// The pairs of a graph that a neighbourhood score holds most likely to be linked, found without trying all pairs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>

namespace adjoin {

struct ScoredPair {
  NodeId source;  // the smaller id
  NodeId target;
  float score;
};

/// The `count` pairs without an edge between them, in either direction, that score highest, best first; of equal scores
/// the pair with the smaller source comes first, then that with the smaller target. Fewer, if not so many pairs score
/// above 0. Scores are those of neighborhood_scores, within rounding.
/// Cost.    Nothing is approximated. Only pairs that share a neighbour are tried, and of those only what bounds leave
///          (shared_neighbor_search.hpp): at worst the sum over nodes of the square of their degree, on a skewed graph
///          a small part of it, but for hub_promoted, which every leaf of a hub takes to its highest. Pairs by
///          preferential_attachment are taken in the order of their score. Memory: the matrix once more, a table of n
///          doubles a thread, 24 bytes for each of `count` pairs and thread, and what neighborhood_scores takes.
/// Errors.  As neighborhood_scores.
/// Repeat.  The same pairs and bits for any number of threads.
std::vector<ScoredPair> best_links(RunContext& context, GraphView graph, NeighborhoodScore score, std::size_t count,
                                   const NeighborhoodOptions& options = {});

/// Bytes that best_links takes at its peak beyond the graph.
std::uint64_t estimate_best_links_memory(GraphView graph, std::size_t count, int threads,
                                         const NeighborhoodOptions& options = {});

}  // namespace adjoin
