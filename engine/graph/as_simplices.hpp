// Graphs and events seen as simplices of two nodes, for formats and algorithms that know nothing else.
#pragma once

#include <adjoin/engine/graph/dataset.hpp>

namespace adjoin {

/// Of a dataset without simplices: one for every event, at its time, or, if there are no events, one for every edge, at
/// time 0. A self-loop is a simplex of one node; directions and weights are forgotten. InvalidData if the dataset has
/// neither.
SimplexLog as_simplices(RunContext& context, const Dataset& dataset);

}  // namespace adjoin
