// The graph that is left of events when their times are forgotten, and of simplices when only pairs are looked at.
#pragma once

#include <memory>

#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>

namespace adjoin {

/// An edge for every pair of nodes that has an event; events of the same pair are duplicates, as `options` has it.
/// nodes: those that the events name. InvalidData for an event of negative weight, which no graph can hold, and as
/// build_graph.
BuiltGraph static_graph(RunContext& context, EventView events, std::shared_ptr<const NodeIndex> nodes,
                        const BuildOptions& options);

/// The projected graph (Benson et al. 2018, section 2): an edge for every pair of nodes that share a simplex, of weight
/// 1 for each that they share; those are duplicates, as `options` has it. InvalidOption if options.directed;
/// BudgetExceeded before pairs are listed that do not fit: a simplex of k nodes has k (k - 1) / 2.
BuiltGraph projected_graph(RunContext& context, const SimplexView& simplices, std::shared_ptr<const NodeIndex> nodes,
                           const BuildOptions& options);

/// Of a dataset without a graph, the one made of its events or, if it has none, of its simplices. InvalidData if it has
/// neither.
BuiltGraph as_graph(RunContext& context, const Dataset& dataset, const BuildOptions& options);

}  // namespace adjoin
