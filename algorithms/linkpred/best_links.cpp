#include <algorithm>
#include <queue>
#include <tuple>

#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/algorithms/linkpred/best_pairs.hpp>
#include <adjoin/algorithms/linkpred/common_neighbors.hpp>
#include <adjoin/algorithms/linkpred/shared_neighbor_search.hpp>

namespace adjoin {
namespace {

using detail::as_score;
using detail::linked;
using detail::NeighborhoodDegrees;

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
  return detail::best_by_shared_neighbors(context, neighbors.rows, degrees, score, count, options.use_weights);
}

std::uint64_t estimate_best_links_memory(GraphView graph, std::size_t count, int threads,
                                         const NeighborhoodOptions& options) {
  const bool both = graph.directed() && options.direction == NeighborDirection::both;
  const std::uint64_t entries = graph.out().targets.size() * (both ? 2 : 1);
  return estimate_neighborhood_memory(graph, 0, 0, options) +
         detail::estimate_shared_neighbor_search_memory(graph.node_count(), entries, graph.out().weighted(), count,
                                                        threads);
}

}  // namespace adjoin
