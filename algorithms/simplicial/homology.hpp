// Betti numbers of a simplicial complex: how many pieces, holes and voids it has.
//
// Source.  Edelsbrunner, Harer: Computational Topology, 2010, chapter IV; the reduction of coboundaries instead of
//          boundaries, and only of edges that can have a pivot: de Silva, Morozov, Vejdemo-Johansson: Dualities in
//          persistent (co)homology, Inverse Problems 27 (2011); Bauer: Ripser, J. Appl. Comput. Topology 5 (2021).
// Method.  rank B_1 = vertices - pieces, by joining the ends of edges. rank B_2 is that of its rows of edges outside a
//          spanning forest, because a forest's are sums of these, up to sign. Rows are reduced from the last edge to
//          the first, each by those before it that begin at the same triangle, in whole numbers modulo a prime: no
//          rounding, no tolerance.
#pragma once

#include <array>
#include <cstdint>

#include <adjoin/algorithms/simplicial/simplicial_complex.hpp>

namespace adjoin {

/// The largest prime that is taken, 2^31 - 1.
inline constexpr std::uint32_t largest_homology_prime = 2'147'483'647;

struct Homology {
  std::array<std::uint64_t, 3> simplices{};  // vertices, edges, triangles
  std::array<std::uint64_t, 2> ranks{};      // of B_1 and B_2
  /// Pieces; cycles that bound nothing; closed surfaces. The last counts those that larger simplices fill as well,
  /// since the complex ends at triangles.
  std::array<std::uint64_t, 3> betti{};
  std::uint32_t prime = 0;
  RunRecord record;
};

/// Over the whole numbers modulo `prime`.
/// Output.  The Betti numbers over the rationals, unless the homology has torsion that the prime divides: that of the
///          projective plane is of 2, so that modulo 2 it has a cycle and a void, and modulo another prime neither.
/// Cost.    O(triangles) where few rows begin at the same triangle, as in real data; at worst cubic. On the calling
///          thread but for the matrices. 9 bytes a triangle and 28 an edge beside the boundaries, and 8 for each entry
///          that reduced rows have.
/// Errors.  InvalidOption unless `prime` is one, and at most largest_homology_prime; BudgetExceeded, also while rows
///          fill up; Cancelled.
/// Repeat.  The same for any number of threads.
Homology homology(RunContext& context, const SimplicialComplex& complex, std::uint32_t prime = largest_homology_prime);

}  // namespace adjoin
