#include <algorithm>

#include <adjoin/algorithms/gnn/entry_dropout.hpp>
#include <adjoin/algorithms/gnn/link_scorer.hpp>
#include <adjoin/algorithms/gnn/link_step.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/losses.hpp>

namespace adjoin::gnn {

LinkStep::LinkStep(RunContext& context, const LinkNetwork& network, const NodeFeatures* features,
                   const LinkTrainingOptions& options, const CsrView& adjacency)
    : context_(context),
      network_(network),
      features_(features),
      adjacency_(adjacency),
      pairs_(std::min(2 * static_cast<std::size_t>(options.batches.batch_size), adjacency.nonzero_count())),
      samples_(options.batches.fan_out > 0),
      looks_up_(options.model.structure != PairStructure::none),
      batches_(context, network.options(), adjacency.row_count()),
      tape_(context) {
  labels_.resize(pairs_);
  if (!samples_ || looks_up_) removal_.emplace(adjacency);
  const std::size_t hops = network.encoder().hops();
  if (!samples_ || hops == 0) return;
  sampler_.emplace(context, adjacency, network.encoder().message_form(),
                   std::vector<std::size_t>(hops, static_cast<std::size_t>(options.batches.fan_out)));
}

learn::Tensor LinkStep::record(const EdgeBatch& batch, std::uint64_t step) {
  tape_.clear();
  const NodeTensors nodes = samples_ ? record_on_sample(batch, step) : record_on_whole_graph(batch, step);
  const learn::Tensor logits = tape_.set_name(network_.record_pairs(tape_, nodes, batch_.inputs()), "scores");
  const auto middle = labels_.begin() + static_cast<std::ptrdiff_t>(batch.positives().size());
  std::fill(labels_.begin(), middle, 1.0F);
  std::fill(middle, labels_.begin() + static_cast<std::ptrdiff_t>(batch.pairs.size()), 0.0F);
  const learn::Tensor labels = tape_.constant("labels", MatrixView<const float>(labels_.data(), batch.pairs.size(), 1));
  // The mean over edges and others alike, twice.
  const learn::Tensor loss = learn::scale(tape_, learn::binary_cross_entropy(tape_, logits, labels), 2);
  if (!nodes.divergence) return loss;
  // The bound is over the n^2 entries of the adjacency matrix, so a node's divergence weighs 1 / n (their program).
  const double weight = 1 / static_cast<double>(network_.node_count());
  return learn::add(tape_, loss, learn::scale(tape_, *nodes.divergence, weight));
}

NodeTensors LinkStep::record_on_whole_graph(const EdgeBatch& batch, std::uint64_t step) {
  const CsrView rest = removal_->without(context_, batch.positives());
  messages_.emplace(context_, rest, network_.encoder().message_form());
  assign_structure(rest, step);
  batch_ = batches_.make_to_learn(context_, batch.pairs, NodeNumbers::of_graph, completed(batch));
  return network_.record_nodes(tape_, features_, *messages_);
}

NodeTensors LinkStep::record_on_sample(const EdgeBatch& batch, std::uint64_t step) {
  if (looks_up_) assign_structure(removal_->without(context_, batch.positives()), step);
  batch_ = batches_.make_to_learn(context_, batch.pairs, NodeNumbers::of_batch);
  blocks_.clear();
  std::span<const NodeId> seen = batch_.nodes();
  if (sampler_) {
    sample_ = sampler_->sample(context_, seen, step, batch.positives());
    for (const Messages& block : sample_.blocks) blocks_.push_back(&block);
    seen = sample_.nodes;
  }
  return network_.record_nodes(tape_, picked_.pick(context_, network_.node_features(features_), seen), blocks_);
}

void LinkStep::assign_structure(const CsrView& rest, std::uint64_t step) {
  const double dropout = network_.options().structure_dropout;
  if (looks_up_ && dropout > 0) thinned_ = drop_entries(context_, rest, dropout, step);
  batches_.assign(context_, looks_up_ && dropout > 0 ? thinned_.view() : rest);
}

std::optional<CompletedNeighbors> LinkStep::completed(const EdgeBatch& batch) {
  if (network_.options().structure != PairStructure::completed) return std::nullopt;
  LinkScorer scorer(context_, network_, features_, *messages_, batches_);
  return scorer.completed(context_, batch.pairs);
}

std::uint64_t LinkStep::bytes() const noexcept {
  const LinkModelOptions& model = network_.options();
  std::uint64_t bytes = removal_ ? TargetRemoval::bytes(adjacency_) : std::uint64_t{0};
  if (looks_up_ && model.structure_dropout > 0) bytes += TargetRemoval::bytes(adjacency_);
  if (model.structure == PairStructure::sketches) bytes += NeighborhoodSketches::bytes(adjacency_.row_count());
  if (!samples_) return bytes + Messages::bytes(adjacency_, network_.encoder().message_form());
  std::size_t rows = std::min(2 * pairs_, adjacency_.row_count());
  if (sampler_) {
    bytes += NeighborSampler::bytes(adjacency_.row_count()) + sampler_->sample_bytes(rows);
    rows = sampler_->most_nodes(rows);
  }
  return bytes + PickedFeatures::bytes(network_.node_features(features_), rows);
}

}  // namespace adjoin::gnn
