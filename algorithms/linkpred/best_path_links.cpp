#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <adjoin/algorithms/linkpred/best_pairs.hpp>
#include <adjoin/algorithms/linkpred/best_path_links.hpp>
#include <adjoin/algorithms/linkpred/pagerank_walks.hpp>
#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/algorithms/linkpred/sparse_row.hpp>
#include <adjoin/algorithms/linkpred/walk_sums.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

using detail::BestPairs;
using detail::HopRows;
using detail::SparseRow;
using detail::WalkMatrix;

constexpr std::size_t sources_per_task = 16;

/// Coefficient l - 1 and the damping to the power l are what a walk of l edges counts.
struct WalkCounts {
  std::vector<double> coefficients;
  double damping;
};

/// Bounds on the scores of all pairs of a node that are not linked, so that walks of one edge play no part.
std::vector<double> bounds(RunContext& context, const WalkMatrix& matrix, const WalkCounts& counts) {
  const CsrView& a = matrix.rows;
  double largest = a.weighted() ? 0 : 1;
  for (const float weight : a.weights) largest = std::max(largest, static_cast<double>(weight));
  std::vector<double> bound(a.row_count(), 0.0);
  std::vector<double> walks(a.row_count(), 1.0);
  std::vector<double> longer(a.row_count());
  double damping = counts.damping;
  context.begin_stage("bounds", "rows", a.row_count() * (counts.coefficients.size() - 1));
  for (std::size_t l = 2; l <= counts.coefficients.size(); ++l) {
    damping *= counts.damping;
    constexpr std::size_t rows_per_chunk = 4096;
    context.for_chunks(a.row_count(), rows_per_chunk, [&](Chunk rows) {
      for (std::size_t row = rows.begin; row < rows.end; ++row) {
        double sum = 0;
        for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
          sum += detail::walk_weight(a, e) * walks[index(a.targets[e])];
        }
        longer[row] = sum;
        bound[row] += counts.coefficients[l - 1] * damping * largest * sum;
      }
    });
    std::swap(walks, longer);
  }
  for (double& value : bound) value = std::isnan(value) ? std::numeric_limits<double>::infinity() : value;  // 0 * inf
  return bound;
}

