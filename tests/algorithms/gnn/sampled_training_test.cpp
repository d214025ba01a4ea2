// Encoders on samples: with all neighbours, vectors and gradients are those of the whole graph.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/algorithms/gnn/neighbor_sampler.hpp>
#include <adjoin/algorithms/gnn/picked_features.hpp>
#include <adjoin/engine/learn/gather.hpp>
#include <adjoin/engine/learn/losses.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/from_dense.hpp>

#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;

namespace {

constexpr std::size_t sampled_nodes = 60;
constexpr std::size_t sampled_width = 6;
constexpr std::size_t sampled_classes = 3;

enum class Kind { dense, sparse, learned };

/// Features of every node, of one kind or another, with the same numbers.
struct Features {
  Features(RunContext& context, Kind kind_of_them)
      : kind(kind_of_them),
        dense(test::random_features(sampled_nodes, sampled_width, 4)),
        words(sparse_of(context, dense.view())),
        operand(context, words.view()) {}

  NodeFeatures of(learn::Parameters& parameters) {
    if (kind == Kind::dense) return NodeFeatures(dense.view());
    if (kind == Kind::sparse) return NodeFeatures(operand);
    learn::Parameter& vectors = parameters.add("nodes", sampled_nodes, sampled_width);
    for (std::size_t i = 0; i < sampled_nodes; ++i) std::ranges::copy(dense.row(i), vectors.value.row(i).begin());
    return NodeFeatures(vectors);
  }

  Kind kind;
  Matrix dense;
  Csr words;
  learn::SparseOperand operand;
};

/// The gradients of all parameters, one after the other, after the loss itself.
std::vector<float> numbers_of(learn::Tape& tape, learn::Tensor loss, const learn::Parameters& parameters) {
  tape.forward({.training = false});
  tape.backward(loss);
  std::vector<float> numbers = {tape.scalar(loss)};
  for (const learn::Parameter& parameter : parameters) {
    for (std::size_t i = 0; i < parameter.gradient.rows(); ++i) {
      numbers.insert(numbers.end(), parameter.gradient.row(i).begin(), parameter.gradient.row(i).end());
    }
  }
  return numbers;
}

}  // namespace

TEST_CASE("a step on a sample of all neighbours has the loss and the gradients of a step on the whole graph") {
  RunContext context = test::context_with(2);
  const Csr adjacency = test::random_adjacency(sampled_nodes, 0.08, 3);
  const std::vector<NodeId> targets = {NodeId{9}, NodeId{3}, NodeId{41}, NodeId{58}, NodeId{20}};
  const std::vector<std::uint32_t> labels = {0, 2, 1, 1, 2};
  for (const auto& [kind, word] : EnumNames<EncoderKind>::names) {
    for (const Kind of_features : {Kind::dense, Kind::sparse, Kind::learned}) {
      CAPTURE(word);
      CAPTURE(of_features);
      EncoderOptions options;
      options.model = kind;
      options.hidden = 8;
      options.heads = 2;
      options.steps = 2;
      // LightGCN has no weights: what it passes on is what is learned.
      if (kind == EncoderKind::lightgcn && of_features != Kind::learned) continue;
      const std::size_t output = kind == EncoderKind::lightgcn ? sampled_width : sampled_classes;
      Features features(context, of_features);
      std::vector<std::vector<float>> results;
      for (const bool sampled : {false, true}) {
        learn::Parameters parameters;
        const NodeFeatures all = features.of(parameters);
        const Encoder encoder(options, sampled_width, output, parameters, 1);
        learn::Tape tape(context);
        if (!sampled) {
          const Messages messages(context, adjacency.view(), encoder.message_form());
          const learn::Tensor rows = learn::gather_rows(tape, encoder.record(tape, all, messages), targets);
          results.push_back(numbers_of(tape, learn::cross_entropy(tape, rows, labels), parameters));
          continue;
        }
        if (encoder.hops() == 0) break;
        NeighborSampler sampler(context, adjacency.view(), encoder.message_form(),
                                std::vector<std::size_t>(encoder.hops(), all_neighbors));
        const NeighborSample sample = sampler.sample(context, targets, 0);
        std::vector<const Messages*> blocks;
        for (const Messages& block : sample.blocks) blocks.push_back(&block);
        PickedFeatures picked;
        picked.pick(context, all, std::span(sample.nodes).first(1));  // a smaller batch before
        const NodeFeatures input = picked.pick(context, all, sample.nodes);
        const learn::Tensor rows = encoder.record(tape, input, blocks);
        results.push_back(numbers_of(tape, learn::cross_entropy(tape, rows, labels), parameters));
      }
      if (results.size() < 2) continue;
      REQUIRE(results[0].size() == results[1].size());
      for (std::size_t e = 0; e < results[0].size(); ++e) {
        CHECK(std::abs(results[0][e] - results[1][e]) <= 2e-5F * (1 + std::abs(results[0][e])));
      }
    }
  }
}

TEST_CASE("features of a node that there is not are refused") {
  RunContext context = test::context_with(1);
  const Matrix dense = test::random_features(4, 2, 1);
  PickedFeatures picked;
  CHECK_THROWS_WITH_AS(picked.pick(context, NodeFeatures(dense.view()), std::vector{NodeId{1}, NodeId{4}}),
                       "node 4 has no features, 4 nodes have; give numbers below that", InvalidOption);
  CHECK(picked.pick(context, NodeFeatures(dense.view()), {}).rows() == 0);
}
