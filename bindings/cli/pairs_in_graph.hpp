// A table of pairs, by the nodes of a graph.
#pragma once

#include <vector>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/io/pair_table.hpp>

namespace adjoin::cli {

/// The pairs of the table by the graph's ids. ParseError, with its place, for a node that the graph does not have and
/// for a node with itself.
std::vector<Edge> pairs_in_graph(const PairTable& table, const NodeIndex& nodes);

}  // namespace adjoin::cli
