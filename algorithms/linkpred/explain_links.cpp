#include <algorithm>
#include <tuple>
#include <utility>

#include <adjoin/algorithms/linkpred/check_pairs.hpp>
#include <adjoin/algorithms/linkpred/common_neighbors.hpp>
#include <adjoin/algorithms/linkpred/explain_links.hpp>
#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

namespace adjoin {
namespace {

using detail::contains;
using detail::NeighborhoodDegrees;

/// A breadth-first search that remembers where each node was reached from.
class PathSearch {
 public:
  explicit PathSearch(std::size_t n) : from_(n, no_node) {}

  static std::uint64_t bytes(std::size_t n) noexcept { return n * 2 * sizeof(NodeId); }

  /// Nodes in the order of the rows, so that of equally short paths one and the same is found.
  std::vector<NodeId> path(RunContext& context, const CsrView& rows, NodeId source, NodeId target) {
    reached_.assign(1, source);
    from_[index(source)] = source;
    constexpr std::size_t nodes_between_looks = 1 << 14;
    for (std::size_t next = 0; next < reached_.size() && from_[index(target)] == no_node; ++next) {
      if (next % nodes_between_looks == 0) context.check_cancelled();
      for (const NodeId node : rows.row_targets(index(reached_[next]))) {
        if (from_[index(node)] != no_node) continue;
        from_[index(node)] = reached_[next];
        reached_.push_back(node);
      }
    }
    std::vector<NodeId> path;
    if (from_[index(target)] != no_node) {
      for (NodeId node = target; node != source; node = from_[index(node)]) path.push_back(node);
      path.push_back(source);
      std::ranges::reverse(path);
    }
    for (const NodeId node : reached_) from_[index(node)] = no_node;
    return path;
  }

 private:
  Array<NodeId> from_;  // no_node where not reached
  std::vector<NodeId> reached_;
};

class Explainer {
 public:
  Explainer(const Neighbors& neighbors, const NeighborhoodDegrees& degrees, std::optional<NeighborhoodScore> score,
            bool use_weights, std::size_t most)
      : rows_(neighbors.rows), degrees_(degrees), score_(score), use_weights_(use_weights), most_(most) {}

  LinkExplanation explain(Edge pair) const {
    const auto [x, y] = pair;
    LinkExplanation explanation;
    std::vector<SharedNeighbor>& through = explanation.through;
    visit_intersection(rows_.row_targets(index(x)), rows_.row_targets(index(y)), [&](NodeId z) {
      if (z != x && z != y) through.push_back({z, share_of(x, y, z)});
    });
    explanation.shared = through.size();
    if (is_ratio()) share_alike(x, y, through);
    const std::size_t named = std::min(most_, through.size());
    std::ranges::partial_sort(through, through.begin() + static_cast<std::ptrdiff_t>(named),
                              [&](const SharedNeighbor& a, const SharedNeighbor& b) {
                                return std::tuple(-a.share, -degrees_.inverse(a.node), a.node) <
                                       std::tuple(-b.share, -degrees_.inverse(b.node), b.node);
                              });
    through.resize(named);
    return explanation;
  }

 private:
  bool is_ratio() const {
    return score_ && score_ != NeighborhoodScore::adamic_adar && score_ != NeighborhoodScore::resource_allocation &&
           score_ != NeighborhoodScore::common_neighbors;
  }

  double share_of(NodeId x, NodeId y, NodeId z) const {
    if (is_ratio()) return 0;
    const double weight = use_weights_ ? weight_between(x, z) + weight_between(y, z) : 1.0;
    if (score_ == NeighborhoodScore::common_neighbors) return weight;
    return weight * (score_ == NeighborhoodScore::resource_allocation ? degrees_.inverse(z) : degrees_.inverse_log(z));
  }

  double weight_between(NodeId node, NodeId neighbor) const {
    if (!rows_.weighted()) return 1;
    const auto row = rows_.row_targets(index(node));
    const auto place = static_cast<std::size_t>(std::ranges::lower_bound(row, neighbor) - row.begin());
    return static_cast<double>(rows_.weights[rows_.row_begin(index(node)) + place]);
  }

  void share_alike(NodeId x, NodeId y, std::vector<SharedNeighbor>& through) const {
    const auto count = static_cast<double>(through.size());
    double own = 0;
    for (const NodeId node : {x, y}) {
      own += contains(rows_.row_targets(index(x)), node) && contains(rows_.row_targets(index(y)), node) ? 1 : 0;
    }
    const detail::SharedNeighbors shared{count, count + own, 0, 0};
    const double score = detail::score_of(*score_, shared, degrees_.degree(x), degrees_.degree(y));
    for (SharedNeighbor& neighbor : through) neighbor.share = score / count;
  }

  CsrView rows_;
  const NeighborhoodDegrees& degrees_;
  std::optional<NeighborhoodScore> score_;
  bool use_weights_;
  std::size_t most_;
};

}  // namespace

std::vector<LinkExplanation> explain_links(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                           std::optional<NeighborhoodScore> score, const NeighborhoodOptions& options,
                                           std::size_t most) {
  if (score == NeighborhoodScore::preferential_attachment) score.reset();
  const bool use_weights = score && options.use_weights;
  if (score) detail::check_neighborhood_options(std::span(&*score, 1), options);
  detail::check_pairs(graph, pairs);
  context.require_memory(
      resident_bytes() + estimate_explain_links_memory(graph, pairs.size(), options, most, context.threads().count()),
      "ask for fewer pairs, or raise --memory");
  context.begin_stage("explain", "pairs", pairs.size());
  const Neighbors neighbors = gathered_neighbors(context, graph, options.direction, true);
  const NeighborhoodDegrees degrees(context, neighbors.rows, neighbors.transpose, graph.nodes(), use_weights);
  const Explainer explainer(neighbors, degrees, score, use_weights, most);
  std::vector<LinkExplanation> explanations(pairs.size());
  detail::ScratchPool<PathSearch> searches;
  context.for_chunks(pairs.size(), 1, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      explanations[i] = explainer.explain(pairs[i]);
      if (explanations[i].shared > 0) continue;
      searches.borrow([&] { return PathSearch(graph.node_count()); },
                      [&](PathSearch& search) {
                        explanations[i].path = search.path(context, neighbors.rows, pairs[i].source, pairs[i].target);
                      });
    }
  });
  context.end_stage();
  return explanations;
}

std::uint64_t estimate_explain_links_memory(GraphView graph, std::size_t pair_count, const NeighborhoodOptions& options,
                                            std::size_t most, int threads) {
  return estimate_neighborhood_memory(graph, 0, 0, options) +
         pair_count * (sizeof(LinkExplanation) + most * sizeof(SharedNeighbor)) +
         static_cast<std::uint64_t>(threads) *
             (PathSearch::bytes(graph.node_count()) + graph.node_count() * sizeof(SharedNeighbor));
}

}  // namespace adjoin
