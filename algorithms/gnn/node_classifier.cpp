#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/all_logits.hpp>
#include <adjoin/algorithms/gnn/messages.hpp>
#include <adjoin/algorithms/gnn/node_classifier.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin::gnn {
namespace {

constexpr auto knob = "lower --hidden, --layers or --batch-size";

/// Row i names those that point to node i. A transpose is not made for a network that looks at no edge.
CsrView adjacency_of(RunContext& context, const Encoder& encoder, GraphView graph) {
  return encoder.hops() == 0 ? graph.out() : graph.in(context);
}

/// Not made for a network that looks at no edge.
std::optional<Messages> messages_of(RunContext& context, const Encoder& encoder, GraphView graph) {
  if (encoder.hops() == 0) return std::nullopt;
  return std::optional<Messages>(std::in_place, context, adjacency_of(context, encoder, graph), encoder.message_form());
}

std::uint64_t message_bytes(const Encoder& encoder, GraphView graph) {
  if (encoder.hops() == 0) return 0;
  const std::uint64_t transpose = graph.directed() && !graph.has_transpose() ? graph.out().nonzero_count() * 8 : 0;
  return transpose + Messages::bytes(graph.out(), encoder.message_form());
}

const Messages* address(const std::optional<Messages>& messages) {
  return messages ? &*messages : nullptr;
}

void check_features(GraphView graph, const NodeFeatures& features) {
  if (features.rows() == graph.node_count()) return;
  throw InvalidData(fmt::format("there are features of {} nodes and the graph has {}; give each node a row",
                                features.rows(), graph.node_count()));
}

std::vector<NodeId> all_nodes(const NodeSplit& parts) {
  std::vector<NodeId> nodes;
  for (const auto* const part : {&parts.training, &parts.validation, &parts.test}) {
    nodes.insert(nodes.end(), part->begin(), part->end());
  }
  return nodes;
}

void check_parts(const NodeProblem& problem, const std::vector<NodeId>& nodes) {
  check_features(problem.graph, problem.features);
  if (problem.labels.row_count() != problem.graph.node_count()) {
    throw InvalidData(fmt::format("there are labels of {} nodes and the graph has {}; give each node a row",
                                  problem.labels.row_count(), problem.graph.node_count()));
  }
  if (problem.parts.training.empty()) throw InvalidData("there is no node to train on; give some a label");
  std::vector<NodeId> sorted = nodes;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) {
    throw InvalidData(
        fmt::format("node {} is in two parts, or twice in one; a node is in one part at most", index(*twice)));
  }
  if (!sorted.empty() && index(sorted.back()) >= problem.graph.node_count()) {
    throw InvalidData(
        fmt::format("a part has node {} and the graph has {} nodes", index(sorted.back()), problem.graph.node_count()));
  }
}

/// Everything between the arguments and the loop.
class NodeTraining {
 public:
  NodeTraining(RunContext& context, NodeClassifier& model, const NodeProblem& problem,
               const NodeClassifierOptions& options)
      : context_(context), model_(model), problem_(problem), options_(options) {
    check_training_options(options.training);
    validate(options);
    check_node_batches(options.batches);
    const std::vector<NodeId> nodes = all_nodes(problem.parts);
    check_parts(problem, nodes);
    if (problem.labels.column_count != model.class_count()) {
      throw InvalidData(fmt::format("there are {} classes and the model was made for {}; give as many",
                                    problem.labels.column_count, model.class_count()));
    }
    one_label_ = one_label_each(problem.labels, nodes);
    before_messages_ = resident_bytes();
    context.require_memory(before_messages_ + fixed_bytes(), knob);
    messages_ = messages_of(context, model.encoder(), problem.graph);
    for (const auto* const part : {&problem.parts.training, &problem.parts.validation, &problem.parts.test}) {
      targets_.emplace_back(problem.labels, *part, one_label_);
    }
    training_.emplace(context);
    if (options.batches.batch_size == 0) {
      loss_ = targets_[0].record_loss(*training_, model.record(*training_, problem.features, address(messages_)));
    } else {
      batches_.emplace(context, adjacency_of(context, model.encoder(), problem.graph), problem.features,
                       targets_[0].nodes(), model.encoder(), options.batches);
      record_batch(0, 0);  // whose plan tells how much memory a step takes
    }
    evaluation_.emplace(context, model, problem.features, address(messages_));
    evaluation_->settle(before_messages_ + training_bytes());
  }

