#include <algorithm>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/gnn/node_classifier.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>

#include "sanitized.hpp"
#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using namespace adjoin::test;

namespace {

constexpr std::size_t planted_blocks = 3;

/// A block model whose blocks are the labels; features say little of them. With two labels a node, the second is
/// whether its number is even, which one feature says.
class Planted {
 public:
  explicit Planted(std::size_t nodes, bool two_labels = false, std::size_t width = 6, double inside = 0.2,
                   double across = 0.01) {
    RunContext context;
    graph.emplace(
        generate_block_model(context, {.nodes = nodes, .blocks = planted_blocks, .inside = inside, .across = across})
            .graph);
    features = random_features(nodes, width, 4);
    std::vector<EdgeOffset> offsets{edge_offset(0)};
    std::vector<NodeId> targets;
    for (std::size_t v = 0; v < nodes; ++v) {
      const std::size_t block = v * planted_blocks / nodes;
      targets.push_back(node_id(block));
      features(v, block) += 1;
      if (two_labels && v % 2 == 0) targets.push_back(node_id(planted_blocks));
      features(v, 3) = v % 2 == 0 ? 3.0F : -3.0F;
      offsets.push_back(edge_offset(targets.size()));
    }
    labels = {two_labels ? planted_blocks + 1 : planted_blocks, to_array(offsets), to_array(targets), {}};
    parts = split_nodes_of(context);
  }

  NodeProblem problem() const { return {graph->view(), NodeFeatures(features.view()), labels.view(), parts}; }
  NodeClassifier model(const NodeClassifierOptions& options, std::uint64_t seed = 1) const {
    return {options.encoder, features.columns(), labels.column_count, seed};
  }

  std::optional<Graph> graph;
  Matrix features;
  Csr labels;
  NodeSplit parts;

 private:
  NodeSplit split_nodes_of(RunContext& context) const {
    std::vector<NodeId> all;
    for (std::size_t v = 0; v < graph->view().node_count(); ++v) all.push_back(node_id(v));
    return split_nodes(context, graph->view().nodes(), all, {0.2, 0.5});
  }
};

NodeClassifierOptions options_of(EncoderKind kind) {
  NodeClassifierOptions options = published_node_options(kind);
  options.training.epochs = 40;
  options.training.patience = 0;
  options.choose_by = NodeMetric::accuracy;
  return options;
}

std::vector<float> values_of(NodeClassifier& model) {
  std::vector<float> values;
  for (const learn::Parameter& parameter : model.parameters()) {
    const MatrixView<const float> view = parameter.value.view();
    values.insert(values.end(), view.data(), view.data() + view.rows() * view.columns());
  }
  return values;
}

std::vector<float> trained(const Planted& planted, const NodeClassifierOptions& options, int threads) {
  RunContext context = context_with(threads);
  NodeClassifier model = planted.model(options);
  train_node_classifier(context, model, planted.problem(), options);
  return values_of(model);
}

}  // namespace

TEST_CASE("every network tells blocks that edges and features show" * doctest::test_suite("accuracy")) {
  const Planted planted(300);
  for (const auto& [kind, word] : EnumNames<EncoderKind>::names) {
    CAPTURE(word);
    RunContext context;
    NodeClassifierOptions options = options_of(kind);
    // One linear layer, of small numbers.
    if (kind == EncoderKind::lightgcn) options.training.optimizer.learning_rate = 0.2;
    NodeClassifier model = planted.model(options);
    const NodeClassifierResult result = train_node_classifier(context, model, planted.problem(), options);
    CHECK(result.one_label);
    CHECK(result.test_scores.nodes == 150);
    // Features alone tell little; edges tell the rest.
    CHECK(result.test_scores.accuracy > (kind == EncoderKind::mlp ? 0.5 : 0.85));
    CHECK(result.training.history.size() == 40);
    CHECK(*result.training.best_validation == result.validation_scores.accuracy);
  }
}

