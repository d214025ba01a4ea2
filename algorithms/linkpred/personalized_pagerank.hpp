// Personalised PageRank: where a walk is that begins at one node and returns to it again and again; and rooted
// PageRank, the score of a link made of it.
//
// Source.  Jeh, Widom: Scaling personalized web search, WWW 2003. Rooted PageRank: Liben-Nowell, Kleinberg, CIKM 2003,
//          section 3. Push: Andersen, Chung, Lang: Local graph partitioning using PageRank vectors, FOCS 2006,
//          section 3, here with walks that are not lazy.
// Method.  p = alpha e_s + (1 - alpha) P^T p, with P the matrix of transitions: from a node to its neighbours, in
//          proportion to weights, and from one without neighbours back to s.
//          power-iteration: p is put into the right side until it changes little.
//          push: an estimate q and a residual r with p = q + sum over u of r(u) p_u. A push at u turns the share alpha
//          of r(u) into estimate and hands the rest on to u's neighbours; nodes with r(u) > epsilon degree(u) are
//          pushed, first come, first served, so nothing far from s is looked at; or, while many wait, in the order of
//          ids, which is faster (after Wu, Gan, Wei, Zhang: Unifying the global and local approaches, SIGMOD 2021).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

enum class PageRankMethod : std::uint8_t { push, power_iteration };

template <>
struct EnumNames<PageRankMethod> {
  static constexpr std::array<std::pair<PageRankMethod, std::string_view>, 2> names{
      {{PageRankMethod::push, "push"}, {PageRankMethod::power_iteration, "power-iteration"}}};
};

struct PageRankOptions {
  double alpha = 0.15;
  PageRankMethod method = PageRankMethod::push;
  double epsilon = 1e-7;
  double tolerance = 1e-9;
  int max_iterations = 1000;
  bool use_weights = true;
  NeighborDirection direction = NeighborDirection::out;
  bool symmetric = true;

  static constexpr auto fields() {
    using O = PageRankOptions;
    return std::tuple{
        option_field("alpha", &O::alpha, {1e-4, 1.0}, "probability that a walk returns to its root",
                     "1 - d, where d is called damping; Zhang, Chen 2018 take d = 0.85"),
        option_field("method", &O::method,
                     "push: only nodes near the root are looked at; power-iteration: all of them, many times"),
        option_field("epsilon", &O::epsilon, {1e-14, 1.0},
                     "push: the error at a node may be this for each of its edges", "Li et al. 2023 (HeaRT): 1e-7"),
        option_field("tolerance", &O::tolerance, {1e-15, 1.0},
                     "power-iteration: it ends when the entries change by this in sum"),
        option_field("max-iterations", &O::max_iterations, {1, 1'000'000},
                     "power-iteration: it ends after so many rounds, converged or not"),
        option_field("use-weights", &O::use_weights, "go to neighbours in proportion to weights, or to each alike"),
        option_field("direction", &O::direction, "edges of a directed graph that a walk follows: out, in, or both"),
        option_field("symmetric", &O::symmetric,
                     "score a pair by the walks from both of its nodes, or from the first")};
  }
};

struct PersonalizedPageRank {
  Array<double> values;  // size n
  /// Of power iteration: how far the entries changed in sum in the last round, after how many, and whether that was
  /// within tolerance. The error, in sum over all nodes, is at most (1 - alpha) / alpha times that change.
  double last_change = 0;
  int iterations = 0;
  bool converged = true;
};

/// The vector of one root.
/// Output.  power-iteration: sums to 1. push: never above the exact values, the rest is not yet handed on. With
///          degree(v) the number of v's neighbours, or with weights the sum of v's over the mean weight of an edge:
///          on an undirected graph, and with direction `both`, value(v) lies at most epsilon degree(v) below the exact
///          one (Andersen, Chung, Lang 2006, section 3); on a directed graph all nodes together lie at most epsilon
///          times the sum of degrees below. A node without neighbours is pushed at once, however little it holds.
/// Cost.    push: at worst 1 / (alpha epsilon) edges, whatever the size of the graph; more if weights differ much.
/// power-iteration: O(m) a round. Errors.  InvalidOption; InvalidData for an id that the graph does not have;
/// BudgetExceeded, Cancelled.
PersonalizedPageRank personalized_pagerank(RunContext& context, GraphView graph, NodeId root,
                                           const PageRankOptions& options = {});

struct RootedPageRank {
  Array<float> scores;  // of the pairs, in their order
  /// Roots whose power iteration ended at max_iterations; their vectors are used as they were then.
  std::uint64_t not_converged = 0;
};

/// Score i is p_x(y), or p_x(y) + p_y(x) if symmetric, for (x, y) = pairs[i].
/// Input.   Any graph; a self-loop makes a node its own neighbour.
/// Cost.    A vector for each distinct node that walks begin at. Memory a node and thread: 32 bytes (push) or 16.
/// Errors.  As above; InvalidData also for a pair of a node with itself.
/// Repeat.  The same bits for any number of threads and any order of the pairs.
RootedPageRank rooted_pagerank_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                      const PageRankOptions& options = {});

/// Bytes that rooted_pagerank_scores takes at its peak beyond the graph and the pairs, on `threads` threads.
std::uint64_t estimate_rooted_pagerank_memory(GraphView graph, std::size_t pair_count, const PageRankOptions& options,
                                              int threads);

/// Bytes that personalized_pagerank takes at its peak beyond the graph.
std::uint64_t estimate_personalized_pagerank_memory(GraphView graph, const PageRankOptions& options);

}  // namespace adjoin
