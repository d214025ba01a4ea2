// ProNE: node embeddings by a sparse factorisation, spread over the graph by a spectral filter.
//
// Source.  Zhang, Dong, Wang, Tang, Ding: ProNE: Fast and Scalable Network Representation Learning, IJCAI 2019.
// Method.  1. F has the entries of the adjacency matrix S, with f_ij = ln(s_ij / d_i) - ln(q_j), where q_j is
//             proportional to the power 0.75 of the sum of column j of D^-1 S: what skip-gram with negative samples
//             factorises, at distance one. F is close to U diag(sigma) V^T by a randomised decomposition (Halko,
//             Martinsson, Tropp 2011, algorithm 4.4); the first vectors are the rows of U sqrt(sigma), of length one.
//          2. With M = (1 - mu) I - (I + D)^-1 (I + S), these vectors x become y = (I + S) (x - g(M) x), where g(M) is
//             the Chebyshev expansion of exp(-theta (M^2 / 2 - I)): a filter that keeps a band of the spectrum.
//          3. The singular vectors of y times the roots of their values, rows of length one.
#pragma once

#include <cstdint>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// The defaults are those of the article (section 4.1) and its program.
struct ProNEOptions {
  int dim = 128;
  int iterations = 5;
  int order = 10;
  float theta = 0.5F;
  float mu = 0.2F;
  NeighborDirection direction = NeighborDirection::both;

  static constexpr auto fields() {
    using O = ProNEOptions;
    return std::tuple{
        option_field("dim", &O::dim, {1, 65'536}, "columns of the embedding"),
        option_field("iterations", &O::iterations, {0, 1000},
                     "power iterations of the factorisation; more are slower and closer",
                     "Halko, Martinsson, Tropp 2011"),
        option_field("order", &O::order, {1, 40}, "terms of the spectral filter; 1 leaves the filter out",
                     "Zhang et al. 2019, section 3.2"),
        option_field("theta", &O::theta, {0.0F, 5.0F}, "how narrow the filter's band is",
                     "Zhang et al. 2019, section 3.2"),
        option_field("mu", &O::mu, {0.0F, 2.0F}, "the eigenvalue of the Laplacian in the middle of the filter's band",
                     "Zhang et al. 2019, section 3.2"),
        option_field("direction", &O::direction,
                     "neighbours that a node of a directed graph gathers from: out, in, or both")};
  }
};

struct ProNEResult {
  Matrix embedding;  // n x dim; row i is node i, of length one
  RunRecord record;  // remarks: how many nodes have no neighbours and so a zero row
};

/// Input.   Directed or not, weighted or not; an edge of weight 0 is as none, a self-loop makes a node its own
///          neighbour. With direction `both` an edge counts once for each of its ends.
/// Output.  Columns by falling singular value, each with a sign that depends on names and seed alone. A node without
///          neighbours has a zero row. Columns past the rank of the matrix are zero. Never NaN.
/// Cost.    O((2 iterations + 2) m (dim + 10) + 2 order m dim + iterations n dim^2 + dim^3) time. Peak beside the
/// graph:
///          two n x (dim + 10, up to a multiple of 16) buffers and two weights an entry of the matrix, or three n x dim
///          buffers where that is more; the result is one of them.
/// Errors.  InvalidOption, InvalidData (weights of a node that add up to infinity), BudgetExceeded, DeviceError,
///          Cancelled.
/// Repeat.  Same seed and names: same bits for any number of threads and any order of the input, at one instruction
///          level.
ProNEResult prone(RunContext& context, GraphView graph, const ProNEOptions& options);

/// Bytes that prone takes at its peak beyond the graph it is given, on `threads` threads.
std::uint64_t estimate_prone_memory(GraphView graph, const ProNEOptions& options, int threads);

}  // namespace adjoin
