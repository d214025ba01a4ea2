#include <algorithm>
#include <queue>
#include <tuple>

#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/algorithms/linkpred/best_pairs.hpp>
#include <adjoin/algorithms/linkpred/common_neighbors.hpp>
#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/engine/sparse/row_accumulator.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>

namespace adjoin {
namespace {

using detail::as_score;
using detail::BestPairs;
using detail::contains;
using detail::DenseAccumulator;
using detail::linked;
using detail::NeighborhoodDegrees;
using detail::SharedNeighbors;

constexpr std::size_t work_per_task = 1 << 12;  // entries of the nodes' own rows

/// Pairs that share a neighbour, from the node with the smaller id.
class SharedNeighborSearch {
 public:
  SharedNeighborSearch(const Neighbors& neighbors, const NeighborhoodDegrees& degrees, NeighborhoodScore score,
                       bool use_weights)
      : rows_(neighbors.rows),
        columns_(neighbors.transpose),
        degrees_(degrees),
        score_(score),
        use_weights_(use_weights) {}

  void search(NodeId x, DenseAccumulator& table, const BestPairs& best, std::vector<ScoredPair>& found) const {
    for (std::size_t e = rows_.row_begin(index(x)); e < rows_.row_end(index(x)); ++e) {
      const NodeId z = rows_.targets[e];
      if (z == x) continue;
      const auto others = columns_.row_targets(index(z));
      const std::size_t first = columns_.row_begin(index(z));
      const double share = share_of(z);
      for (auto at = std::ranges::upper_bound(others, x); at != others.end(); ++at) {
        if (*at == z) continue;
        table.collect(*at, use_weights_
                               ? share * (weight(rows_, e) +
                                          weight(columns_, first + static_cast<std::size_t>(at - others.begin())))
                               : share);
      }
    }
    table.drain([&](NodeId y, double sum) {
      const ScoredPair pair{x, y, score_of(x, y, sum)};
      if (pair.score <= 0 || pair.score < best.threshold() || linked(rows_, x, y)) return;
      found.push_back(pair);
    });
    best.trim(found);
  }

 private:
  static double weight(const CsrView& a, std::size_t entry) {
    return a.weighted() ? static_cast<double>(a.weights[entry]) : 1.0;
  }
  double share_of(NodeId z) const {
    if (score_ == NeighborhoodScore::adamic_adar) return degrees_.inverse_log(z);
    if (score_ == NeighborhoodScore::resource_allocation) return degrees_.inverse(z);
    return 1;
  }
  float score_of(NodeId x, NodeId y, double sum) const {
    SharedNeighbors shared{sum, sum, sum, sum};
    if (score_ == NeighborhoodScore::jaccard) {
      for (const NodeId own : {x, y}) {
        if (contains(rows_.row_targets(index(x)), own) && contains(rows_.row_targets(index(y)), own)) ++shared.overlap;
      }
    }
    return as_score(detail::score_of(score_, shared, degrees_.degree(x), degrees_.degree(y)));
  }

