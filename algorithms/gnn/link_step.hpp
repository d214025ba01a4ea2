// One step of training a link predictor, on a tape: the pairs of a batch, and what the network sees of the graph.
//
// Method.  The edges of the batch are out of the graph meanwhile. Without a fan-out, messages pass over all that is
//          left of it (target_removal.hpp), and a step costs what the graph is large. With one, they pass along
//          sampled neighbours (neighbor_sampler.hpp) of the nodes of the batch, which are the ends of its pairs and
//          those between them. What is known of a pair beside vectors is looked up in all that is left either way.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <adjoin/algorithms/gnn/link_network.hpp>
#include <adjoin/algorithms/gnn/neighbor_sampler.hpp>
#include <adjoin/algorithms/gnn/pair_batches.hpp>
#include <adjoin/algorithms/gnn/picked_features.hpp>
#include <adjoin/algorithms/gnn/target_removal.hpp>

namespace adjoin::gnn {

class LinkStep {
 public:
  /// adjacency: link_adjacency of the problem's graph. All arguments outlive this; features: as
  /// LinkNetwork::record_nodes takes them; options as checked. BudgetExceeded.
  LinkStep(RunContext& context, const LinkNetwork& network, const NodeFeatures* features,
           const LinkTrainingOptions& options, const CsrView& adjacency);

  learn::Tape& tape() noexcept { return tape_; }

  /// The loss of a batch, 1 x 1. step: another for each batch of the training; what is drawn is a function of the seed
  /// and of it. Valid until the next call, or the next epoch of the batches. BudgetExceeded; Cancelled.
  learn::Tensor record(const EdgeBatch& batch, std::uint64_t step);

  /// Bytes held by the recording of a batch beside the tape's, at most; what is between and around pairs is not
  /// counted.
  std::uint64_t bytes() const noexcept;

 private:
  NodeTensors record_on_whole_graph(const EdgeBatch& batch, std::uint64_t step);
  NodeTensors record_on_sample(const EdgeBatch& batch, std::uint64_t step);
  /// Looks the structure of pairs up in what is left of the graph, or in the part of it that a step sees.
  void assign_structure(const CsrView& rest, std::uint64_t step);
  std::optional<CompletedNeighbors> completed(const EdgeBatch& batch);

  RunContext& context_;
  const LinkNetwork& network_;
  const NodeFeatures* features_;
  CsrView adjacency_;
  std::size_t pairs_;  // of a batch, at most
  bool samples_;
  bool looks_up_;
  std::optional<TargetRemoval> removal_;    // not where nothing is asked of the whole graph
  std::optional<NeighborSampler> sampler_;  // not for a network that looks at no edge
  Csr thinned_;
  PairBatches batches_;
  std::optional<Messages> messages_;
  NeighborSample sample_;
  std::vector<const Messages*> blocks_;
  PickedFeatures picked_;
  PairBatch batch_;
  std::vector<float> labels_;
  learn::Tape tape_;
};

}  // namespace adjoin::gnn
