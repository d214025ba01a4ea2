#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/spmv.hpp>
#include <adjoin/engine/sparse/sum.hpp>

namespace adjoin {

Neighbors gathered_neighbors(RunContext& context, GraphView graph, NeighborDirection direction, bool with_transpose) {
  Neighbors result;
  if (!graph.directed()) {
    result.rows = result.transpose = graph.out();
  } else if (direction == NeighborDirection::both) {
    result.owned = sum(context, graph.out(), graph.in(context));
    result.rows = result.transpose = result.owned.view();
  } else {
    const bool out = direction == NeighborDirection::out;
    result.rows = out ? graph.out() : graph.in(context);
    if (with_transpose) result.transpose = out ? graph.in(context) : graph.out();
  }
  return result;
}

std::uint64_t estimate_neighbors_memory(GraphView graph, NeighborDirection direction, bool with_transpose) {
  if (!graph.directed()) return 0;
  const std::uint64_t offsets = (graph.node_count() + 1) * sizeof(EdgeOffset);
  const std::uint64_t entries = graph.out().nonzero_count();
  std::uint64_t bytes = 0;
  if ((direction != NeighborDirection::out || with_transpose) && !graph.has_transpose()) {
    bytes += offsets + entries * (sizeof(NodeId) + (graph.weighted() ? sizeof(float) : 0));
  }
  if (direction == NeighborDirection::both) bytes += offsets + 2 * entries * (sizeof(NodeId) + sizeof(float));
  return bytes;
}

WeightedDegrees weighted_degrees(RunContext& context, const CsrView& rows, const NodeIndex& nodes) {
  constexpr std::size_t nodes_per_chunk = 1 << 14;
  WeightedDegrees degrees{Array<float>(rows.row_count()), 0};
  row_sums(context, rows, degrees.values.span());
  const auto infinite = std::ranges::find_if_not(degrees.values, [](float degree) { return std::isfinite(degree); });
  if (infinite != degrees.values.end()) {
    throw InvalidData(
        fmt::format("the weights of node {} add up to more than a 32-bit float can hold; scale the weights down",
                    nodes.name(node_id(static_cast<std::size_t>(infinite - degrees.values.begin())))));
  }
  degrees.without_neighbors = context.threads().reduce_ordered(
      rows.row_count(), nodes_per_chunk, std::uint64_t{0},
      [&](Chunk chunk) {
        const auto part = degrees.values.span().subspan(chunk.begin, chunk.size());
        return static_cast<std::uint64_t>(std::ranges::count_if(part, [](float degree) { return !(degree > 0); }));
      },
      [](std::uint64_t a, std::uint64_t b) { return a + b; });
  return degrees;
}

Array<float> reciprocals(std::span<const float> degrees) {
  Array<float> result(degrees.size());
  std::ranges::transform(degrees, result.begin(), [](float degree) {
    return degree > 0 ? std::min(1 / degree, std::numeric_limits<float>::max()) : 0.0F;
  });
  return result;
}

}  // namespace adjoin