TEST_CASE("any number of labels a node is told, each by itself") {
  const Planted planted(300, true);
  RunContext context;
  NodeClassifierOptions options = options_of(EncoderKind::sage);
  options.choose_by = NodeMetric::f1;
  NodeClassifier model = planted.model(options);
  const NodeClassifierResult result = train_node_classifier(context, model, planted.problem(), options);
  CHECK(!result.one_label);
  CHECK(result.test_scores.f1.micro > 0.85);
  CHECK(*result.training.best_validation == result.validation_scores.f1.micro);
}

TEST_CASE("what is applied is what was evaluated") {
  const Planted planted(120);
  RunContext context;
  NodeClassifierOptions options = options_of(EncoderKind::gcn);
  options.choose_by = NodeMetric::loss;
  NodeClassifier model = planted.model(options);
  const NodeClassifierResult result = train_node_classifier(context, model, planted.problem(), options);
  const Matrix logits = node_logits(context, model, planted.graph->view(), NodeFeatures(planted.features.view()));
  const NodeScores scores = NodeTargets(planted.labels.view(), planted.parts.validation, true).score(logits.view());
  CHECK(scores.loss == result.validation_scores.loss);
  CHECK(*result.training.best_validation == -scores.loss);
}

TEST_CASE("training a classifier gives the same bits for 1, 2, 3 and 8 threads") {
  const Planted planted(150);
  for (const EncoderKind kind : {EncoderKind::gcn, EncoderKind::gat}) {
    NodeClassifierOptions options = options_of(kind);
    options.training.epochs = 5;
    for (const int batch_size : {0, 8}) {
      options.batches = {.batch_size = batch_size, .fan_out = batch_size > 0 ? 3 : 0};
      const std::vector<float> one = trained(planted, options, 1);
      for (const int threads : {2, 3, 8}) CHECK(trained(planted, options, threads) == one);
    }
  }
}

TEST_CASE("in batches with a fan-out every network that looks at edges tells blocks") {
  const Planted planted(300);
  for (const EncoderKind kind : {EncoderKind::gcn, EncoderKind::sage, EncoderKind::gat, EncoderKind::mlp}) {
    CAPTURE(static_cast<int>(kind));
    NodeClassifierOptions options = options_of(kind);
    options.batches = {.batch_size = 16, .fan_out = 5};
    RunContext context;
    NodeClassifier model = planted.model(options);
    const NodeClassifierResult result = train_node_classifier(context, model, planted.problem(), options);
    CHECK(result.test_scores.accuracy > (kind == EncoderKind::mlp ? 0.5 : 0.85));
  }
}

TEST_CASE("a batch of everybody with all neighbours is a step on the whole graph") {
  const Planted planted(150, true);
  for (const auto& [kind, word] : EnumNames<EncoderKind>::names) {
    CAPTURE(word);
    NodeClassifierOptions options = options_of(kind);
    options.training.epochs = 1;
    options.encoder.normalization = LayerNormalization::none;  // a batch knows no statistics of nodes beyond its own
    options.encoder.input_dropout = options.encoder.dropout = options.encoder.message_dropout = 0;
    RunContext context;
    NodeClassifier whole = planted.model(options);
    const double expected =
        train_node_classifier(context, whole, planted.problem(), options).training.history.front().loss;
    options.batches.batch_size = 1000;
    NodeClassifier batched = planted.model(options);
    const NodeClassifierResult result = train_node_classifier(context, batched, planted.problem(), options);
    CHECK(result.training.history.front().loss == doctest::Approx(expected).epsilon(1e-5));
  }
}