  /// Beyond the arguments.
  std::uint64_t bytes() { return training_bytes() + evaluation_->bytes(); }

  NodeClassifierResult run(const TrainingHooks& hooks) {
    context_.require_memory(before_messages_ + bytes(), knob);
    NodeClassifierResult result;
    result.one_label = one_label_;
    const auto epoch_loss = [&](Trainer& trainer, std::uint64_t epoch) {
      return batches_ ? train_in_batches(trainer, epoch) : trainer.step(*training_, loss_);
    };
    const auto validate = [&] { return metric(targets_[1].score(evaluation_->compute())); };
    std::optional<FunctionRef<double()>> validation;
    if (targets_[1].size() > 0) validation = validate;
    result.training = run_training(context_, model_.parameters(), options_.training, epoch_loss, validation, hooks);
    context_.begin_stage("evaluate", "nodes", problem_.graph.node_count());
    MatrixView<const float> logits;
    context_.without_progress([&] { logits = evaluation_->compute(); });
    result.training_scores = targets_[0].score(logits);
    result.validation_scores = targets_[1].score(logits);
    result.test_scores = targets_[2].score(logits);
    context_.advance(problem_.graph.node_count());
    context_.end_stage();
    result.record = context_.record("node classification", node_classifier_values(options_));
    return result;
  }

 private:
  /// Of everything but the tapes.
  std::uint64_t fixed_bytes() const {
    const std::uint64_t state = TrainingState::bytes(options_.training, model_.parameters().value_count());
    std::uint64_t bytes = state - model_.parameters().bytes() + message_bytes(model_.encoder(), problem_.graph);
    for (const auto* const part : {&problem_.parts.training, &problem_.parts.validation, &problem_.parts.test}) {
      bytes += NodeTargets::bytes(part->size(), model_.class_count(), one_label_);
    }
    return bytes;
  }

  std::uint64_t training_bytes() {
    return fixed_bytes() + (batches_ ? batches_->bytes() : 0) + training_->planned_bytes();
  }

  void record_batch(std::size_t i, std::uint64_t step) {
    training_->clear();
    const NodeBatch batch = batches_->batch(context_, i, step);
    batch_targets_.emplace(problem_.labels, std::vector<NodeId>(batch.nodes.begin(), batch.nodes.end()), one_label_);
    loss_ = batch_targets_->record_loss_of_rows(*training_, model_.record(*training_, batch.features, batch.blocks));
  }

  double train_in_batches(Trainer& trainer, std::uint64_t epoch) {
    batches_->begin_epoch(context_, epoch);
    double loss = 0;
    for (std::size_t i = 0; i < batches_->count(); ++i) {
      record_batch(i, trainer.step_number());
      loss += trainer.step(*training_, loss_) * static_cast<double>(batch_targets_->size());
    }
    return loss / static_cast<double>(targets_[0].size());
  }

  double metric(const NodeScores& scores) const {
    switch (options_.choose_by) {
      case NodeMetric::accuracy:
        return scores.accuracy;
      case NodeMetric::f1:
        return scores.f1.micro;
      case NodeMetric::loss:
        return -scores.loss;
    }
    return 0;
  }

  RunContext& context_;
  NodeClassifier& model_;
  NodeProblem problem_;
  const NodeClassifierOptions& options_;
  bool one_label_ = false;
  std::uint64_t before_messages_ = 0;
  std::optional<Messages> messages_;
  std::vector<NodeTargets> targets_;          // of training, validation and test
  std::optional<NodeBatches> batches_;        // nothing: the whole graph in each step
  std::optional<NodeTargets> batch_targets_;  // of the batch
  std::optional<learn::Tape> training_;
  std::optional<AllLogits> evaluation_;
  learn::Tensor loss_{};
};

/// The logits of all nodes, and what they stand on.
class NodeInference {
 public:
  NodeInference(RunContext& context, const NodeClassifier& model, GraphView graph, const NodeFeatures& features)
      : context_(context), model_(model), graph_(graph), before_(resident_bytes()) {
    check_features(graph, features);
    context.require_memory(before_ + fixed_bytes(), "raise --memory");
    messages_ = messages_of(context, model.encoder(), graph);
    logits_.emplace(context, model, features, address(messages_));
    logits_->settle(before_ + fixed_bytes());
  }

  std::uint64_t bytes() { return fixed_bytes() + logits_->bytes(); }

