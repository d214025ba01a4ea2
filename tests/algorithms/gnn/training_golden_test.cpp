// A whole training against that of PyTorch (tests/golden/make_gnn_training_golden.py).
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/gnn/node_classifier.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>

#include "golden_table.hpp"
#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using namespace adjoin::test;

TEST_CASE("a training by Adam with clipping and weight decay of the first layer is PyTorch's") {
  const std::vector<std::vector<double>> lines = golden_table("gnn_training");
  REQUIRE(lines.size() == 13);
  const std::size_t nodes = lines[2].size();
  const std::size_t width = lines[1].size() / nodes;
  RunContext context = context_with(2);
  std::vector<Edge> edges;
  for (std::size_t e = 0; e < lines[0].size(); e += 2) {
    edges.push_back(
        {node_id(static_cast<std::size_t>(lines[0][e])), node_id(static_cast<std::size_t>(lines[0][e + 1]))});
  }
  const Graph graph = build_graph(context, to_array(edges), {}, NodeIndex::range(nodes), {}).graph;
  Matrix features(nodes, width);
  std::ranges::transform(lines[1], features.view().data(), [](double value) { return static_cast<float>(value); });
  std::vector<EdgeOffset> offsets{edge_offset(0)};
  std::vector<NodeId> targets;
  for (const double label : lines[2]) {
    targets.push_back(node_id(static_cast<std::size_t>(label)));
    offsets.push_back(edge_offset(targets.size()));
  }
  const Csr labels{3, to_array(offsets), to_array(targets), {}};
  NodeSplit parts;
  for (const double node : lines[3]) parts.training.push_back(node_id(static_cast<std::size_t>(node)));

  NodeClassifierOptions options;
  options.encoder = {.model = EncoderKind::gcn, .layers = 2, .hidden = 6, .input_dropout = 0, .dropout = 0};
  options.encoder.decay_first_layer = true;
  options.training.epochs = static_cast<int>(lines[8].size());
  options.training.clip_norm = 0.4;
  options.training.optimizer.learning_rate = 0.05;
  options.training.optimizer.weight_decay = 0.01;
  NodeClassifier model(options.encoder, width, 3, 1);
  std::size_t line = 4;
  for (learn::Parameter& parameter : model.parameters()) {
    REQUIRE(lines[line].size() == parameter.value.rows() * parameter.value.columns());
    std::ranges::transform(lines[line++], parameter.value.view().data(),
                           [](double value) { return static_cast<float>(value); });
  }
  REQUIRE(line == 8);
  const NodeProblem problem{graph, NodeFeatures(features.view()), labels.view(), parts};
  const NodeClassifierResult result = train_node_classifier(context, model, problem, options);
  REQUIRE(result.training.history.size() == lines[8].size());
  for (std::size_t k = 0; k < lines[8].size(); ++k) {
    CHECK(result.training.history[k].loss == doctest::Approx(lines[8][k]).epsilon(1e-5));
  }
  for (learn::Parameter& parameter : model.parameters()) {
    const std::vector<double>& wanted = lines[++line];
    for (std::size_t k = 0; k < wanted.size(); ++k) {
      CHECK(static_cast<double>(parameter.value.view().data()[k]) == doctest::Approx(wanted[k]).epsilon(1e-4));
    }
  }
}
