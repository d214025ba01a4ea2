// k-means: vectors divided into k clusters, so that the sum of squared distances to the clusters' means is small.
//
// Source.  Lloyd: Least squares quantization in PCM, IEEE Trans. Inf. Theory 28 (1982). First centres: Arthur,
//          Vassilvitskii: k-means++, SODA 2007, and its greedy form, section 5 there, as scikit-learn has it.
// Method.  A first centre is a row drawn uniformly; each further one is drawn with probabilities proportional to the
//          squared distance to the nearest centre so far: 2 + ln k rows are drawn, and the one that lowers the sum of
//          these distances most is taken. Then rows go to their nearest centre and centres to the mean of their rows,
//          in turns. A cluster that lost all its rows takes the row that lies farthest from its centre. The columns'
//          means are subtracted first, so that distances far from the origin keep their digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

struct KMeansOptions {
  int k = 0;
  int max_iterations = 300;
  double tolerance = 1e-4;
  int restarts = 1;

  static constexpr auto fields() {
    using O = KMeansOptions;
    return std::tuple{
        option_field("k", &O::k, {0, 1'000'000},
                     "clusters; 0, where labels are given: as many as there are kinds of them"),
        option_field("max-iterations", &O::max_iterations, {1, 1'000'000}, "most turns of Lloyd's method"),
        option_field("tolerance", &O::tolerance, {0.0, 1.0},
                     "done when the centres' squared moves, added up, are at most this times the mean variance of a "
                     "column; in any case when no row changes its cluster"),
        option_field("restarts", &O::restarts, {1, 10'000},
                     "how many times to begin with other centres; the clusters of the smallest inertia are kept")};
  }
};

struct KMeansResult {
  std::vector<std::uint32_t> assignment;  // of each row: below k, the nearest centre; of equally near ones the first
  Matrix centers;                         // k x d
  double inertia = 0;                     // sum of squared distances from rows to their centres
  int iterations = 0;                     // of the restart that was kept
  bool converged = false;                 // that restart
  RunRecord record;
};

/// Input.   x: n x d, finite, n >= k.
/// Result.  A cluster is empty only where there are fewer distinct rows than clusters, or where the last turn took the
///          last of its rows away from it.
/// Cost.    2*n*d*k operations an iteration and 2*n*d*k*(2 + ln k) for the first centres, each restart; memory: see
///          estimate_kmeans_memory.
/// Errors.  InvalidOption, also for k = 0; InvalidData if there are fewer rows than clusters, or if a row is not finite
///          or too long for 32-bit floats; BudgetExceeded; Cancelled. Not converging is a status.
/// Repeat.  `round` numbers independent runs under one seed. The same bits for any number of threads.
KMeansResult kmeans(RunContext& context, MatrixView<const float> x, const KMeansOptions& options,
                    std::uint32_t round = 0);

/// Bytes that kmeans takes at its peak beyond x.
std::uint64_t estimate_kmeans_memory(std::size_t rows, std::size_t columns, const KMeansOptions& options);

}  // namespace adjoin
