// Node ids and edge offsets as distinct types: mixing one with the other, or either with a plain number, does not
// compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace adjoin {

/// A node's dense id, 0 .. n-1. Also the row and column index of every sparse matrix.
enum class NodeId : std::uint32_t {};

/// A position in a CSR's arrays of targets and weights, 0 .. m.
enum class EdgeOffset : std::uint64_t {};

/// The most nodes a graph can have; the highest 32-bit value stays free as "no node".
inline constexpr std::size_t max_node_count = std::numeric_limits<std::uint32_t>::max();
inline constexpr NodeId no_node{std::numeric_limits<std::uint32_t>::max()};

constexpr std::size_t index(NodeId node) noexcept {
  return static_cast<std::size_t>(node);
}
constexpr std::size_t index(EdgeOffset offset) noexcept {
  return static_cast<std::size_t>(offset);
}
constexpr NodeId node_id(std::size_t value) noexcept {
  return static_cast<NodeId>(value);
}
constexpr EdgeOffset edge_offset(std::size_t value) noexcept {
  return static_cast<EdgeOffset>(value);
}

}  // namespace adjoin