  Matrix run() {
    context_.require_memory(before_ + bytes(), "raise --memory");
    context_.begin_stage("apply", "nodes", graph_.node_count());
    Matrix result(graph_.node_count(), model_.class_count());
    context_.without_progress([&] {
      const MatrixView<const float> values = logits_->compute();
      for (std::size_t i = 0; i < values.rows(); ++i) std::ranges::copy(values.row(i), result.row(i).begin());
    });
    context_.advance(graph_.node_count());
    context_.end_stage();
    return result;
  }

 private:
  std::uint64_t fixed_bytes() const {
    return message_bytes(model_.encoder(), graph_) + graph_.node_count() * model_.class_count() * sizeof(float);
  }

  RunContext& context_;
  const NodeClassifier& model_;
  GraphView graph_;
  std::uint64_t before_;
  std::optional<Messages> messages_;
  std::optional<AllLogits> logits_;
};

template <class Row>
std::vector<Row> joined(std::vector<Row> first, std::vector<Row> second, std::vector<Row> third,
                        std::vector<Row> fourth) {
  for (std::vector<Row>* const more : {&second, &third, &fourth}) {
    first.insert(first.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
  }
  return first;
}

}  // namespace

std::vector<OptionValue> node_classifier_values(const NodeClassifierOptions& options) {
  return joined(option_values(options.encoder), option_values(options), training_option_values(options.training),
                option_values(options.batches));
}

std::vector<Option> bind_node_classifier(NodeClassifierOptions& options) {
  return joined(bind_options(options.encoder), bind_options(options), bind_training_options(options.training),
                bind_options(options.batches));
}

NodeClassifier::NodeClassifier(const EncoderOptions& options, std::size_t feature_width, std::size_t class_count,
                               std::uint64_t seed, std::size_t learned_nodes)
    : parameters_(std::make_unique<learn::Parameters>()),
      class_count_(class_count),
      encoder_(options, feature_width, options.model == EncoderKind::lightgcn ? feature_width : class_count,
               *parameters_, seed) {
  if (options.model == EncoderKind::lightgcn) {
    head_weight_ = &parameters_->add("head.weight", feature_width, class_count);
    learn::set_glorot_uniform(*head_weight_, seed);
    head_shift_ = &parameters_->add("head.shift", 1, class_count);
  }
  if (learned_nodes == 0) return;
  add_node_vectors(*parameters_, learned_nodes, feature_width, seed);
}

learn::Tensor NodeClassifier::record(learn::Tape& tape, const NodeFeatures& features, const Messages* messages) const {
  if (messages == nullptr) return record(tape, features, std::span<const Messages* const>());
  return record_head(tape, encoder_.record(tape, features, *messages));
}

learn::Tensor NodeClassifier::record(learn::Tape& tape, const NodeFeatures& features,
                                     std::span<const Messages* const> blocks) const {
  return record_head(tape, encoder_.record(tape, features, blocks));
}

learn::Tensor NodeClassifier::record_head(learn::Tape& tape, learn::Tensor encoded) const {
  if (head_weight_ == nullptr) return encoded;
  return learn::add_row(tape, learn::matmul(tape, encoded, tape.parameter(*head_weight_)),
                        tape.parameter(*head_shift_));
}

NodeFeatures NodeClassifier::learned_features() const {
  learn::Parameter* const vectors = parameters_->find("node_vectors");
  if (vectors == nullptr) throw InvalidOption("the model learned no vectors of nodes; give it their features");
  return NodeFeatures(*vectors);
}

NodeClassifierResult train_node_classifier(RunContext& context, NodeClassifier& model, const NodeProblem& problem,
                                           const NodeClassifierOptions& options, const TrainingHooks& hooks) {
  return NodeTraining(context, model, problem, options).run(hooks);
}

std::uint64_t estimate_node_classifier_memory(RunContext& context, NodeClassifier& model, const NodeProblem& problem,
                                              const NodeClassifierOptions& options) {
  return NodeTraining(context, model, problem, options).bytes();
}

Matrix node_logits(RunContext& context, const NodeClassifier& model, GraphView graph, const NodeFeatures& features) {
  NodeInference inference(context, model, graph, features);
  return inference.run();
}

std::uint64_t estimate_node_logits_memory(RunContext& context, const NodeClassifier& model, GraphView graph,
                                          const NodeFeatures& features) {
  return NodeInference(context, model, graph, features).bytes();
}

}  // namespace adjoin::gnn
