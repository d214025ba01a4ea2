#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/node_batches.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/runtime/shuffle.hpp>

namespace adjoin::gnn {

void check_node_batches(const NodeBatchOptions& options) {
  validate(options);
  if (options.batch_size > 0 || options.fan_out == 0) return;
  throw InvalidOption(fmt::format(
      "fan-out = {} is of batches and there are none; give batch-size too, or leave fan-out out", options.fan_out));
}

NodeBatches::NodeBatches(RunContext& context, const CsrView& adjacency, const NodeFeatures& features,
                         std::span<const NodeId> nodes, const Encoder& encoder, const NodeBatchOptions& options)
    : features_(features),
      nodes_(nodes),
      node_count_(adjacency.row_count()),
      size_(static_cast<std::size_t>(options.batch_size)),
      order_(nodes.begin(), nodes.end()) {
  if (encoder.hops() == 0) return;
  const std::size_t fan_out = options.fan_out == 0 ? all_neighbors : static_cast<std::size_t>(options.fan_out);
  sampler_.emplace(context, adjacency, encoder.message_form(), std::vector<std::size_t>(encoder.hops(), fan_out));
}

void NodeBatches::begin_epoch(RunContext& context, std::uint64_t epoch) {
  RandomSequence random(context.seed(), RandomStream::node_batches, epoch);
  std::ranges::copy(nodes_, order_.begin());
  shuffle(random, std::span<NodeId>(order_));
}

NodeBatch NodeBatches::batch(RunContext& context, std::size_t i, std::uint64_t step) {
  const std::size_t begin = i * size_;
  const auto nodes = std::span<const NodeId>(order_).subspan(begin, std::min(size_, order_.size() - begin));
  blocks_.clear();
  if (!sampler_) return {nodes, picked_.pick(context, features_, nodes), blocks_};
  sample_ = sampler_->sample(context, nodes, step);
  for (const Messages& block : sample_.blocks) blocks_.push_back(&block);
  return {nodes, picked_.pick(context, features_, sample_.nodes), blocks_};
}

std::uint64_t NodeBatches::bytes() const noexcept {
  const std::size_t targets = std::min(size_, nodes_.size());
  const std::size_t rows = sampler_ ? sampler_->most_nodes(targets) : targets;
  const std::uint64_t sampled =
      sampler_ ? NeighborSampler::bytes(node_count_) + sampler_->sample_bytes(targets) : std::uint64_t{0};
  return nodes_.size() * sizeof(NodeId) + PickedFeatures::bytes(features_, rows) + sampled;
}

}  // namespace adjoin::gnn
