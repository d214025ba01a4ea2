// Edges that come in types: "follows", "likes".
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/engine/graph/graph_builder.hpp>

namespace adjoin {

/// The edges of one type, over all the nodes of the dataset.
struct EdgeType {
  std::string name;
  Graph graph;
};

/// A column with more different words than this is not one of types.
inline constexpr std::size_t max_edge_types = 1000;

/// What each edge's type is, as a position in `names`, which are in increasing order.
struct TypedEdges {
  std::vector<std::string> names;
  Array<std::uint32_t> type_of;  // one an edge
};

/// Numbers the types by name. InvalidData if there are more than max_edge_types.
TypedEdges number_types(std::span<const std::string_view> type_names);

/// A graph for each type, in the order of names, built as build_graph does: an edge of two types is no duplicate.
/// weights: empty, or one an edge.
std::vector<EdgeType> build_edge_types(RunContext& context, std::span<const Edge> edges, std::span<const float> weights,
                                       const TypedEdges& types, const std::shared_ptr<const NodeIndex>& nodes,
                                       const BuildOptions& options);

}  // namespace adjoin