/// Nodes by falling bound.
std::vector<NodeId> search_order(const std::vector<double>& bound) {
  std::vector<NodeId> order(bound.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = node_id(i);
  std::ranges::sort(
      order, [&](NodeId x, NodeId y) { return std::tuple(-bound[index(x)], x) < std::tuple(-bound[index(y)], y); });
  return order;
}

struct SearchRows {
  explicit SearchRows(std::size_t n) : hops(n), sums(n) {}
  HopRows hops;
  SparseRow sums;
};

/// sums = the score of each node as a target; rows.hops is empty before and after.
void walk_sums_of(const CsrView& a, const WalkCounts& counts, NodeId source, SearchRows& rows) noexcept {
  rows.hops.now.add(source, 1);
  for (const double coefficient : counts.coefficients) {
    detail::step(a, counts.damping, rows.hops);
    if (coefficient == 0) continue;
    for (const NodeId node : rows.hops.now.nodes()) {
      const double part = coefficient * rows.hops.now[node];
      if (part != 0) rows.sums.add(node, part);
    }
  }
  rows.hops.now.clear();
}

std::vector<ScoredPair> best_by_walks(RunContext& context, GraphView graph, std::size_t count, const WalkMatrix& matrix,
                                      const WalkCounts& counts, bool symmetric, std::string_view knob) {
  const std::size_t n = graph.node_count();
  const std::vector<double> bound = bounds(context, matrix, counts);
  const std::vector<NodeId> order = search_order(bound);
  std::vector<std::size_t> place(n);
  for (std::size_t i = 0; i < n; ++i) place[index(order[i])] = i;
  BestPairs best(count);
  detail::ScratchPool<SearchRows> pool;
  context.begin_stage("search", "source nodes", n);
  const auto search = [&](NodeId x, SearchRows& rows, std::vector<ScoredPair>& found) {
    if (bound[index(x)] * detail::beyond_rounding < static_cast<double>(best.threshold())) return;
    walk_sums_of(matrix.rows, counts, x, rows);
    for (const NodeId y : rows.sums.nodes()) {
      if (x == y || (symmetric && place[index(y)] > place[index(x)])) continue;
      if (rows.sums[y] * detail::beyond_rounding < static_cast<double>(best.threshold())) continue;
      const Edge pair = symmetric ? Edge{std::min(x, y), std::max(x, y)} : Edge{x, y};
      if (detail::linked(matrix.rows, x, y)) continue;
      const float score = detail::rounded_sum(graph, pair, rows.sums[y], knob);
      if (score > 0) found.push_back({pair.source, pair.target, score});
    }
    rows.sums.clear();
    best.trim(found);
  };
  context.for_chunks(n, sources_per_task, [&](Chunk places) {
    std::vector<ScoredPair> found;
    pool.borrow([&] { return SearchRows(n); },
                [&](SearchRows& rows) {
                  for (std::size_t i = places.begin; i < places.end; ++i) search(order[i], rows, found);
                });
    best.offer(std::move(found));
  });
  context.end_stage();
  return best.take();
}

std::uint64_t estimate_walk_search_memory(GraphView graph, std::size_t count, NeighborDirection direction,
                                          int threads) {
  const std::uint64_t n = graph.node_count();
  const std::uint64_t tables = n * (3 * sizeof(double) + sizeof(NodeId) + sizeof(std::size_t));
  return detail::estimate_walk_matrix_memory(graph, direction) + tables + BestPairs::bytes(count, threads) +
         static_cast<std::uint64_t>(threads) * 3 * SparseRow::bytes(n);
}

constexpr const char* fewer_pairs = "ask for fewer pairs, or raise --memory";

/// What the walk from each node says of pairs without an edge, source first.
struct OneSided {
  std::vector<ScoredPair> pairs;
  std::uint64_t not_converged = 0;
};

template <class Walk, class Reached, class Converged>
OneSided best_one_sided(RunContext& context, const detail::Transitions& transitions, const CsrView& edges,
                        std::size_t count, const PageRankOptions& options, Reached&& reached, Converged&& converged) {
  const std::size_t n = edges.row_count();
  BestPairs best(count);
  std::vector<std::uint8_t> failed(n, 0);
  detail::ScratchPool<Walk> pool;
  context.begin_stage("pagerank", "root nodes", n);
  context.for_chunks(n, sources_per_task, [&](Chunk roots) {
    std::vector<ScoredPair> found;
    pool.borrow([&] { return Walk(transitions, options); },
                [&](Walk& walk) {
                  for (std::size_t root = roots.begin; root < roots.end; ++root) {
                    const NodeId x = node_id(root);
                    walk.run(context, x);
                    for (const NodeId y : reached(walk)) {
                      const auto score = static_cast<float>(walk.value(y));
                      if (x == y || score <= 0 || score < best.threshold() || detail::linked(edges, x, y)) continue;
                      found.push_back({x, y, score});
                    }
                    failed[root] = converged(walk) ? 0 : 1;
                    walk.clear();
                    best.trim(found);
                  }
                });
    best.offer(std::move(found));
  });
  context.end_stage();
  return {best.take(), std::accumulate(failed.begin(), failed.end(), std::uint64_t{0})};
}

OneSided best_one_sided(RunContext& context, GraphView graph, const detail::Transitions& transitions, std::size_t count,
                        const PageRankOptions& options) {
  if (options.method == PageRankMethod::push) {
    return best_one_sided<detail::PushWalk>(
        context, transitions, graph.out(), count, options, [](const auto& walk) { return walk.reached(); },
        [](const auto&) { return true; });
  }
  std::vector<NodeId> all(graph.node_count());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = node_id(i);
  return best_one_sided<detail::PowerWalk>(
      context, transitions, graph.out(), count, options, [&](const auto&) { return std::span<const NodeId>(all); },
      [](const auto& walk) { return walk.converged(); });
}

/// The pairs of a list of one or both of their orders, each once, with the sums of both walks; the best `count`.
std::vector<ScoredPair> best_sums(RunContext& context, GraphView graph, const std::vector<ScoredPair>& one_sided,
                                  std::size_t count, const PageRankOptions& options) {
  std::vector<Edge> pairs;
  pairs.reserve(one_sided.size());
  for (const auto& [x, y, score] : one_sided) pairs.push_back({std::min(x, y), std::max(x, y)});
  const auto ids = [](const Edge& pair) { return std::tuple(pair.source, pair.target); };
  std::ranges::sort(pairs, {}, ids);
  pairs.erase(std::ranges::unique(pairs, {}, ids).begin(), pairs.end());
  const RootedPageRank sums = rooted_pagerank_scores(context, graph, pairs, options);
  std::vector<ScoredPair> found;
  found.reserve(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) found.push_back({pairs[i].source, pairs[i].target, sums.scores[i]});
  std::ranges::sort(found, detail::is_better);
  found.resize(std::min(found.size(), count));
  return found;
}

/// How many pairs the first try takes the sums of.
std::size_t first_list(std::size_t count) {
  return 4 * count + 1024;
}

std::uint64_t estimate_try_memory(GraphView graph, std::size_t list, const PageRankOptions& options, int threads) {
  const std::uint64_t sums = options.symmetric ? list * (sizeof(Edge) + sizeof(ScoredPair)) : 0;
  return estimate_rooted_pagerank_memory(graph, options.symmetric ? list : 0, options, threads) + sums +
         graph.node_count() * (sizeof(std::uint8_t) + sizeof(NodeId)) + BestPairs::bytes(list, threads);
}

}  // namespace

