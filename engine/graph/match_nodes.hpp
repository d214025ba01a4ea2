// The same names in two graphs.
#pragma once

#include <adjoin/engine/graph/node_index.hpp>

namespace adjoin {

/// For each node of `nodes` the node of `among` with the same name, or no_node. O(n) where names are whole numbers in
/// order, O(n log n) comparisons of names otherwise.
Array<NodeId> match_nodes(RunContext& context, const NodeIndex& nodes, const NodeIndex& among);

}  // namespace adjoin
