// What a network has to know of some pairs beside the vectors of nodes: which nodes are in them, between and around
// them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <adjoin/algorithms/gnn/link_network.hpp>
#include <adjoin/algorithms/gnn/neighborhood_sketch.hpp>
#include <adjoin/algorithms/gnn/pair_neighbors.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/learn/sparse_operand.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::gnn {

/// The pairs that a graph joins as a square matrix without self-loops and weights: the edges of a directed graph in
/// both directions. O(m).
Csr link_adjacency(RunContext& context, GraphView graph);

/// Pairs, in one place.
class PairBatch {
 public:
  PairInputs inputs() const noexcept { return {sources_, targets_, shared_.get(), counts_.view()}; }

  /// The nodes that the inputs name, by numbers from 0 on in this order: those whose vectors pairs are scored by, and
  /// no others. Empty for a batch that goes by the numbers of the graph.
  std::span<const NodeId> nodes() const noexcept { return nodes_; }

 private:
  friend class PairBatches;

  void number_nodes();

  std::vector<NodeId> sources_;
  std::vector<NodeId> targets_;
  std::vector<NodeId> nodes_;
  Csr shared_rows_;
  std::unique_ptr<learn::SparseOperand> shared_;
  Matrix counts_;
};

/// By which numbers a batch names nodes: those of the graph, or those of PairBatch::nodes.
enum class NodeNumbers : bool { of_graph, of_batch };

/// Makes them, for one kind of structure and one graph after another.
class PairBatches {
 public:
  PairBatches(RunContext& context, const LinkModelOptions& options, std::size_t node_count);

  /// The graph that pairs are seen in from now on; it must outlive that.
  void assign(RunContext& context, const CsrView& adjacency);

  /// For scores alone.
  PairBatch make(RunContext& context, std::span<const Edge> pairs,
                 std::optional<CompletedNeighbors> completed = std::nullopt) const;
  /// To learn from: a gradient goes along common neighbours.
  PairBatch make_to_learn(RunContext& context, std::span<const Edge> pairs, NodeNumbers numbers,
                          std::optional<CompletedNeighbors> completed = std::nullopt) const;

  const CsrView& adjacency() const noexcept { return adjacency_; }

 private:
  /// All but the operand. completed: of that kind of structure, with weights set; without it those of common
  /// neighbours are made.
  PairBatch look_up(RunContext& context, std::span<const Edge> pairs,
                    std::optional<CompletedNeighbors> completed) const;
  bool looks_between() const noexcept;

  PairStructure structure_;
  CsrView adjacency_;
  std::optional<NeighborhoodSketches> sketches_;
};

}  // namespace adjoin::gnn
