// A flow along edges as the sum of what a potential, what circulation around triangles, and what neither explains.
//
// Source.  Lim: Hodge Laplacians on graphs, SIAM Review 62 (2020), section 3; Jiang, Lim, Yao, Ye: Statistical ranking
//          and combinatorial Hodge theory, Mathematical Programming 127 (2011).
// Method.  f = B_1^T p + B_2 c + h, three parts at right angles. The first two are the points of the images of B_1^T
//          and B_2 nearest to f, each a least-squares problem that LSQR solves without making a matrix of it.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/algorithms/simplicial/simplicial_complex.hpp>
#include <adjoin/engine/sparse/lsqr.hpp>

namespace adjoin {

struct HodgeDecomposition {
  Array<double> gradient;        // of each edge: the difference of the potential, higher end less lower
  Array<double> curl;            // of each edge: the circulation of its triangles, with their signs
  Array<double> harmonic;        // what is left: no node gains of it, and no triangle is circled by it
  Array<double> potential;       // of each node; adds up to 0 over every piece
  Array<double> circulation;     // of each triangle, the shortest that there is
  std::uint64_t iterations = 0;  // of both problems
  bool converged = true;
  RunRecord record;
};

/// flow: a number for each edge of the complex, from the lower id to the higher one.
/// Output.  The three parts add up to the flow but for the rounding of two differences; they are at right angles, and
///          the harmonic part in the kernel of L_1, to about 1e-14 times the condition of the boundary matrices.
/// Cost.    O(edges + triangles) a step of LSQR; steps grow with the condition of B_1 and B_2.
/// Errors.  InvalidData if there are not as many numbers as edges, or one is not finite; BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads.
HodgeDecomposition hodge_decomposition(RunContext& context, const SimplicialComplex& complex,
                                       const Boundaries& boundaries, std::span<const double> flow,
                                       const LsqrOptions& options = {});

/// Bytes that it takes beyond the complex, its boundaries and the flow.
std::uint64_t estimate_hodge_decomposition_memory(const SimplicialComplex& complex) noexcept;

}  // namespace adjoin
