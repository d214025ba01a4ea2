// Encoders on small graphs: that blocks are parts of the whole, that sparse features are features, and what is refused.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/losses.hpp>
#include <adjoin/engine/learn/optimizer.hpp>

#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using learn::Tensor;

namespace {

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
  for (const EncoderOptions& options : test::all_models()) {
    CAPTURE(detail::value_text(options.model));
    learn::Parameters parameters;
    const std::size_t width = test::output_width_of(options, 5, 3);
    const Encoder encoder(options, 5, width, parameters, 1);
    const Messages messages(context, adjacency.view(), encoder.message_form());
    learn::Tape tape(context, false);
    const Tensor all = encoder.record(tape, NodeFeatures(features.view()), messages);
    tape.forward({.training = false});
    const Matrix whole = test::copy_of(tape.value(all));

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
  for (const EncoderOptions& options : test::all_models()) {
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
      results.push_back(test::copy_of(tape.value(result)));
    }
    CHECK(same(results[0].view(), results[1].view()));
    REQUIRE(both[0].size() == both[1].size());
    for (std::size_t p = 0; p < both[0].size(); ++p) {
      CAPTURE(both[0][p].name);
      CHECK(same(both[0][p].gradient.view(), both[1][p].gradient.view()));
    }
  }
}

TEST_CASE("every encoder fits labels, with the same bits over 1, 2, 3 and 8 threads" *
          doctest::test_suite("accuracy")) {
  const Csr adjacency = test::random_adjacency(200, 0.05, 8);
  const Matrix features = test::random_features(200, 16, 9);
  std::vector<std::uint32_t> labels;
  for (std::uint32_t i = 0; i < 200; ++i) labels.push_back(i * i % 3);
  for (EncoderOptions options : test::all_models()) {
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

TEST_CASE("what a network cannot be is refused in one sentence") {
  const auto refused = [](EncoderOptions options, std::size_t output_width = 3) {
    learn::Parameters parameters;
    CHECK_THROWS_AS(Encoder(options, 5, output_width, parameters, 1), InvalidOption);
  };
  refused({.layers = 0});
  refused({.hidden = 0});
  refused({.dropout = 1});
  refused({.input_dropout = std::nan("")});
  refused({.model = EncoderKind::gat, .hidden = 60, .heads = 8});
  refused({.model = EncoderKind::sgc, .residual = true});
  refused({.model = EncoderKind::sgc, .normalization = LayerNormalization::layer});
  refused({.model = EncoderKind::appnp, .jumping = Jumping::maximum});
  refused({.model = EncoderKind::lightgcn}, 3);
  learn::Parameters parameters;
  CHECK_THROWS_WITH_AS(Encoder({.model = EncoderKind::gat, .hidden = 60, .heads = 8}, 5, 3, parameters, 1),
                       "hidden = 60 is shared out among 8 heads; make it a multiple of them", InvalidOption);
  CHECK(parameters.size() == 0);
  const Encoder encoder({}, 5, 3, parameters, 1);
  RunContext context = test::context_with(1);
  const Csr adjacency = test::random_adjacency(10, 0.3, 1);
  const Messages messages(context, adjacency.view(), encoder.message_form());
  const Matrix narrow = test::random_features(10, 4, 1);
  const Matrix few = test::random_features(9, 5, 1);
  const Matrix features = test::random_features(10, 5, 1);
  learn::Tape tape(context);
  CHECK_THROWS_AS(encoder.record(tape, NodeFeatures(narrow.view()), messages), InvalidOption);
  CHECK_THROWS_AS(encoder.record(tape, NodeFeatures(few.view()), messages), InvalidOption);
  const std::vector<const Messages*> one = {&messages};
  CHECK_THROWS_WITH_AS(encoder.record(tape, NodeFeatures(features.view()), one),
                       "messages pass 2 times and there are 1 blocks; give one for each", InvalidOption);
  learn::Parameters none;
  const Encoder light({.model = EncoderKind::lightgcn}, 5, 5, none, 1);
  const Csr words = test::random_csr(10, 5, 0.3, false, 1);
  const learn::SparseOperand operand(context, words.view());
  const Messages symmetric(context, adjacency.view(), light.message_form());
  CHECK_THROWS_AS(light.record(tape, NodeFeatures(operand), symmetric), InvalidOption);
}

TEST_CASE("published options make a network of every model, and decay what their papers decay") {
  for (const auto& [kind, word] : EnumNames<EncoderKind>::names) {
    CAPTURE(word);
    const EncoderOptions options = published_options(kind);
    CHECK(options.model == kind);
    learn::Parameters parameters;
    const Encoder encoder(options, 32, 32, parameters, 1);
    CHECK((encoder.hops() > 0) == (kind != EncoderKind::mlp));
    for (const learn::Parameter& parameter : parameters) {
      CAPTURE(parameter.name);
      const bool first = parameter.name.starts_with("encoder.0.");
      CHECK(parameter.decay_share == (options.decay_first_layer && !first ? 0 : 1));
    }
  }
}

TEST_CASE("vectors of nodes are learned where nothing else is known of them, whole and in batches") {
  RunContext context = test::context_with(2);
  const Csr adjacency = test::random_adjacency(20, 0.3, 2);
  learn::Parameters parameters;
  learn::Parameter& vectors = add_node_vectors(parameters, 20, 6, 1);
  const Encoder encoder({.model = EncoderKind::lightgcn, .layers = 2, .input_dropout = 0}, 6, 6, parameters, 1);
  const Messages messages(context, adjacency.view(), encoder.message_form());
  std::vector<NodeId> all;
  for (std::size_t i = 0; i < 20; ++i) all.push_back(node_id(i));
  std::vector<Matrix> gradients;
  for (const bool picked : {false, true}) {
    const NodeFeatures features = picked ? NodeFeatures(vectors, all) : NodeFeatures(vectors);
    learn::Tape tape(context);
    const Tensor loss = learn::sum_of_squares(tape, encoder.record(tape, features, messages));
    tape.forward();
    tape.backward(loss);
    gradients.push_back(test::copy_of(vectors.gradient.view()));
  }
  CHECK(same(gradients[0].view(), gradients[1].view()));
  CHECK(gradients[0](1, 1) != 0);
}
