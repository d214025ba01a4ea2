// PageRank between edges, by way of nodes and closed triangles, as a score of three nodes; whole, and its gradient,
// curl and harmonic parts.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          supplement, section on score functions ("simplicial personalized PageRank"); Schaub, Benson, Horn, Lippner,
//          Jadbabaie: Random walks on simplicial complexes and the normalized Hodge 1-Laplacian, SIAM Review 62 (2020).
// Method.  M = b I + L_1 D^-1 and S = b M^-1, with L_1 the Hodge Laplacian of edges, b = 1 / alpha - 1 and D_e the sum
//          of the closed triangles of the edge e and the degrees of its ends. The score of a triple is the sum of
//          |S_ef| over ordered pairs of its edges. Column f of S is cut into the gradient part, the point nearest to it
//          that differences of a potential reach, the curl part, the same of circulations of triangles, and what is
//          left. M is D^1/2 (b I + H) D^-1/2, and the eigenvalues of H = D^-1/2 L_1 D^-1/2 lie in [0, 1], since no row
//          of L_1 adds up to more than D_e: so columns of S are columns of a resolvent (resolvent.hpp), some at a time,
//          for all triples of an edge at once. Parts are solved for together as well (block_solve.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <tuple>

#include <adjoin/algorithms/simplicial/simplicial_complex.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {

struct SimplicialPageRankOptions {
  double alpha = 0.85;
  bool parts = true;
  double error = 1e-13;
  int max_iterations = 100'000;

  static constexpr auto fields() {
    using O = SimplicialPageRankOptions;
    return std::tuple{
        option_field("alpha", &O::alpha, {0.001, 0.999}, "probability that a walk goes on", "the released program"),
        option_field("parts", &O::parts, "score the gradient, curl and harmonic parts as well"),
        option_field("error", &O::error, {1e-15, 0.1},
                     "an entry of (I - gamma A)^-1 may be this far off, and what is left of a system that "
                     "gives a part be this share of it"),
        option_field("max-iterations", &O::max_iterations, {1, 100'000'000},
                     "the solution of a part ends after so many, converged or not")};
  }
};

/// A score of each triple, by S and by its parts, rounded to 36 binary places (1.5e-11), so that triples that are alike
/// in every way are tied. Parts are empty if they were not asked for.
struct SimplicialPageRank {
  Array<double> combined;
  Array<double> gradient;
  Array<double> curl;
  Array<double> harmonic;
  std::uint64_t columns = 0;        // of S that were made: edges of triples
  std::uint64_t not_converged = 0;  // blocks of columns of which a part ended at max_iterations
  RunRecord record;
};

/// Input.   Triples of three nodes of the projection; where they are no triangle, pairs of edges that are there add to
///          the score.
/// Cost.    O((edges + closed triangles) columns) for each of some 40 terms and of the steps of two solutions: for
///          complexes of up to some ten thousand edges. Memory: about 24 bytes a triple and part, 100 a closed
///          triangle, and on each thread 256 to 768 bytes an edge.
/// Errors.  InvalidOption; InvalidData for a triple that is none; BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads and any order of the triples.
SimplicialPageRank simplicial_pagerank_scores(RunContext& context, const Projection& projection,
                                              std::span<const NodeTriple> triples,
                                              const SimplicialPageRankOptions& options = {});

/// Bytes that it takes at its peak beyond the complex, the projection and the triples.
std::uint64_t estimate_simplicial_pagerank_memory(const ComplexSize& complex, std::uint64_t triple_count, bool parts,
                                                  int threads) noexcept;

}  // namespace adjoin
