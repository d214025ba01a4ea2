#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <tuple>

#include <adjoin/algorithms/linkpred/best_pairs.hpp>
#include <adjoin/algorithms/linkpred/ranked_columns.hpp>
#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/algorithms/linkpred/shared_neighbor_search.hpp>
#include <adjoin/engine/sparse/intersect.hpp>
#include <adjoin/engine/sparse/row_accumulator.hpp>

namespace adjoin::detail {
namespace {

constexpr std::size_t places_per_task = 16;

double weight_of(const CsrView& a, std::size_t entry) {
  return a.weighted() ? static_cast<double>(a.weights[entry]) : 1.0;
}

/// Nodes by rising key, then by id.
std::vector<NodeId> order_by(const std::vector<double>& keys) {
  std::vector<NodeId> order(keys.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = node_id(i);
  std::ranges::sort(order,
                    [&](NodeId x, NodeId y) { return std::tuple(keys[index(x)], x) < std::tuple(keys[index(y)], y); });
  return order;
}

/// search(place, table, found) for every place, many at a time and roughly in order.
template <class Search>
void search_places(RunContext& context, std::size_t n, BestPairs& best, Search&& search) {
  ScratchPool<DenseAccumulator> tables;
  context.begin_stage("search", "source nodes", n);
  context.for_chunks(n, places_per_task, [&](Chunk places) {
    std::vector<ScoredPair> found;
    tables.borrow([&] { return DenseAccumulator(n); },
                  [&](DenseAccumulator& table) {
                    for (std::size_t place = places.begin; place < places.end; ++place) {
                      search(place, table, found);
                      best.trim(found);
                    }
                  });
    best.offer(std::move(found));
  });
  context.end_stage();
}

/// What z adds to the score of a pair that shares it, for each unit of weight.
double share_of(const NeighborhoodDegrees& degrees, NeighborhoodScore score, NodeId z) {
  if (score == NeighborhoodScore::adamic_adar) return degrees.inverse_log(z);
  if (score == NeighborhoodScore::resource_allocation) return degrees.inverse(z);
  return 1;
}

/// Of each node the sum of what its neighbours can add to a score.
std::vector<double> sum_bounds(RunContext& context, const CsrView& rows, const NeighborhoodDegrees& degrees,
                               NeighborhoodScore score, bool use_weights) {
  std::vector<double> heaviest(use_weights ? rows.row_count() : 0, 0.0);  // of the edges to a node
  for (std::size_t e = 0; use_weights && e < rows.targets.size(); ++e) {
    double& most = heaviest[index(rows.targets[e])];
    most = std::max(most, weight_of(rows, e));
  }
  std::vector<double> bounds(rows.row_count());
  constexpr std::size_t rows_per_chunk = 4096;
  context.for_chunks(rows.row_count(), rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t x = chunk.begin; x < chunk.end; ++x) {
      double sum = 0;
      for (std::size_t e = rows.row_begin(x); e < rows.row_end(x); ++e) {
        const NodeId z = rows.targets[e];
        if (index(z) == x) continue;
        sum += share_of(degrees, score, z) * (use_weights ? weight_of(rows, e) + heaviest[index(z)] : 1.0);
      }
      bounds[x] = sum;
    }
  });
  return bounds;
}

std::vector<ScoredPair> best_by_sums(RunContext& context, const CsrView& rows, const NeighborhoodDegrees& degrees,
                                     NeighborhoodScore score, std::size_t count, bool use_weights) {
  const std::size_t n = rows.row_count();
  context.begin_stage("bounds", "rows", n);
  const std::vector<double> bounds = sum_bounds(context, rows, degrees, score, use_weights);
  std::vector<double> falling(n);
  std::ranges::transform(bounds, falling.begin(), std::negate{});
  const RankedColumns ranked(context, rows, order_by(falling));
  const CsrView& columns = ranked.view();
  BestPairs best(count);
  search_places(context, n, best, [&](std::size_t place, DenseAccumulator& table, std::vector<ScoredPair>& found) {
    const NodeId x = ranked.node(place);
    if (bounds[index(x)] * beyond_rounding < static_cast<double>(best.threshold())) return;
    for (std::size_t e = rows.row_begin(index(x)); e < rows.row_end(index(x)); ++e) {
      const NodeId z = rows.targets[e];
      if (z == x) continue;
      const double share = share_of(degrees, score, z);
      for (std::size_t at = columns.row_begin(index(z)); at < columns.row_end(index(z)); ++at) {
        const NodeId earlier = columns.targets[at];
        if (index(earlier) >= place) break;
        if (ranked.node(index(earlier)) == z) continue;
        table.collect(earlier, use_weights ? share * (weight_of(rows, e) + weight_of(columns, at)) : share);
      }
    }
    table.drain([&](NodeId earlier, double sum) {
      const NodeId y = ranked.node(index(earlier));
      const ScoredPair pair{std::min(x, y), std::max(x, y), as_score(sum)};
      if (pair.score <= 0 || pair.score < best.threshold() || linked(rows, x, y)) return;
      found.push_back(pair);
    });
  });
  return best.take();
}

/// Pairs by a ratio of what they share to their degrees.
class RatioSearch {
 public:
  RatioSearch(const CsrView& rows, const NeighborhoodDegrees& degrees, NeighborhoodScore score,
              const RankedColumns& ranked)
      : rows_(rows), degrees_(degrees), score_(score), ranked_(ranked), columns_(ranked.view()) {
    for (std::size_t x = 0; x < rows.row_count() && loops_ == 0; ++x) {
      if (contains(rows.row_targets(x), node_id(x))) loops_ = 2;
    }
  }

