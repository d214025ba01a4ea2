// How many edges lie between two nodes, and the score of a link that this is.
//
// Source.  Liben-Nowell, Kleinberg: The Link-Prediction Problem for Social Networks, CIKM 2003, section 3 ("graph
//          distance"); searching from both ends: Pohl, Bi-directional Search, Machine Intelligence 6 (1971).
// Method.  A ball of nodes grows around each end, a hop at a time, until the two touch. The ball of the source is kept
//          for all pairs of that source, so its growth is paid once: it grows where its next hop has fewer edges than
//          the target's next hop would take for each target left. Many targets make it a plain breadth-first search.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <tuple>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

struct ShortestPathOptions {
  int max_distance = 0;
  NeighborDirection direction = NeighborDirection::out;

  static constexpr auto fields() {
    using O = ShortestPathOptions;
    return std::tuple{
        option_field("max-distance", &O::max_distance, {0, std::numeric_limits<int>::max()},
                     "pairs further apart count as not connected; 0 for no limit"),
        option_field("direction", &O::direction,
                     "edges of a directed graph that a path follows from the first node of a pair: out, in, or both")};
  }
};

/// The distance of two nodes without a path between them, or with none as short as the limit.
inline constexpr std::uint32_t no_path = std::numeric_limits<std::uint32_t>::max();

/// Value i is the number of edges on a shortest path from pairs[i].source to pairs[i].target, or no_path. Weights play
/// no part.
/// Input.   Any graph; self-loops are on no shortest path.
/// Cost.    O(m) a distinct source and target, much less where the balls touch early. 16 bytes a node and thread.
/// Errors.  InvalidOption; InvalidData for a pair of a node with itself or of an id that the graph does not have;
///          BudgetExceeded, Cancelled.
/// Repeat.  The same for any number of threads and any order of the pairs.
Array<std::uint32_t> shortest_path_distances(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                             const ShortestPathOptions& options = {});

/// 1 / distance, and 0 where there is no path. All else as shortest_path_distances.
Array<float> shortest_path_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                  const ShortestPathOptions& options = {});

/// Bytes that either takes at its peak beyond the graph and the pairs, on `threads` threads.
std::uint64_t estimate_shortest_path_memory(GraphView graph, std::size_t pair_count, const ShortestPathOptions& options,
                                            int threads);

}  // namespace adjoin
