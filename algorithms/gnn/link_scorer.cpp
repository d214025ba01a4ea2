#include <algorithm>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/count_columns.hpp>
#include <adjoin/algorithms/gnn/link_scorer.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
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

Csr link_adjacency(RunContext& context, GraphView graph) {
  const Neighbors neighbors = gathered_neighbors(context, graph, NeighborDirection::both, false);
  const CsrView& rows = neighbors.rows;
  Csr result{rows.column_count,
             Array<EdgeOffset>(rows.row_count() + 1, EdgeOffset{0}),
             Array<NodeId>(rows.nonzero_count()),
             {}};
  std::size_t kept = 0;
  for (std::size_t row = 0; row < rows.row_count(); ++row) {
    for (const NodeId target : rows.row_targets(row)) {
      if (index(target) != row) result.targets[kept++] = target;
    }
    result.offsets[row + 1] = edge_offset(kept);
  }
  result.targets.shrink(kept);
  return result;
}

PairBatches::PairBatches(RunContext& context, const LinkModelOptions& options, std::size_t node_count)
    : structure_(options.structure) {
  if (structure_ == PairStructure::sketches) sketches_.emplace(context, node_count);
}

void PairBatches::assign(RunContext& context, const CsrView& adjacency) {
  adjacency_ = adjacency;
  if (sketches_) sketches_->assign(context, adjacency);
}

PairBatch PairBatches::make(RunContext& context, std::span<const Edge> pairs, bool with_gradient,
                            std::optional<CompletedNeighbors> completed) const {
  PairBatch batch;
  batch.sources_.reserve(pairs.size());
  batch.targets_.reserve(pairs.size());
  for (const Edge& pair : pairs) {
    batch.sources_.push_back(pair.source);
    batch.targets_.push_back(pair.target);
  }
  switch (structure_) {
    case PairStructure::none:
      break;
    case PairStructure::common_neighbors:
    case PairStructure::completed:
      batch.shared_rows_ = completed ? std::move(completed->rows) : common_neighbors(context, adjacency_, pairs);
      batch.shared_ = with_gradient ? std::make_unique<learn::SparseOperand>(context, batch.shared_rows_.view())
                                    : std::make_unique<learn::SparseOperand>(batch.shared_rows_.view());
      break;
    case PairStructure::counts:
    case PairStructure::sketches: {
      const Matrix counts = sketches_ ? sketches_->counts(context, pairs) : distance_counts(context, adjacency_, pairs);
      batch.counts_ = count_columns(context, adjacency_, pairs, counts.view());
      break;
    }
  }
  return batch;
}

LinkScorer::LinkScorer(RunContext& context, const LinkNetwork& network, const NodeFeatures* features,
                       const Messages& messages, const PairBatches& batches)
    : network_(&network), batches_(&batches), tape_(context, false) {
  const learn::Tensor nodes = tape_.keep(network.record_nodes(tape_, features, messages).vectors);
  tape_.forward({.training = false});
  const MatrixView<const float> values = tape_.value(nodes);
  nodes_ = Matrix(values.rows(), values.columns());
  learn::for_rows(context, values.rows(), values.columns(),
                  [&](std::size_t i) { std::ranges::copy(values.row(i), nodes_.row(i).begin()); });
}

void LinkScorer::score_batch(const PairBatch& batch, std::span<float> scores) {
  tape_.clear();
  const learn::Tensor nodes = tape_.constant("vectors", nodes_.view());
  const learn::Tensor logits = tape_.keep(network_->record_pairs(tape_, nodes, batch.inputs()));
  tape_.forward({.training = false});
  const MatrixView<const float> values = tape_.value(logits);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = values(i, 0);
}

void LinkScorer::score_common(RunContext& context, std::span<const Edge> pairs, std::span<float> scores) {
  for (std::size_t begin = 0; begin < pairs.size(); begin += pairs_per_batch) {
    const std::size_t size = std::min(pairs_per_batch, pairs.size() - begin);
    score_batch(batches_->make(context, pairs.subspan(begin, size), false), scores.subspan(begin, size));
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
    score_batch(batches_->make(context, part, false, completed(context, part)), scores.subspan(begin, size));
  }
}

}  // namespace adjoin::gnn
