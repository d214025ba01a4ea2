// The nodes of a training part in batches, each with what a network has to see of the graph for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/algorithms/gnn/neighbor_sampler.hpp>
#include <adjoin/algorithms/gnn/picked_features.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::gnn {

struct NodeBatchOptions {
  int batch_size = 0;
  int fan_out = 0;

  static constexpr auto fields() {
    using O = NodeBatchOptions;
    return std::tuple{
        option_field("batch-size", &O::batch_size, {0, 1'000'000'000},
                     "training nodes in a step; 0: all of them, and the whole graph with them"),
        option_field("fan-out", &O::fan_out, {0, 1'000'000},
                     "of batch-size: neighbours that a node hears at each hop, drawn anew in each step; 0: all",
                     "Hamilton, Ying, Leskovec 2017, section 3.2")};
  }
};

/// InvalidOption for a value outside its range, and for a fan-out without batches.
void check_node_batches(const NodeBatchOptions& options);

/// What a network is recorded on for one batch.
struct NodeBatch {
  std::span<const NodeId> nodes;
  NodeFeatures features;
  std::span<const Messages* const> blocks;
};

/// Deals nodes out and draws their neighbours. Not for use by two threads at once.
class NodeBatches {
 public:
  /// adjacency: row i names those that tell node i; it, the features and the nodes outlive this. Options as checked,
  /// batch_size >= 1. BudgetExceeded.
  NodeBatches(RunContext& context, const CsrView& adjacency, const NodeFeatures& features,
              std::span<const NodeId> nodes, const Encoder& encoder, const NodeBatchOptions& options);

  /// Deals the nodes out anew: a function of the context's seed and the epoch.
  void begin_epoch(RunContext& context, std::uint64_t epoch);

  std::size_t count() const noexcept { return (order_.size() + size_ - 1) / size_; }
  /// Valid until the next call. What is drawn is a function of the seed, the step and each node (NeighborSampler).
  NodeBatch batch(RunContext& context, std::size_t i, std::uint64_t step);

  /// Bytes held between batches, and of a batch at most: sampled blocks and rows of features.
  std::uint64_t bytes() const noexcept;

 private:
  NodeFeatures features_;
  std::span<const NodeId> nodes_;
  std::size_t node_count_;
  std::size_t size_;
  std::optional<NeighborSampler> sampler_;  // not for a network that looks at no edge
  std::vector<NodeId> order_;               // of the epoch
  NeighborSample sample_;
  std::vector<const Messages*> blocks_;
  PickedFeatures picked_;
};

}  // namespace adjoin::gnn
