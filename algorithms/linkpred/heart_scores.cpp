#include <utility>

#include <adjoin/algorithms/linkpred/feature_cosine.hpp>
#include <adjoin/algorithms/linkpred/heart_scores.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

namespace adjoin::detail {

HeartSource::HeartSource(RunContext& context, GraphView training, const CsrView& given_features,
                         const PageRankOptions& pagerank_options)
    : neighbors(training.out()),
      transitions(detail::transitions(context, training, pagerank_options)),
      pagerank(pagerank_options),
      features(given_features) {
  if (features.row_count() == 0) return;
  nodes_of_feature = transpose(context, features);
  inverse_lengths = detail::inverse_lengths(context, features);
}

std::uint64_t HeartSource::bytes(GraphView training, const CsrView& features) {
  const std::uint64_t entries = features.nonzero_count();
  return estimate_transitions_memory(training, NeighborDirection::out) +
         entries * (sizeof(NodeId) + (features.weighted() ? sizeof(float) : 0)) +
         features.column_count * sizeof(EdgeOffset) + features.row_count() * sizeof(double);
}

HeartScores::HeartScores(const HeartSource& source)
    : resources(source.neighbors.row_count()),
      pagerank(source.neighbors.row_count()),
      cosine(source.neighbors.row_count()),
      source_(source),
      walk_(source.transitions, source.pagerank),
      sums_(source.neighbors.row_count(), 0) {}

std::uint64_t HeartScores::bytes(std::size_t nodes) noexcept {
  return 3 * ScoreLevels::bytes(nodes) + PushWalk::bytes(nodes) + nodes * (sizeof(double) + sizeof(NodeId));
}

void HeartScores::score(RunContext& context, NodeId node) {
  score_resources(node);
  score_pagerank(context, node);
  score_cosine(node);
}

void HeartScores::add(NodeId node, double value) {
  double& sum = sums_[index(node)];
  if (sum == 0) touched_.push_back(node);
  sum += value;
}

/// finish(node, sum): the score. A sum that came back to 0 is touched twice, and the second time has no score.
template <class Finish>
void HeartScores::take_sums(ScoreLevels& levels, Finish&& finish) {
  scored_.clear();
  for (const NodeId node : touched_) {
    const float score = finish(node, std::exchange(sums_[index(node)], 0.0));
    if (score > 0) scored_.push_back({node, score});
  }
  touched_.clear();
  levels.assign(scored_);
}

void HeartScores::score_resources(NodeId node) {
  const CsrView& a = source_.neighbors;
  for (const NodeId shared : a.row_targets(index(node))) {
    const double share = 1 / static_cast<double>(a.row_size(index(shared)));
    for (const NodeId other : a.row_targets(index(shared))) add(other, share);
  }
  take_sums(resources, [](NodeId, double sum) { return static_cast<float>(sum); });
}

void HeartScores::score_pagerank(RunContext& context, NodeId node) {
  walk_.run(context, node);
  scored_.clear();
  for (std::size_t v = 0; v < sums_.size(); ++v) {
    const auto score = static_cast<float>(walk_.value(node_id(v)));
    if (score > 0) scored_.push_back({node_id(v), score});
  }
  walk_.clear();
  pagerank.assign(scored_);
}

void HeartScores::score_cosine(NodeId node) {
  const CsrView& x = source_.features;
  if (x.row_count() == 0) return;
  const CsrView columns = source_.nodes_of_feature.view();
  const auto value = [](const CsrView& a, std::size_t entry) {
    return a.weighted() ? static_cast<double>(a.weights[entry]) : 1.0;
  };
  for (std::size_t e = x.row_begin(index(node)); e < x.row_end(index(node)); ++e) {
    const std::size_t feature = index(x.targets[e]);
    for (std::size_t k = columns.row_begin(feature); k < columns.row_end(feature); ++k) {
      add(columns.targets[k], value(x, e) * value(columns, k));
    }
  }
  const Array<double>& inverses = source_.inverse_lengths;
  take_sums(cosine,
            [&](NodeId other, double sum) { return as_cosine(sum, inverses[index(node)], inverses[index(other)]); });
}

}  // namespace adjoin::detail
