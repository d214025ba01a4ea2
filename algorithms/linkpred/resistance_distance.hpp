// Resistance distance: the resistance between two nodes of an electrical network whose wires are the edges, each with
// its weight as conductance. Many short paths make it small.
//
// Source.  Klein, Randić: Resistance distance, Journal of Mathematical Chemistry 12 (1993). As a score of links, by
//          the commute time that it is proportional to: Liben-Nowell, Kleinberg, CIKM 2003, section 3.
// Method.  R(x, y) = (e_x - e_y)^T L+ (e_x - e_y), with L+ the pseudo-inverse of the Laplacian L = D - A.
//          exact: one node of each component is taken out, which leaves a positive definite matrix; it is factorised
//          once (L D L^T, sparse, in an order of least degree), and R(x, y) = |D^-1/2 L^-1 (e_x - e_y)|^2 takes only
//          the columns of L on the ways from x and y up the elimination tree. projected: R(x, y) = |W^(1/2) B (L+ e_x -
//          L+ e_y)|^2, with B the incidence matrix and W the weights, keeps its expectation under k random rows of
//          signs, each of which takes one solve by conjugate gradients (Spielman, Srivastava: Graph sparsification by
//          effective resistances, SIAM J. Computing 40, 2011, section 4).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

enum class ResistanceMethod : std::uint8_t { exact, projected };
template <>
struct EnumNames<ResistanceMethod> {
  static constexpr std::array<std::pair<ResistanceMethod, std::string_view>, 2> names{
      {{ResistanceMethod::exact, "exact"}, {ResistanceMethod::projected, "projected"}}};
};

/// What stands for the resistance of two nodes that no path joins.
enum class UnconnectedPairs : std::uint8_t { infinite, pseudo_inverse };
template <>
struct EnumNames<UnconnectedPairs> {
  static constexpr std::array<std::pair<UnconnectedPairs, std::string_view>, 2> names{
      {{UnconnectedPairs::infinite, "infinite"}, {UnconnectedPairs::pseudo_inverse, "pseudo-inverse"}}};
};

struct ResistanceOptions {
  ResistanceMethod method = ResistanceMethod::exact;
  double epsilon = 0.1;
  double tolerance = 1e-6;
  int max_iterations = 1000;
  bool use_weights = false;
  UnconnectedPairs unconnected = UnconnectedPairs::infinite;

  static constexpr auto fields() {
    using O = ResistanceOptions;
    return std::tuple{
        option_field("method", &O::method,
                     "exact: a sparse factorisation; projected: random projections, for graphs whose factor is large"),
        option_field("epsilon", &O::epsilon, {0.005, 1.0},
                     "projected: the standard deviation of a resistance, as a share of it; 2 / epsilon^2 solves",
                     "Spielman, Srivastava 2011"),
        option_field("tolerance", &O::tolerance, {1e-14, 1.0},
                     "projected: a solve ends when its residual is this share of the right side"),
        option_field("max-iterations", &O::max_iterations, {1, 1'000'000},
                     "projected: a solve ends after so many rounds, converged or not"),
        option_field("use-weights", &O::use_weights, "take an edge's weight as its conductance, else 1"),
        option_field("unconnected", &O::unconnected,
                     "pairs that no path joins: infinite, or what the pseudo-inverse of the Laplacian says of them",
                     "Zhang, Chen 2017 (WLNM) have pseudo-inverse")};
  }
};

struct ResistanceDistances {
  Array<double> values;  // of the pairs, in their order
  /// Of `projected`: random rows, solves that ended at max_iterations, and the largest residual as a share of its right
  /// side. 0 of `exact`.
  int dimensions = 0;
  int not_converged = 0;
  double largest_residual = 0;
};

/// Value i is R of pairs[i]. Directions play no part: the edges of a directed graph count as undirected ones, those of
/// both directions as one, with weights as one of their sum.
/// Input.   Any graph; self-loops play no part, nor do edges of weight 0 with use_weights.
/// Output.  `infinite`: infinity where no path joins a pair. `pseudo_inverse`: there l+_xx + l+_yy, with l+ the entries
///          of L+, which is small for nodes of small components and 0 for two isolated nodes. `projected`: each value
///          has the expectation R but for the residuals, and a standard deviation of at most epsilon R.
/// Cost.    exact: by the entries f of the factor, which are few for graphs like trees and roads and up to n^2 / 2 for
///          others: 12 f bytes, time O(sum over its columns of the square of their entries), which is not interrupted,
///          and at most 2 f operations a pair. projected: 2 / epsilon^2 solves of O(m) a round;
///          12 bytes an entry of the matrix, 128 a node, 56 a node and thread.
/// Errors.  InvalidOption if the exact factor would have more than 2^31 - 1 entries; InvalidData for a pair of a node
///          with itself, of an id that the graph does not have, or weights too far apart to be solved with;
///          BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads and any order of the pairs; `projected` by seed and names.
ResistanceDistances resistance_distances(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                         const ResistanceOptions& options = {});

/// 1 / R, the effective conductance: 0 where R is infinite, the largest float where it is 0. All else as above.
Array<float> resistance_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                               const ResistanceOptions& options = {});

/// Bytes that either takes at its peak beyond the graph and the pairs, on `threads` threads. For `exact` the entries of
/// the factor are counted, which takes the time of ordering the nodes and O(f). InvalidOption as above.
std::uint64_t estimate_resistance_memory(GraphView graph, std::size_t pair_count, const ResistanceOptions& options,
                                         int threads);

}  // namespace adjoin
