// Nodes' labels, told by a graph neural network that is trained on those of some nodes.
//
// Source.  Kipf, Welling: Semi-supervised classification with graph convolutional networks, ICLR 2017, section 3 and
//          5; the protocol of Yang, Cohen, Salakhutdinov 2016 and, with any number of labels a node, of Hamilton, Ying,
//          Leskovec 2017.
// Method.  The encoder makes a number of each class for each node; the loss is that of the training part
//          (node_targets.hpp), of the whole graph at once or, in batches, of sampled neighbours (node_batches.hpp). The
//          validation part chooses the epoch, and the test part is looked at once, at the end; both hear all
//          neighbours.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/algorithms/evaluate/split_nodes.hpp>
#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/algorithms/gnn/node_batches.hpp>
#include <adjoin/algorithms/gnn/node_features.hpp>
#include <adjoin/algorithms/gnn/node_targets.hpp>
#include <adjoin/algorithms/gnn/training_loop.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::gnn {

/// accuracy: nodes whose labels are all right; f1: micro-F1, the same as accuracy where each node has one label; loss:
/// that of the validation part, as GCN's authors stop by.
enum class NodeMetric : std::uint8_t { accuracy, f1, loss };

struct NodeClassifierOptions {
  EncoderOptions encoder;
  TrainingOptions training;
  NodeBatchOptions batches;
  NodeMetric choose_by = NodeMetric::accuracy;

  /// The rows of its own; node_classifier_values and bind_node_classifier have those of the parts, too.
  static constexpr auto fields() {
    return std::tuple{option_field("choose-by", &NodeClassifierOptions::choose_by,
                                   "what of the validation part tells the best epoch")};
  }
};

std::vector<OptionValue> node_classifier_values(const NodeClassifierOptions& options);
std::vector<Option> bind_node_classifier(NodeClassifierOptions& options);

/// What papers train this model with on Planetoid's graphs (node_presets.cpp has the sources); for a model without such
/// a paper, what GCN's has.
NodeClassifierOptions published_node_options(EncoderKind model);

/// A network whose numbers are logits of classes; lightgcn, whose vectors are as wide as those that enter, gets a
/// linear layer after it. Owns its parameters; move-only.
class NodeClassifier {
 public:
  /// learned_nodes: for a graph that says nothing of its nodes, how many it has; each then gets a vector of
  /// feature_width numbers that is learned, and nothing can be told of other nodes. Errors: as Encoder.
  NodeClassifier(const EncoderOptions& options, std::size_t feature_width, std::size_t class_count, std::uint64_t seed,
                 std::size_t learned_nodes = 0);

  const Encoder& encoder() const noexcept { return encoder_; }
  learn::Parameters& parameters() noexcept { return *parameters_; }
  std::size_t class_count() const noexcept { return class_count_; }
  /// Of a model with learned_nodes, what it takes for features.
  NodeFeatures learned_features() const;

  /// Records the logits of every node. messages: of the whole graph; nullptr for a network that looks at no edge.
  learn::Tensor record(learn::Tape& tape, const NodeFeatures& features, const Messages* messages) const;
  /// Those of the targets of the last block, or of the nodes that the features are of (Encoder::record).
  learn::Tensor record(learn::Tape& tape, const NodeFeatures& features, std::span<const Messages* const> blocks) const;
  /// Records the logits of nodes from the encoder's vectors of them: the same tensor where these are the logits.
  learn::Tensor record_head(learn::Tape& tape, learn::Tensor encoded) const;

 private:
  std::unique_ptr<learn::Parameters> parameters_;  // which the encoder knows by their address
  std::size_t class_count_;
  Encoder encoder_;
  learn::Parameter* head_weight_ = nullptr;
  learn::Parameter* head_shift_ = nullptr;
};

/// The data, which outlives the training. features: a row a node. labels: row v lists the classes of node v. parts:
/// disjoint; a validation or test part may be empty, and then chooses or says nothing.
struct NodeProblem {
  GraphView graph;
  NodeFeatures features;
  CsrView labels;
  const NodeSplit& parts;
};

struct NodeClassifierResult {
  TrainingResult training;
  bool one_label = false;  // each node of the parts has exactly one
  NodeScores training_scores;
  NodeScores validation_scores;
  NodeScores test_scores;
  RunRecord record;
};

/// Trains the model, whose parameters are then those of the best epoch. In a directed graph a node hears those that
/// point to it.
/// Cost.    two passes over the network forwards and one backwards an epoch; in batches, one over all nodes and those
///          of the samples; memory: see the estimate.
/// Errors.  InvalidOption; InvalidData if features, labels or parts do not fit the graph and one another, or nobody is
///          there to train on; BudgetExceeded; Cancelled; learn::NotFinite.
/// Repeat.  a function of the seed; the same bits for any number of threads, and resumed or not.
NodeClassifierResult train_node_classifier(RunContext& context, NodeClassifier& model, const NodeProblem& problem,
                                           const NodeClassifierOptions& options, const TrainingHooks& hooks = {});

/// Bytes that train_node_classifier takes at its peak beyond its arguments; in batches about, by the first of them.
/// Makes the plan of the passes, and for that the matrix of messages. Errors: as the training.
std::uint64_t estimate_node_classifier_memory(RunContext& context, NodeClassifier& model, const NodeProblem& problem,
                                              const NodeClassifierOptions& options);

/// The logits of every node, n x classes. Errors: InvalidData if the features do not fit the graph; BudgetExceeded;
/// Cancelled. The same bits for any number of threads. Stage: "apply".
Matrix node_logits(RunContext& context, const NodeClassifier& model, GraphView graph, const NodeFeatures& features);

/// Bytes that node_logits takes at its peak beyond its arguments, its result among them. As the estimate of training.
std::uint64_t estimate_node_logits_memory(RunContext& context, const NodeClassifier& model, GraphView graph,
                                          const NodeFeatures& features);

}  // namespace adjoin::gnn

template <>
struct adjoin::EnumNames<adjoin::gnn::NodeMetric> {
  using Metric = adjoin::gnn::NodeMetric;
  static constexpr std::array<std::pair<Metric, std::string_view>, 3> names{
      {{Metric::accuracy, "accuracy"}, {Metric::f1, "f1"}, {Metric::loss, "loss"}}};
};
