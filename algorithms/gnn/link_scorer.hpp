// Scores of any number of pairs by a network on one graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <adjoin/algorithms/gnn/link_network.hpp>
#include <adjoin/algorithms/gnn/messages.hpp>
#include <adjoin/algorithms/gnn/neighborhood_sketch.hpp>
#include <adjoin/algorithms/gnn/pair_neighbors.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::gnn {

/// The pairs that a graph joins as a square matrix without self-loops and weights: the edges of a directed graph in
/// both directions. O(m).
Csr link_adjacency(RunContext& context, GraphView graph);

/// What a network has to know of some pairs in one graph, in one place.
class PairBatch {
 public:
  PairInputs inputs() const noexcept { return {sources_, targets_, shared_.get(), counts_.view()}; }

 private:
  friend class PairBatches;
  std::vector<NodeId> sources_;
  std::vector<NodeId> targets_;
  Csr shared_rows_;
  std::unique_ptr<learn::SparseOperand> shared_;
  Matrix counts_;
};

/// Makes them, for one kind of structure and one graph after another.
class PairBatches {
 public:
  PairBatches(RunContext& context, const LinkModelOptions& options, std::size_t node_count);

  /// The graph that pairs are seen in from now on; it must outlive that.
  void assign(RunContext& context, const CsrView& adjacency);

  /// with_gradient: whether a gradient goes along common neighbours. completed: of that kind of structure, with weights
  /// set; without it those of common neighbours are made.
  PairBatch make(RunContext& context, std::span<const Edge> pairs, bool with_gradient,
                 std::optional<CompletedNeighbors> completed = std::nullopt) const;

  const CsrView& adjacency() const noexcept { return adjacency_; }

 private:
  PairStructure structure_;
  CsrView adjacency_;
  std::optional<NeighborhoodSketches> sketches_;
};

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

  MatrixView<const float> vectors() const noexcept { return nodes_.view(); }

 private:
  void score_batch(const PairBatch& batch, std::span<float> scores);
  void score_common(RunContext& context, std::span<const Edge> pairs, std::span<float> scores);

  const LinkNetwork* network_;
  const PairBatches* batches_;
  Matrix nodes_;
  learn::Tape tape_;
};

}  // namespace adjoin::gnn
