// The number of triangles, on the GPU and on the processor.
#pragma once

#include <adjoin/engine/graph/graph.hpp>

#include "sides.hpp"

namespace gpu_bench {

/// Prints a record for each side, by the wall clock of whole calls: the ranking of nodes by the processor is in both,
/// and with a GPU the graph's way there. graph: members that every record begins with.
void triangles_task(const Sides& sides, adjoin::GraphView view, const Json& graph);

}  // namespace gpu_bench
