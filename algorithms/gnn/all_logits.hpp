// Private: the logits of all nodes, again and again, in the way that the run has memory for.
#pragma once

#include <cstdint>
#include <optional>

#include <adjoin/algorithms/gnn/node_classifier.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::gnn {

/// On a tape without gradients, which is quicker, or layer by layer (layerwise_inference.hpp, which says how close the
/// two are).
class AllLogits {
 public:
  /// All arguments outlive this. messages: of the whole graph; nullptr for a network that looks at no edge, in which
  /// nothing grows with edges.
  AllLogits(RunContext& context, const NodeClassifier& model, const NodeFeatures& features, const Messages* messages);

  /// Chooses the way by what is left of the memory budget of a process that holds `held` bytes.
  void settle(std::uint64_t held);

  /// Bytes that a pass takes at its peak.
  std::uint64_t bytes();

  /// A row a node; valid until the next. BudgetExceeded; Cancelled; learn::NotFinite.
  MatrixView<const float> compute();

 private:
  RunContext& context_;
  const NodeClassifier& model_;
  NodeFeatures features_;
  const Messages* messages_;
  std::optional<learn::Tape> tape_;  // nothing: layer by layer
  learn::Tensor logits_;
  Matrix encoded_;
  std::optional<learn::Tape> head_;  // from the encoder's vectors on
};

}  // namespace adjoin::gnn
