// Scores of any number of pairs by a network on one graph.
#pragma once

#include <span>

#include <adjoin/algorithms/gnn/link_network.hpp>
#include <adjoin/algorithms/gnn/messages.hpp>
#include <adjoin/algorithms/gnn/pair_batches.hpp>
#include <adjoin/algorithms/gnn/pair_neighbors.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::gnn {

/// A network made ready on one graph: vectors of nodes are there, so a pair costs what its head does.
class LinkScorer {
 public:
  /// Computes the vectors. All arguments outlive this; `batches` has the graph assigned, and is not given another
  /// meanwhile. features: as LinkNetwork::record_nodes takes them.
  LinkScorer(RunContext& context, const LinkNetwork& network, const NodeFeatures* features, const Messages& messages,
             const PairBatches& batches);

  /// Scores before the sigmoid. Batch by batch, so that memory does not grow with the pairs. InvalidData for a pair
  /// of a node with itself or of an id that is not there; Cancelled. The same bits for any number of threads.
  void score(RunContext& context, std::span<const Edge> pairs, std::span<float> scores);

  /// Of pairs whose structure is completed: their neighbours, with the weights that the network without completion
  /// gives to links that are lacking.
  CompletedNeighbors completed(RunContext& context, std::span<const Edge> pairs);

  /// Of all nodes, as ends of pairs are scored by them.
  MatrixView<const float> vectors() const noexcept { return vectors_.view(); }

 private:
  void score_batch(const PairBatch& batch, std::span<float> scores);
  void score_common(RunContext& context, std::span<const Edge> pairs, std::span<float> scores);

  const LinkNetwork* network_;
  const PairBatches* batches_;
  Matrix vectors_;
  Matrix between_;  // of the nodes between the ends of pairs, where they count
  learn::Tape tape_;
};

}  // namespace adjoin::gnn
