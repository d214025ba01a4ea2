// What a node model is to tell of a part of the nodes, the loss of what it does tell, and how good that is.
//
// One class a node: softmax of the network's numbers, cross-entropy, the highest one is told. Any number of classes: a
// sigmoid of each number, binary cross-entropy, those above 1/2 are told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/algorithms/evaluate/f1.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/ids.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin::gnn {

/// Whether every node of the parts has exactly one label. labels: row v lists the classes of node v.
bool one_label_each(const CsrView& labels, std::span<const NodeId> nodes);

struct NodeScores {
  std::uint64_t nodes = 0;
  double loss = 0;
  double accuracy = 0;  // nodes whose labels are all right
  F1 f1;
};

class NodeTargets {
 public:
  /// InvalidData for a node that is not there, without a label, or with several where each has one.
  NodeTargets(const CsrView& labels, std::vector<NodeId> nodes, bool one_label);

  bool one_label() const noexcept { return one_label_; }
  std::span<const NodeId> nodes() const noexcept { return nodes_; }
  std::size_t size() const noexcept { return nodes_.size(); }

  /// Records the mean loss. logits: a row for each node of the graph, a column for each class. The targets outlive the
  /// recording.
  learn::Tensor record_loss(learn::Tape& tape, learn::Tensor logits) const;
  /// The same of logits that have a row for each of nodes(), in this order.
  learn::Tensor record_loss_of_rows(learn::Tape& tape, learn::Tensor rows) const;
  /// Of what the logits tell, a row for each node of the graph. 0 of no nodes.
  NodeScores score(MatrixView<const float> logits) const;

  /// Bytes for `nodes` nodes.
  static std::uint64_t bytes(std::size_t nodes, std::size_t classes, bool one_label) noexcept;

 private:
  NodeScores score_classes(MatrixView<const float> logits) const;
  NodeScores score_sets(MatrixView<const float> logits) const;

  std::vector<NodeId> nodes_;
  bool one_label_;
  std::size_t class_count_;
  std::vector<std::uint32_t> classes_;  // of each node, where it has one
  Matrix indicators_;                   // else: a row a node, 1 for a class that is true
};

/// Logits become probabilities, in place: of each row together, or of each entry.
void to_probabilities(RunContext& context, MatrixView<float> logits, bool one_label);

}  // namespace adjoin::gnn
