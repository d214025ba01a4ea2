// Matrix factorisation: a short vector for each node as the source of edges and one as their target, whose dot products
// come close to the adjacency matrix; the product of a pair without an edge is its score.
//
// Source.  Hu, Koren, Volinsky: Collaborative filtering for implicit feedback datasets, ICDM 2008, section 4. As a
//          baseline of link prediction: Zhang, Chen 2018 take rank 5 (with libFM on sampled pairs).
// Method.  u and v minimise the sum over all n^2 pairs of c_xy (p_xy - u_x . v_y)^2 + lambda (sum |u_x|^2 + sum
//          |v_y|^2), with p = 1 at edges and 0 elsewhere, c = 1 + alpha w at edges of weight w and 1 elsewhere. By
//          turns all u and all v are set to what is best for the others, each node alone by a system of rank x rank;
//          the pairs without an edge are summed once for all nodes, so that none has to be drawn.
#pragma once

#include <cstdint>
#include <span>
#include <tuple>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

struct MatrixFactorizationOptions {
  int rank = 5;
  double alpha = 40;
  double lambda = 1;
  int iterations = 20;
  bool use_weights = false;
  NeighborDirection direction = NeighborDirection::out;

  static constexpr auto fields() {
    using O = MatrixFactorizationOptions;
    return std::tuple{
        option_field("rank", &O::rank, {1, 1024}, "numbers of a vector", "Zhang, Chen 2018: 5"),
        option_field("alpha", &O::alpha, {0.0, 1e6}, "how much more an edge counts than a pair without one",
                     "Hu, Koren, Volinsky 2008: 40"),
        option_field("lambda", &O::lambda, {1e-9, 1e9}, "how much the length of the vectors counts",
                     "Hu, Koren, Volinsky 2008"),
        option_field("iterations", &O::iterations, {1, 10'000}, "turns of both sides"),
        option_field("use-weights", &O::use_weights, "let an edge count by its weight"),
        option_field("direction", &O::direction,
                     "edges of a directed graph that lead from the first node of a pair: out, in, or both")};
  }
};

/// Value i is u_x . v_y for (x, y) = pairs[i]; where an edge has no direction (undirected graphs, direction `both`) the
/// mean of u_x . v_y and u_y . v_x. About 0 to 1, not bounded.
/// Input.   Any graph; a self-loop is a pair with an edge. A node without edges has vectors of 0.
/// Cost.    O(m rank^2 + n rank^3) an iteration. Memory: 16 rank bytes a node, and the transpose of a directed graph.
/// Errors.  InvalidOption; InvalidData for a pair of a node with itself, of an id that the graph does not have, or with
///          a score that a float cannot hold; BudgetExceeded, Cancelled.
/// Repeat.  Same seed and names: the same bits for any number of threads and any order of the pairs. Another seed
///          begins elsewhere and may end in another local minimum.
Array<float> matrix_factorization_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                         const MatrixFactorizationOptions& options = {});

/// Bytes that matrix_factorization_scores takes at its peak beyond the graph and the pairs, on `threads` threads.
std::uint64_t estimate_matrix_factorization_memory(GraphView graph, std::size_t pair_count,
                                                   const MatrixFactorizationOptions& options, int threads);

}  // namespace adjoin
