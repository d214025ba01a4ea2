// Spectral scores: the adjacency matrix, normalised by degrees, as it looks through its leading eigenvectors.
//
// Source.  The eigenvectors as coordinates of nodes: Tang, Liu: Leveraging social media networks for classification,
//          Data Mining and Knowledge Discovery 23 (2011), section 4. The entry of a matrix of low rank as a score of a
//          link: Liben-Nowell, Kleinberg, CIKM 2003, section 3 ("low-rank approximation: matrix entry").
// Method.  N = D^-1/2 A D^-1/2. Its largest eigenvalue is 1, once for each component C, with the eigenvector whose
//          entries are sqrt(d_x / vol(C)) within C: these are known and are all taken. Of what is left of N the `rank`
//          largest eigenvalues and their vectors are computed, and
//          s(x, y) = [same component] sqrt(d_x d_y) / vol(C) + sum over k of lambda_k z_k(x) z_k(y).
//          By a full decomposition for small graphs, by Lanczos with restarts (Spectra) for others.
#pragma once

#include <cstdint>
#include <span>
#include <tuple>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Up to this size the matrix is decomposed as a whole.
inline constexpr std::size_t most_nodes_of_dense_spectrum = 1024;

struct SpectralOptions {
  int rank = 16;
  double tolerance = 1e-9;
  int max_iterations = 1000;
  bool use_weights = false;

  static constexpr auto fields() {
    using O = SpectralOptions;
    return std::tuple{
        option_field("rank", &O::rank, {0, 500}, "eigenvectors beside those that every component has"),
        option_field("tolerance", &O::tolerance, {1e-14, 1e-2},
                     "the residual of an eigenvector, as a share of its eigenvalue, that is small enough"),
        option_field("max-iterations", &O::max_iterations, {1, 100'000}, "restarts of Lanczos, converged or not"),
        option_field("use-weights", &O::use_weights, "let weights count, else each edge as 1")};
  }
};

struct SpectralScores {
  Array<float> scores;  // of the pairs, in their order
  /// Eigenvectors that the scores are made of, beside those of the components: fewer than `rank` where the graph has
  /// fewer nodes or not all of them converged.
  int rank = 0;
  bool converged = true;
};

/// Score i is s of pairs[i]. Directions play no part: the edges of a directed graph count as undirected ones, those of
/// both directions as one, with weights as one of their sum.
/// Input.   Any graph; a self-loop is an entry of the diagonal. A node without edges has the score 0 with all others.
/// Output.  Where the eigenvalues `rank` and `rank` + 1 are equal, which components of the same shape can bring about,
///          the space that belongs to them is cut as the algorithm meets it; Lanczos may find such an eigenvalue less
///          often than it is there.
/// Cost.    Lanczos: O(m rank + n rank^2) a restart; memory 8 n (6 rank + 60) bytes. Small graphs: O(n^3), which is not
///          interrupted, and 24 n^2 bytes.
/// Errors.  InvalidOption; InvalidData for a pair of a node with itself or of an id that the graph does not have;
///          BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads and any order of the pairs.
SpectralScores spectral_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                               const SpectralOptions& options = {});

/// Bytes that spectral_scores takes at its peak beyond the graph and the pairs.
std::uint64_t estimate_spectral_memory(GraphView graph, std::size_t pair_count, const SpectralOptions& options);

}  // namespace adjoin
