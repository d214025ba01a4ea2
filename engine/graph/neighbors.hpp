// Which matrix of a graph an algorithm goes by: who a node's neighbours are, and what its degree is.
#pragma once

#include <cstdint>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

enum class NeighborMatrix : std::uint8_t { transition, adjacency };
/// Which nodes are the neighbours of one in a directed graph; an undirected graph has only one kind.
enum class NeighborDirection : std::uint8_t { out, in, both };

template <>
struct EnumNames<NeighborMatrix> {
  static constexpr std::array<std::pair<NeighborMatrix, std::string_view>, 2> names{
      {{NeighborMatrix::transition, "transition"}, {NeighborMatrix::adjacency, "adjacency"}}};
};
template <>
struct EnumNames<NeighborDirection> {
  static constexpr std::array<std::pair<NeighborDirection, std::string_view>, 3> names{
      {{NeighborDirection::out, "out"}, {NeighborDirection::in, "in"}, {NeighborDirection::both, "both"}}};
};

/// Row v of `rows` lists the neighbours of v, from which an embedding gathers. `owned` holds what the graph does not;
/// views stay valid when this is moved, and as long as the graph lives.
struct Neighbors {
  CsrView rows;
  CsrView transpose;  // without rows unless asked for
  Csr owned;
};

/// With direction `both` an edge of a directed graph counts once for each of its ends. O(m).
Neighbors gathered_neighbors(RunContext& context, GraphView graph, NeighborDirection direction, bool with_transpose);

/// Bytes that gathered_neighbors takes beyond the graph.
std::uint64_t estimate_neighbors_memory(GraphView graph, NeighborDirection direction, bool with_transpose);

/// The sum of each row's entries, size n. A node whose sum is 0 has no neighbours that count.
struct WeightedDegrees {
  Array<float> values;
  std::uint64_t without_neighbors = 0;
};
/// InvalidData, with the node's name, if the sum of a row is more than a float can hold.
WeightedDegrees weighted_degrees(RunContext& context, const CsrView& rows, const NodeIndex& nodes);

/// 1 / degree for each node, 0 where there are no neighbours, never infinite. Size n.
Array<float> reciprocals(std::span<const float> degrees);

}  // namespace adjoin
