// FastRP on the GPU, its vectors left there and brought to the host: what the way back costs.
#pragma once

#include <cstddef>

#include <adjoin/engine/graph/graph.hpp>

#include "sides.hpp"

namespace gpu_bench {

/// Prints two records of whole calls by the wall clock, weights 0,1,1, `dim` columns; the second with the difference of
/// the two results. sides.gpu is asked for. graph: members that every record begins with.
void resident_task(const Sides& sides, adjoin::GraphView view, std::size_t dim, const Json& graph);

}  // namespace gpu_bench
