// Pairs of nodes of a graph that share neighbours, as those that link prediction scores do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace gpu_bench {

/// Every even one the ends of an edge, every odd one two nodes of a path of two edges, so that any first part of them
/// is drawn alike: an edge drawn from all that are stored, and a neighbour drawn from its second node's. Two different
/// nodes each. A function of (seed, place) alone. InvalidData for a graph without edges.
std::vector<adjoin::Edge> drawn_pairs(adjoin::RunContext& context, const adjoin::CsrView& a, std::size_t count,
                                      std::uint64_t seed);

}  // namespace gpu_bench
