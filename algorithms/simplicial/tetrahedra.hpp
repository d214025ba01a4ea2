// Four nodes of a projected graph with all six edges, by the ties of their four triangles. For algorithms.
//
// Method.  Each is found from its lowest node u: for each triangle {u, i, j} the nodes that make four of it are the
//          bits that the rows of i and j share, 64 at a time; three more pairs of rows say what ties their triangles
//          have, a last one whether a simplex has all four.
#pragma once

#include <array>
#include <cstdint>

#include <adjoin/algorithms/simplicial/closed_triangles.hpp>

namespace adjoin::detail {

/// Four nodes with all edges, by how many of their four triangles are strong and how many weak.
struct TetrahedronCounts {
  std::array<std::array<std::uint64_t, 5>, 5> by_strong_and_weak{};

  void operator+=(const TetrahedronCounts& other) noexcept;
};

struct TetrahedronTotals {
  TetrahedronCounts all;
  TetrahedronCounts closed;             // by a simplex of the projection
  TetrahedronCounts open_closed_later;  // by a later one only
};

/// later: simplices of the same nodes, or null.
/// Cost.    O(t d / 64 + sum of k^4) time over t triangles whose lowest node has d neighbours above it, and simplices
///          of k nodes.
/// Repeat.  The same for any number of threads.
TetrahedronTotals count_tetrahedra(RunContext& context, const Projection& projection, const NeighborsAbove& ranked,
                                   const ClosedTriangles& closed, const Incidence* later);

}  // namespace adjoin::detail
