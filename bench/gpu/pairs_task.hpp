// Scores of pairs by what their neighbourhoods share, on the GPU and on the processor.
#pragma once

#include <span>

#include <adjoin/engine/graph/graph.hpp>

#include "sides.hpp"

namespace gpu_bench {

/// Prints a record for each side and each set of scores, common neighbours alone and four at once, by the wall clock of
/// whole calls: with a GPU they hold the graph's and the pairs' way there and the way back. graph: members that every
/// record begins with.
void pairs_task(const Sides& sides, adjoin::GraphView view, std::span<const adjoin::Edge> pairs, const Json& graph);

}  // namespace gpu_bench
