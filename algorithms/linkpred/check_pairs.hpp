// A private part of linkpred: pairs of two nodes that are there, which every score asks for.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <adjoin/engine/graph/graph.hpp>

namespace adjoin::detail {

/// InvalidData, with the pair, for an id outside the graph or a node with itself.
void check_pairs(GraphView graph, std::span<const Edge> pairs);

/// The same for nodes that are known by a row each. rows_of: "vectors".
void check_pairs(std::size_t rows, std::string_view rows_of, std::span<const Edge> pairs);

}  // namespace adjoin::detail