TEST_CASE("batches deal every node out once an epoch, in another order each time") {
  const Planted planted(100);
  RunContext context;
  const NodeClassifierOptions options = options_of(EncoderKind::gcn);
  const NodeClassifier model = planted.model(options);
  const CsrView adjacency = planted.graph->view().out();
  NodeBatches dealt(context, adjacency, NodeFeatures(planted.features.view()), planted.parts.training, model.encoder(),
                    {.batch_size = 7, .fan_out = 2});
  std::set<std::vector<NodeId>> orders;
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    dealt.begin_epoch(context, epoch);
    std::vector<NodeId> order;
    for (std::size_t i = 0; i < dealt.count(); ++i) {
      const NodeBatch batch = dealt.batch(context, i, i);
      CHECK(batch.nodes.size() == (i + 1 < dealt.count() ? 7 : 2));
      CHECK(batch.blocks.size() == model.encoder().hops());
      CHECK(batch.blocks.back()->target_count() == batch.nodes.size());
      CHECK(batch.features.rows() == batch.blocks.front()->source_count());
      order.insert(order.end(), batch.nodes.begin(), batch.nodes.end());
    }
    orders.insert(order);
    std::ranges::sort(order);
    CHECK(order == planted.parts.training);
  }
  CHECK(orders.size() == 3);
}

TEST_CASE("a graph without features gets vectors of nodes that are learned, and knows no other nodes") {
  const Planted planted(150);
  RunContext context;
  const NodeClassifierOptions options = options_of(EncoderKind::gcn);
  NodeClassifier model(options.encoder, 16, planted_blocks, 1, 150);
  NodeProblem problem = planted.problem();
  problem.features = model.learned_features();
  const NodeClassifierResult result = train_node_classifier(context, model, problem, options);
  CHECK(result.test_scores.accuracy > 0.85);
  NodeClassifier without = planted.model(options);
  CHECK_THROWS_AS(without.learned_features(), InvalidOption);
}

TEST_CASE("in a directed graph a node hears those that point to it") {
  RunContext context;
  std::vector<Edge> edges{{NodeId{0}, NodeId{1}}};
  BuildOptions build;
  build.directed = true;
  const Graph graph = build_graph(context, to_array(edges), {}, NodeIndex::range(2), build).graph;
  NodeClassifierOptions options;
  options.encoder.model = EncoderKind::gcn;
  options.encoder.layers = 1;
  const NodeClassifier model(options.encoder, 2, 2, 1);
  Matrix features(2, 2, 0);
  const Matrix without = node_logits(context, model, graph, NodeFeatures(features.view()));
  features(0, 0) = 1;
  const Matrix with = node_logits(context, model, graph, NodeFeatures(features.view()));
  CHECK(with(1, 0) != without(1, 0));
  features(0, 0) = 0;
  features(1, 0) = 1;
  CHECK(node_logits(context, model, graph, NodeFeatures(features.view()))(0, 0) == without(0, 0));
}

TEST_CASE("data that does not fit is refused in a sentence") {
  Planted planted(60);
  RunContext context;
  const NodeClassifierOptions options = options_of(EncoderKind::gcn);
  NodeClassifier model = planted.model(options);
  const auto train = [&](const NodeProblem& problem) {
    return train_node_classifier(context, model, problem, options);
  };
  NodeProblem problem = planted.problem();
  const Matrix few = random_features(59, 6, 1);
  problem.features = NodeFeatures(few.view());
  CHECK_THROWS_WITH_AS(train(problem), "there are features of 59 nodes and the graph has 60; give each node a row",
                       InvalidData);
  const NodeSplit good = planted.parts;
  planted.parts.test.push_back(planted.parts.training.front());
  CHECK_THROWS_AS(train(planted.problem()), InvalidData);
  planted.parts = good;
  planted.parts.validation.push_back(node_id(60));
  CHECK_THROWS_AS(train(planted.problem()), InvalidData);
  planted.parts = good;
  planted.parts.training.clear();
  CHECK_THROWS_WITH_AS(train(planted.problem()), "there is no node to train on; give some a label", InvalidData);
  planted.parts = good;
  NodeClassifierOptions fan_out_alone = options;
  fan_out_alone.batches.fan_out = 3;
  CHECK_THROWS_AS(train_node_classifier(context, model, planted.problem(), fan_out_alone), InvalidOption);
  NodeClassifier other(options.encoder, 6, planted_blocks + 1, 1);
  CHECK_THROWS_AS(train_node_classifier(context, other, planted.problem(), options), InvalidData);
  planted.parts.validation.clear();
  planted.parts.test.clear();
  const NodeClassifierResult result = train(planted.problem());
  CHECK(!result.training.best_validation);
  CHECK(result.test_scores.nodes == 0);
}

