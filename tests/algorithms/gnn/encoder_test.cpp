// Encoders on small graphs: that blocks are parts of the whole, that sparse features are features, and what is refused.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/engine/learn/losses.hpp>
#include <adjoin/engine/learn/optimizer.hpp>

#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using learn::Tensor;

namespace {

/// Every model, and those of layers with each kind of jumping knowledge, residual connections and layer normalisation.
std::vector<EncoderOptions> all_models() {
  std::vector<EncoderOptions> all;
  for (const auto& [kind, word] : EnumNames<EncoderKind>::names) {
    const bool passes_on = kind == EncoderKind::sgc || kind == EncoderKind::lightgcn || kind == EncoderKind::appnp;
    for (const Jumping jumping : {Jumping::last, Jumping::concatenate, Jumping::maximum}) {
      if (passes_on && jumping != Jumping::last) continue;
      EncoderOptions options;
      options.model = kind;
      options.hidden = 8;
      options.layers = 3;
      options.heads = 4;
      options.output_heads = 2;
      options.steps = 3;
      options.jumping = jumping;
      options.residual = jumping != Jumping::last;
      options.normalization = jumping == Jumping::concatenate ? LayerNormalization::layer : LayerNormalization::none;
      all.push_back(options);
    }
  }
  return all;
}

/// lightgcn makes vectors as wide as its input's.
std::size_t output_width_of(const EncoderOptions& options, std::size_t input_width, std::size_t width) {
  return options.model == EncoderKind::lightgcn ? input_width : width;
}

Matrix vectors_of(MatrixView<const float> x) {
  Matrix copy(x.rows(), x.columns());
  for (std::size_t i = 0; i < x.rows(); ++i) std::ranges::copy(x.row(i), copy.row(i).begin());
  return copy;
}

bool near(float a, float b) {
  return std::abs(a - b) <= 2e-5F * (1 + std::abs(a) + std::abs(b));
}

bool same(MatrixView<const float> a, MatrixView<const float> b) {
  if (a.rows() != b.rows() || a.columns() != b.columns()) return false;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < a.columns(); ++j) {
      if (!near(a(i, j), b(i, j))) return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("an encoder on blocks of all neighbours makes the vectors that it makes on the whole graph") {
  RunContext context = test::context_with(2);
  const Csr adjacency = test::random_adjacency(40, 0.1, 3);
  const Matrix features = test::random_features(40, 5, 4);
  for (const EncoderOptions& options : all_models()) {
    CAPTURE(detail::value_text(options.model));
    learn::Parameters parameters;
    const std::size_t width = output_width_of(options, 5, 3);
    const Encoder encoder(options, 5, width, parameters, 1);
    const Messages messages(context, adjacency.view(), encoder.message_form());
    learn::Tape tape(context, false);
    const Tensor all = encoder.record(tape, NodeFeatures(features.view()), messages);
    tape.forward({.training = false});
    const Matrix whole = vectors_of(tape.value(all));

    const std::vector<NodeId> asked = {NodeId{7}, NodeId{31}, NodeId{2}, NodeId{3}};
    std::vector<Messages> blocks;
    std::vector<NodeId> sources = asked;
    for (std::size_t hop = 0; hop < encoder.hops(); ++hop) {
      test::WholeBlock block = test::whole_block(messages.matrix(), sources);
      sources = block.sources;
      blocks.insert(blocks.begin(), Messages(context, std::move(block.matrix)));
    }
    std::vector<const Messages*> order;
    for (const Messages& block : blocks) order.push_back(&block);
    Matrix part(sources.size(), 5);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      std::ranges::copy(features.row(index(sources[i])), part.row(i).begin());
    }
    learn::Tape batch(context, false);
    const Tensor some = encoder.record(batch, NodeFeatures(part.view()), order);
    batch.forward({.training = false});
    REQUIRE(batch.shape(some) == learn::Shape{asked.size(), width});
    for (std::size_t i = 0; i < asked.size(); ++i) {
      for (std::size_t j = 0; j < width; ++j) CHECK(near(batch.value(some)(i, j), whole(index(asked[i]), j)));
    }
  }
}

TEST_CASE("sparse features give the vectors and gradients of the same features as a dense matrix") {
  RunContext context = test::context_with(2);
  const Csr adjacency = test::random_adjacency(30, 0.15, 5);
  const Csr words = test::random_csr(30, 20, 0.2, true, 6);
  Matrix dense(30, 20, 0.0F);
  for (std::size_t i = 0; i < 30; ++i) {
    for (std::size_t e = words.view().row_begin(i); e < words.view().row_end(i); ++e) {
      dense(i, index(words.targets[e])) = words.weights[e];
    }
  }
  const learn::SparseOperand operand(context, words.view());
  std::vector<std::uint32_t> labels;
  for (std::uint32_t i = 0; i < 30; ++i) labels.push_back(i % 4);
  for (const EncoderOptions& options : all_models()) {
    if (options.model == EncoderKind::lightgcn) continue;
    CAPTURE(detail::value_text(options.model));
    std::vector<learn::Parameters> both(2);
    std::vector<Matrix> results;
    for (std::size_t k = 0; k < 2; ++k) {
      const Encoder encoder(options, 20, 4, both[k], 1);
      const Messages messages(context, adjacency.view(), encoder.message_form());
      learn::Tape tape(context);
      const NodeFeatures features = k == 0 ? NodeFeatures(dense.view()) : NodeFeatures(operand);
      const Tensor result = tape.keep(encoder.record(tape, features, messages));
      const Tensor loss = learn::cross_entropy(tape, result, labels);
      tape.forward({.training = false});
      tape.backward(loss);
      results.push_back(vectors_of(tape.value(result)));
    }
    CHECK(same(results[0].view(), results[1].view()));
    REQUIRE(both[0].size() == both[1].size());
    for (std::size_t p = 0; p < both[0].size(); ++p) {
      CAPTURE(both[0][p].name);
      CHECK(same(both[0][p].gradient.view(), both[1][p].gradient.view()));
    }
  }
}

TEST_CASE("every encoder fits labels, with the same bits over 1, 2, 3 and 8 threads") {
  const Csr adjacency = test::random_adjacency(200, 0.05, 8);
  const Matrix features = test::random_features(200, 16, 9);
  std::vector<std::uint32_t> labels;
  for (std::uint32_t i = 0; i < 200; ++i) labels.push_back(i * i % 3);
  for (EncoderOptions options : all_models()) {
    if (options.model == EncoderKind::lightgcn) continue;  // nothing to learn beside the vectors themselves
    CAPTURE(detail::value_text(options.model));
    options.input_dropout = options.dropout = 0.1;
    const auto train = [&](int threads) {
      RunContext context = test::context_with(threads);
      learn::Parameters parameters;
      const Encoder encoder(options, 16, 3, parameters, 1);
      const Messages messages(context, adjacency.view(), encoder.message_form());
      learn::Tape tape(context);
      const Tensor loss =
          learn::cross_entropy(tape, encoder.record(tape, NodeFeatures(features.view()), messages), labels);
      learn::Optimizer optimizer({.learning_rate = 0.02}, parameters);
      std::vector<float> losses;
      for (std::uint64_t step = 0; step < 60; ++step) {
        tape.forward({.step = step});
        tape.backward(loss);
        losses.push_back(tape.scalar(loss));
        optimizer.step(context);
      }
      return losses;
    };
    const std::vector<float> one = train(1);
    CHECK(one.back() < 0.95F * one.front());
    for (const int threads : {2, 3, 8}) {
      CAPTURE(threads);
      CHECK(train(threads) == one);
    }
  }
}