  void search(std::size_t place, const BestPairs& best, DenseAccumulator& table, std::vector<ScoredPair>& found) const {
    const NodeId x = ranked_.node(place);
    const Bounds bounds = bounds_of(place, best);
    if (bounds.end <= bounds.begin) return;
    const std::vector<NodeId> through = fewest_neighbors(x, bounds.least_shared);
    const bool whole = bounds.least_shared <= 1;
    for (const NodeId z : through) collect(z, bounds, table);
    table.drain([&](NodeId earlier, double shared) {
      const NodeId y = ranked_.node(index(earlier));
      const double kx = degrees_.degree(x);
      const double ky = degrees_.degree(y);
      if (!whole) {
        const double most = std::min(ky, shared + static_cast<double>(bounds.least_shared - 1));
        if (bound(most, kx, ky) < static_cast<double>(best.threshold())) return;
      }
      const ScoredPair pair{std::min(x, y), std::max(x, y), score_of(x, y, whole, shared)};
      if (pair.score <= 0 || pair.score < best.threshold() || linked(rows_, x, y)) return;
      found.push_back(pair);
    });
  }

 private:
  /// Places of the partners that may be among the best, and how many neighbours such a pair shares at least.
  struct Bounds {
    std::size_t begin;
    std::size_t end;
    std::size_t least_shared;
  };

  /// What no pair of nodes with these degrees that shares c others scores above: an own loop may add to the overlap.
  double bound(double c, double kx, double ky) const {
    if (score_ == NeighborhoodScore::jaccard && kx + ky - c - loops_ <= 0) {
      return std::numeric_limits<double>::infinity();
    }
    const SharedNeighbors shared{c, c + loops_, 0, 0};
    return detail::score_of(score_, shared, kx, ky) * beyond_rounding;
  }

  double degree_at(std::size_t place) const { return degrees_.degree(ranked_.node(place)); }

  Bounds bounds_of(std::size_t place, const BestPairs& best) const {
    if (score_ == NeighborhoodScore::hub_promoted) {
      const Bounds all{0, place, 1};
      return {0, loops_ == 0 ? end_of_better_ties(all, place, best) : place, 1};
    }
    const auto threshold = static_cast<double>(best.threshold());
    const double kx = degree_at(place);
    const auto places = std::views::iota(std::size_t{0}, place);
    const auto too_small = [&](std::size_t other) {
      const double ky = degree_at(other);
      return ky == 0 || bound(ky, kx, ky) < threshold;
    };
    Bounds bounds{static_cast<std::size_t>(std::ranges::partition_point(places, too_small) - places.begin()), place, 1};
    if (threshold == 0 || bounds.begin == place) return bounds;
    const double smallest = degree_at(bounds.begin);
    const auto counts = std::views::iota(std::size_t{1}, static_cast<std::size_t>(smallest) + 1);
    const auto too_few = [&](std::size_t c) { return bound(static_cast<double>(c), kx, smallest) < threshold; };
    bounds.least_shared = 1 + static_cast<std::size_t>(std::ranges::partition_point(counts, too_few) - counts.begin());
    if (smallest == kx && loops_ == 0) bounds.end = end_of_better_ties(bounds, place, best);
    return bounds;
  }