TEST_CASE("a classifier's training is cancelled, and refused where it does not fit") {
  const Planted planted(100);
  std::stop_source stop;
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext context(settings);
  const NodeClassifierOptions options = options_of(EncoderKind::gcn);
  NodeClassifier model = planted.model(options);
  TrainingHooks hooks;
  hooks.on_epoch = [&](const EpochRecord& record) {
    if (record.epoch == 3) stop.request_stop();
  };
  CHECK_THROWS_AS(train_node_classifier(context, model, planted.problem(), options, hooks), Cancelled);
  RunSettings small;
  small.memory_budget = 1;
  RunContext refused(small);
  CHECK_THROWS_AS(train_node_classifier(refused, model, planted.problem(), options), BudgetExceeded);
}

TEST_CASE("the estimate of a training is within 15 % of what it takes" * doctest::test_suite("memory")) {
  if (!memory_is_as_asked) return;
  const Planted planted(60'000, false, 128, 2e-4, 1e-5);
  for (const EncoderKind kind : {EncoderKind::gcn, EncoderKind::sage, EncoderKind::gat}) {
    RunContext context = context_with(2);
    NodeClassifierOptions options = options_of(kind);
    options.training.epochs = 2;
    options.encoder.hidden = 128;
    NodeClassifier model = planted.model(options);
    const auto estimate =
        static_cast<double>(estimate_node_classifier_memory(context, model, planted.problem(), options));
    restart_recent_peak();
    const std::uint64_t before = resident_bytes();
    train_node_classifier(context, model, planted.problem(), options);
    const auto taken = static_cast<double>(recent_peak_bytes() - before);
    CAPTURE(static_cast<int>(kind));
    CHECK(taken < 1.15 * estimate);
    CHECK(taken > 0.85 * estimate);
  }
}

TEST_CASE("logits and evaluations are made layer by layer where the run has no memory for one pass" *
          doctest::test_suite("memory")) {
  if (!memory_is_as_asked) return;
  const Planted planted(60'000, false, 32, 1e-3, 1e-5);
  NodeClassifierOptions options = options_of(EncoderKind::gat);
  options.encoder.hidden = 16;
  options.encoder.heads = 16;
  options.encoder.layers = 3;
  options.training.epochs = 1;
  options.batches = {.batch_size = 1000, .fan_out = 3};
  const NodeClassifier model = planted.model(options);
  RunContext roomy = context_with(2);
  const GraphView graph = planted.graph->view();
  const NodeFeatures features(planted.features.view());
  const Matrix expected = node_logits(roomy, model, graph, features);
  const std::uint64_t whole = estimate_node_logits_memory(roomy, model, graph, features);
  RunSettings settings;
  settings.threads = 2;
  settings.memory_budget = resident_bytes() + whole * 7 / 10;
  RunContext tight(settings);
  CHECK(estimate_node_logits_memory(tight, model, graph, features) < whole * 6 / 10);
  const Matrix made = node_logits(tight, model, graph, features);
  for (std::size_t v = 0; v < made.rows(); ++v) REQUIRE(std::ranges::equal(made.row(v), expected.row(v)));

  NodeClassifier trained = planted.model(options);
  NodeClassifier in_little = planted.model(options);
  const auto needed = estimate_node_classifier_memory(roomy, trained, planted.problem(), options);
  settings.memory_budget = resident_bytes() + needed - whole / 4;
  RunContext small(settings);
  CHECK(estimate_node_classifier_memory(small, in_little, planted.problem(), options) < needed - whole / 3);
  const NodeClassifierResult a = train_node_classifier(roomy, trained, planted.problem(), options);
  const NodeClassifierResult b = train_node_classifier(small, in_little, planted.problem(), options);
  CHECK(a.test_scores.accuracy == b.test_scores.accuracy);
  CHECK(a.test_scores.loss == b.test_scores.loss);
}
