// The closed triangles of a projected graph, by their edges: what sets of four nodes are told apart by. For algorithms.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/algorithms/simplicial/simplices_above.hpp>

namespace adjoin::detail {

/// How many simplices have all three nodes: none, one, or two and more.
enum class TriangleTie : std::uint8_t { open, weak, strong };

/// Triangles {u, v, w} that a simplex has whole, at the entry (u, v) of `above`, u, v and w being in the order of
/// (degree, id). Entries are numbered as in that matrix.
class ClosedTriangles {
 public:
  /// offsets: of each entry's triangles, sized entries + 1, and filled in.
  ClosedTriangles(RunContext& context, const Projection& projection, const NeighborsAbove& ranked,
                  Array<std::uint64_t> offsets);

  /// The nodes w, from the lowest.
  std::span<const NodeId> thirds(std::size_t entry) const noexcept {
    return thirds_.span().subspan(offsets_[entry], offsets_[entry + 1] - offsets_[entry]);
  }
  /// Whether several simplices have the triangle, for each of thirds(entry).
  std::span<const std::uint8_t> strong(std::size_t entry) const noexcept {
    return strong_.span().subspan(offsets_[entry], offsets_[entry + 1] - offsets_[entry]);
  }
  /// Of the triangle of an entry and a node above both its ends. ranks: of the nodes by (degree, id). O(log).
  TriangleTie tie(std::size_t entry, NodeId third, const Array<std::uint32_t>& ranks) const noexcept;

  static std::uint64_t bytes_for(std::uint64_t edges, std::uint64_t triangles) noexcept {
    return (edges + 1) * sizeof(std::uint64_t) + triangles * (sizeof(NodeId) + sizeof(std::uint8_t));
  }

 private:
  Array<std::uint64_t> offsets_;
  Array<NodeId> thirds_;
  Array<std::uint8_t> strong_;
};

}  // namespace adjoin::detail
