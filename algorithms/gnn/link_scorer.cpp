#include <algorithm>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/link_scorer.hpp>
#include <adjoin/algorithms/gnn/node_vectors.hpp>
#include <adjoin/engine/learn/scalar_functions.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::gnn {
namespace {

/// Few enough that what a batch is computed in stays in a cache, enough for products to be fast.
constexpr std::size_t pairs_per_batch = 2048;

/// How likely a lacking link is, from its score: sharper than the sigmoid, so that few count (the authors' clampprob
/// with their settings for Cora; 0.75 is their pt).
float link_probability(float score) noexcept {
  constexpr float scale = 4.3F;
  constexpr float offset = 2.8F;
  constexpr float prior = 0.75F;
  const float p = learn::sigmoid_of(scale * (score - offset));
  return prior * p / (prior * p + 1 - p);
}

void check(std::size_t nodes, std::span<const Edge> pairs) {
  for (const Edge& pair : pairs) {
    if (index(pair.source) < nodes && index(pair.target) < nodes && pair.source != pair.target) continue;
    throw InvalidData(fmt::format("{} and {} are no pair of two of the graph's {} nodes", index(pair.source),
                                  index(pair.target), nodes));
  }
}

}  // namespace

LinkScorer::LinkScorer(RunContext& context, const LinkNetwork& network, const NodeFeatures* features,
                       const Messages& messages, const PairBatches& batches)
    : network_(&network), batches_(&batches), tape_(context, false) {
  Matrix encoded = node_vectors(context, network.encoder(), network.node_features(features), messages);
  const learn::Tensor input = tape_.constant("encoded", encoded.view());
  const NodeTensors nodes = network.record_encoded(tape_, input);
  if (nodes.vectors == input && !nodes.between) {
    vectors_ = std::move(encoded);
    return;
  }
  tape_.keep(nodes.vectors);
  if (nodes.between) tape_.keep(*nodes.between);
  tape_.forward({.training = false});
  vectors_ = nodes.vectors == input ? std::move(encoded) : copy_of_value(context, tape_, nodes.vectors);
  if (nodes.between) between_ = copy_of_value(context, tape_, *nodes.between);
}

void LinkScorer::score_batch(const PairBatch& batch, std::span<float> scores) {
  tape_.clear();
  NodeTensors nodes{tape_.constant("vectors", vectors_.view()), {}, {}};
  if (between_.rows() > 0) nodes.between = tape_.constant("between", between_.view());
  const learn::Tensor logits = tape_.keep(network_->record_pairs(tape_, nodes, batch.inputs()));
  tape_.forward({.training = false});
  const MatrixView<const float> values = tape_.value(logits);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = values(i, 0);
}

void LinkScorer::score_common(RunContext& context, std::span<const Edge> pairs, std::span<float> scores) {
  for (std::size_t begin = 0; begin < pairs.size(); begin += pairs_per_batch) {
    const std::size_t size = std::min(pairs_per_batch, pairs.size() - begin);
    score_batch(batches_->make(context, pairs.subspan(begin, size)), scores.subspan(begin, size));
  }
}

CompletedNeighbors LinkScorer::completed(RunContext& context, std::span<const Edge> pairs) {
  CompletedNeighbors result = completed_neighbors(context, batches_->adjacency(), pairs,
                                                  static_cast<std::size_t>(network_->options().completed));
  std::vector<float> scores(result.questions.size());
  score_common(context, result.questions, scores);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    result.rows.weights[index(result.entries[i])] = link_probability(scores[i]);
  }
  return result;
}

void LinkScorer::score(RunContext& context, std::span<const Edge> pairs, std::span<float> scores) {
  check(network_->node_count(), pairs);
  if (network_->options().structure != PairStructure::completed) return score_common(context, pairs, scores);
  for (std::size_t begin = 0; begin < pairs.size(); begin += pairs_per_batch) {
    const std::size_t size = std::min(pairs_per_batch, pairs.size() - begin);
    const auto part = pairs.subspan(begin, size);
    score_batch(batches_->make(context, part, completed(context, part)), scores.subspan(begin, size));
  }
}

}  // namespace adjoin::gnn
