// The local path index: how many walks of two and of three edges lead from one node to the other.
//
// Source.  Lü, Jin, Zhou: Similarity index based on local paths for link prediction of complex networks, Physical
//          Review E 80, 046122 (2009).
// Method.  s(x, y) = (A^2)_xy + epsilon (A^3)_xy: common neighbours, and ties among them broken by one step more.
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

struct LocalPathOptions {
  double epsilon = 0.01;
  bool use_weights = false;
  NeighborDirection direction = NeighborDirection::out;

  static constexpr auto fields() {
    using O = LocalPathOptions;
    return std::tuple{
        option_field("epsilon", &O::epsilon, {0.0, 1.0}, "what a walk of three edges counts against one of two",
                     "Lü, Jin, Zhou 2009"),
        option_field("use-weights", &O::use_weights, "count a walk by the product of its edges' weights"),
        option_field("direction", &O::direction,
                     "edges of a directed graph that a walk follows from the first node of a pair: out, in, or both")};
  }
};

/// Value i is the index of pairs[i], summed in double.
/// Input.   Any graph; a self-loop is a step that stays, which walks may take.
/// Cost.    O(edges within two hops) a distinct source, and the degree of each target. 24 bytes a node and thread.
/// Errors.  InvalidOption; InvalidData for a pair of a node with itself, of an id that the graph does not have, or with
///          a score that a float cannot hold; BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads and any order of the pairs.
Array<float> local_path_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                               const LocalPathOptions& options = {});

/// Bytes that local_path_scores takes at its peak beyond the graph and the pairs, on `threads` threads.
std::uint64_t estimate_local_path_memory(GraphView graph, std::size_t pair_count, const LocalPathOptions& options,
                                         int threads);

}  // namespace adjoin
