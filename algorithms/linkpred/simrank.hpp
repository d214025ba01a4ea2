// SimRank: two nodes are as alike as the nodes that point to them are.
//
// Source.  Jeh, Widom: SimRank: a measure of structural-context similarity, KDD 2002, section 4.
// Method.  s(x, x) = 1; s(x, y) = c / (|I(x)| |I(y)|) times the sum of s(u, v) over u in I(x) and v in I(y), with I the
//          neighbours, and 0 where one of the two has none. Rounds begin with s(x, y) = 0 for all x and y that differ;
//          each takes all pairs from those of the round before.
#pragma once

#include <cstdint>
#include <span>
#include <tuple>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Two matrices of n^2 floats are held: 2 GiB at this limit. Larger graphs are refused.
inline constexpr std::size_t most_nodes_of_simrank = 16'384;

struct SimRankOptions {
  double decay = 0.8;
  int iterations = 5;
  NeighborDirection direction = NeighborDirection::in;

  static constexpr auto fields() {
    using O = SimRankOptions;
    return std::tuple{
        option_field("decay", &O::decay, {0.0, 1.0}, "what a step away from a pair multiplies its similarity by",
                     "Jeh, Widom 2002: 0.8"),
        option_field("iterations", &O::iterations, {1, 1000},
                     "rounds; the last changes no score by more than decay to that power", "Jeh, Widom 2002: 5"),
        option_field("direction", &O::direction, "whose nodes of a directed graph are compared: in, out, or both",
                     "Jeh, Widom 2002: in")};
  }
};

/// Value i is s of pairs[i] after `iterations` rounds; in [0, 1], and the same for both orders of a pair. Weights play
/// no part.
/// Input.   Any graph; a self-loop makes a node its own neighbour.
/// Cost.    O(n m) a round, for all pairs whatever is asked; 8 n^2 bytes. Sums are in double, scores between rounds
///          floats.
/// Errors.  InvalidOption, also for more than most_nodes_of_simrank nodes; InvalidData for a pair of a node with itself
///          or of an id that the graph does not have; BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads and any order of the pairs.
Array<float> simrank_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                            const SimRankOptions& options = {});

/// Bytes that simrank_scores takes at its peak beyond the graph and the pairs.
std::uint64_t estimate_simrank_memory(GraphView graph, std::size_t pair_count, const SimRankOptions& options);

}  // namespace adjoin