  /// Partners stand in the order of their ids, and what x scores with the best of them is known.
  std::size_t end_of_better_ties(const Bounds& bounds, std::size_t place, const BestPairs& best) const {
    const NodeId x = ranked_.node(place);
    const double k = degree_at(place);
    const std::optional<ScoredPair> worst = best.worst();
    const SharedNeighbors all{k, k, 0, 0};
    if (!worst || as_score(detail::score_of(score_, all, k, k)) > worst->score) return bounds.end;
    const auto places = std::views::iota(bounds.begin, bounds.end);
    const auto may_be_better = [&](std::size_t other) {
      const NodeId y = ranked_.node(other);
      return std::min(x, y) <= worst->source;
    };
    return bounds.begin +
           static_cast<std::size_t>(std::ranges::partition_point(places, may_be_better) - places.begin());
  }

  /// Of the neighbours of x so many that a pair which shares `least_shared` of them shares one of these.
  std::vector<NodeId> fewest_neighbors(NodeId x, std::size_t least_shared) const {
    std::vector<NodeId> through(rows_.row_targets(index(x)).begin(), rows_.row_targets(index(x)).end());
    std::erase(through, x);
    if (through.size() < least_shared) return {};
    const std::size_t enough = through.size() - least_shared + 1;
    if (enough < through.size()) {
      std::ranges::nth_element(through, through.begin() + static_cast<std::ptrdiff_t>(enough - 1), {},
                               [&](NodeId z) { return std::pair(columns_.row_size(index(z)), z); });
      through.resize(enough);
    }
    return through;
  }

  void collect(NodeId z, const Bounds& bounds, DenseAccumulator& table) const {
    const auto places = columns_.row_targets(index(z));
    for (auto at = std::ranges::lower_bound(places, node_id(bounds.begin)); at != places.end(); ++at) {
      if (index(*at) >= bounds.end) break;
      if (ranked_.node(index(*at)) != z) table.collect(*at, 1);
    }
  }

  float score_of(NodeId x, NodeId y, bool whole, double collected) const {
    const auto of_x = rows_.row_targets(index(x));
    const auto of_y = rows_.row_targets(index(y));
    double own = 0;  // of the pair itself that are neighbours of both
    if (loops_ > 0) {
      for (const NodeId node : {x, y}) own += contains(of_x, node) && contains(of_y, node) ? 1 : 0;
    }
    const double count = whole ? collected : static_cast<double>(intersection_size(of_x, of_y)) - own;
    const SharedNeighbors shared{count, count + own, 0, 0};
    return as_score(detail::score_of(score_, shared, degrees_.degree(x), degrees_.degree(y)));
  }

  CsrView rows_;
  const NeighborhoodDegrees& degrees_;
  NeighborhoodScore score_;
  const RankedColumns& ranked_;
  CsrView columns_;
  double loops_ = 0;  // how many of a pair may be neighbours of both of it
};

std::vector<ScoredPair> best_by_ratio(RunContext& context, const CsrView& rows, const NeighborhoodDegrees& degrees,
                                      NeighborhoodScore score, std::size_t count) {
  const std::size_t n = rows.row_count();
  context.begin_stage("bounds", "rows", n);
  std::vector<double> keys(n);
  // A node of one neighbour scores as high as can be with all who share it, by hub_promoted: only ids tell them apart.
  const bool by_degree = score != NeighborhoodScore::hub_promoted;
  for (std::size_t v = 0; v < n; ++v) keys[v] = by_degree ? degrees.degree(node_id(v)) : 0;
  const RankedColumns ranked(context, rows, order_by(keys));
  const RatioSearch ratio(rows, degrees, score, ranked);
  BestPairs best(count);
  search_places(context, n, best, [&](std::size_t place, DenseAccumulator& table, std::vector<ScoredPair>& found) {
    ratio.search(place, best, table, found);
  });
  return best.take();
}

}  // namespace

std::vector<ScoredPair> best_by_shared_neighbors(RunContext& context, const CsrView& rows,
                                                 const NeighborhoodDegrees& degrees, NeighborhoodScore score,
                                                 std::size_t count, bool use_weights) {
  const bool sums = score == NeighborhoodScore::common_neighbors || score == NeighborhoodScore::adamic_adar ||
                    score == NeighborhoodScore::resource_allocation;
  return sums ? best_by_sums(context, rows, degrees, score, count, use_weights)
              : best_by_ratio(context, rows, degrees, score, count);
}

std::uint64_t estimate_shared_neighbor_search_memory(std::uint64_t nodes, std::uint64_t entries, bool weighted,
                                                     std::size_t count, int threads) {
  return RankedColumns::bytes(nodes, entries, weighted) + 3 * nodes * sizeof(double) +
         BestPairs::bytes(count, threads) + static_cast<std::uint64_t>(threads) * DenseAccumulator::bytes(nodes);
}

}  // namespace adjoin::detail
