// The graph that is left of events when their times are forgotten.
#pragma once

#include <memory>

#include <adjoin/engine/graph/event_log.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>

namespace adjoin {

/// An edge for every pair of nodes that has an event; events of the same pair are duplicates, as `options` has it.
/// nodes: those that the events name. InvalidData for an event of negative weight, which no graph can hold, and as
/// build_graph.
BuiltGraph static_graph(RunContext& context, EventView events, std::shared_ptr<const NodeIndex> nodes,
                        const BuildOptions& options);

}  // namespace adjoin