std::vector<ScoredPair> best_local_path_links(RunContext& context, GraphView graph, std::size_t count,
                                              const LocalPathOptions& options) {
  validate(options);
  if (count == 0) return {};
  context.require_memory(
      resident_bytes() + estimate_best_local_path_links_memory(graph, count, options, context.threads().count()),
      fewer_pairs);
  const WalkMatrix matrix = detail::walk_matrix(context, graph, options.direction, options.use_weights);
  return best_by_walks(context, graph, count, matrix, {{0, 1, options.epsilon}, 1},
                       !graph.directed() || options.direction == NeighborDirection::both,
                       "lower the weights of the graph");
}

std::vector<ScoredPair> best_katz_links(RunContext& context, GraphView graph, std::size_t count,
                                        const KatzOptions& options) {
  validate(options);
  if (options.method == KatzMethod::exact) {
    throw InvalidOption("the best pairs are found by truncated Katz scores; take --method truncated");
  }
  if (count == 0) return {};
  context.require_memory(
      resident_bytes() + estimate_best_katz_links_memory(graph, count, options, context.threads().count()),
      fewer_pairs);
  const WalkMatrix matrix = detail::walk_matrix(context, graph, options.direction, options.use_weights);
  return best_by_walks(context, graph, count, matrix,
                       {std::vector<double>(static_cast<std::size_t>(options.max_length), 1.0), options.beta},
                       !graph.directed() || options.direction == NeighborDirection::both,
                       "lower beta or the weights of the graph");
}

BestPageRankLinks best_pagerank_links(RunContext& context, GraphView graph, std::size_t count,
                                      const PageRankOptions& options) {
  validate(options);
  if (count == 0) return {};
  for (std::size_t list = options.symmetric ? first_list(count) : count;; list *= 4) {
    context.require_memory(resident_bytes() + estimate_try_memory(graph, list, options, context.threads().count()),
                           fewer_pairs);
    const detail::Transitions transitions = detail::transitions(context, graph, options);
    OneSided one_sided = best_one_sided(context, graph, transitions, list, options);
    if (!options.symmetric) return {std::move(one_sided.pairs), one_sided.not_converged};
    BestPageRankLinks found{best_sums(context, graph, one_sided.pairs, count, options), one_sided.not_converged};
    if (one_sided.pairs.size() < list) return found;  // no pair was left out
    const double most_of_others = 2 * static_cast<double>(one_sided.pairs.back().score) * detail::beyond_rounding;
    if (found.pairs.size() == count && static_cast<double>(found.pairs.back().score) > most_of_others) return found;
  }
}

std::uint64_t estimate_best_local_path_links_memory(GraphView graph, std::size_t count, const LocalPathOptions& options,
                                                    int threads) {
  return estimate_walk_search_memory(graph, count, options.direction, threads);
}

std::uint64_t estimate_best_katz_links_memory(GraphView graph, std::size_t count, const KatzOptions& options,
                                              int threads) {
  return estimate_walk_search_memory(graph, count, options.direction, threads);
}

std::uint64_t estimate_best_pagerank_links_memory(GraphView graph, std::size_t count, const PageRankOptions& options,
                                                  int threads) {
  return estimate_try_memory(graph, options.symmetric ? first_list(count) : count, options, threads);
}

}  // namespace adjoin