  CsrView rows_;
  CsrView columns_;
  const NeighborhoodDegrees& degrees_;
  NeighborhoodScore score_;
  bool use_weights_;
};

std::vector<ScoredPair> by_shared_neighbors(RunContext& context, const Neighbors& neighbors,
                                            const NeighborhoodDegrees& degrees, NeighborhoodScore score,
                                            std::size_t count, bool use_weights) {
  const CsrView& rows = neighbors.rows;
  const SharedNeighborSearch search(neighbors, degrees, score, use_weights);
  BestPairs best(count);
  detail::ScratchPool<DenseAccumulator> tables;
  context.begin_stage("search", "rows", rows.row_count());
  context.for_tasks(
      row_chunk_count(rows, work_per_task),
      [&](std::size_t task) {
        const Chunk chunk = row_chunk(rows, work_per_task, task);
        std::vector<ScoredPair> found;
        tables.borrow([&] { return DenseAccumulator(rows.row_count()); },
                      [&](DenseAccumulator& table) {
                        for (std::size_t x = chunk.begin; x < chunk.end; ++x)
                          search.search(node_id(x), table, best, found);
                      });
        best.offer(std::move(found));
      },
      [&](std::size_t task) { return std::uint64_t{row_chunk(rows, work_per_task, task).size()}; });
  context.end_stage();
  return best.take();
}

/// The products of degrees in falling order, by a heap that holds for each node the best partner not yet tried.
std::vector<ScoredPair> by_degrees(RunContext& context, const Neighbors& neighbors, const NeighborhoodDegrees& degrees,
                                   std::size_t count) {
  const CsrView& rows = neighbors.rows;
  std::vector<NodeId> order(rows.row_count());
  for (std::size_t v = 0; v < order.size(); ++v) order[v] = node_id(v);
  std::ranges::sort(
      order, [&](NodeId a, NodeId b) { return std::tuple(-degrees.degree(a), a) < std::tuple(-degrees.degree(b), b); });
  struct Candidate {
    double score;
    NodeId source;
    NodeId target;
    std::size_t first;  // places in the order
    std::size_t second;
  };
  // Of equal scores each node's pairs come by ids, and so do the nodes: the heap's order is that of the result.
  const auto worse = [](const Candidate& a, const Candidate& b) {
    return std::tuple(-a.score, a.source, a.target) > std::tuple(-b.score, b.source, b.target);
  };
  std::priority_queue<Candidate, std::vector<Candidate>, decltype(worse)> queue(worse);
  const auto push = [&](std::size_t first, std::size_t second) {
    if (second >= order.size()) return;
    const double score = degrees.degree(order[first]) * degrees.degree(order[second]);
    const auto [source, target] = std::minmax(order[first], order[second]);
    if (score > 0) queue.push({score, source, target, first, second});
  };
  context.begin_stage("search", "pairs", count);
  std::vector<ScoredPair> found;
  push(0, 1);
  for (std::size_t tried = 0; !queue.empty() && found.size() < count; ++tried) {
    constexpr std::size_t pairs_between_looks = 4096;
    if (tried % pairs_between_looks == 0) context.check_cancelled();
    const Candidate top = queue.top();
    queue.pop();
    push(top.first, top.second + 1);
    if (top.second == top.first + 1) push(top.second, top.second + 1);
    if (linked(rows, top.source, top.target)) continue;
    found.push_back({top.source, top.target, as_score(top.score)});
  }
  context.end_stage();
  return found;
}

}  // namespace

std::vector<ScoredPair> best_links(RunContext& context, GraphView graph, NeighborhoodScore score, std::size_t count,
                                   const NeighborhoodOptions& options) {
  detail::check_neighborhood_options(std::span(&score, 1), options);
  if (count == 0) return {};
  context.require_memory(
      resident_bytes() + estimate_best_links_memory(graph, count, context.threads().count(), options),
      "ask for fewer pairs, or raise --memory");
  context.begin_stage("degrees", "rows", graph.node_count());
  const Neighbors neighbors = gathered_neighbors(context, graph, options.direction, true);
  const NeighborhoodDegrees degrees(context, neighbors.rows, neighbors.transpose, graph.nodes(), options.use_weights);
  if (score == NeighborhoodScore::preferential_attachment) return by_degrees(context, neighbors, degrees, count);
  return by_shared_neighbors(context, neighbors, degrees, score, count, options.use_weights);
}

std::uint64_t estimate_best_links_memory(GraphView graph, std::size_t count, int threads,
                                         const NeighborhoodOptions& options) {
  const std::uint64_t n = graph.node_count();
  return estimate_neighborhood_memory(graph, 0, 0, options) + BestPairs::bytes(count, threads) +
         static_cast<std::uint64_t>(threads) * DenseAccumulator::bytes(n);
}

}  // namespace adjoin
