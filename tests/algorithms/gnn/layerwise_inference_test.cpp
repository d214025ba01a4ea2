// Vectors made layer by layer in chunks are those of a pass over the whole graph.
#include <stop_token>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/gnn/layerwise_inference.hpp>
#include <adjoin/algorithms/gnn/node_vectors.hpp>
#include <adjoin/engine/runtime/memory.hpp>

#include "matrices.hpp"
#include "sanitized.hpp"
#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using test::same_bits;

namespace {

Matrix whole_pass(RunContext& context, const Encoder& encoder, const NodeFeatures& features, const Messages& messages) {
  learn::Tape tape(context, false);
  const learn::Tensor result = tape.keep(encoder.record(tape, features, messages));
  tape.forward({.training = false});
  return test::copy_of(tape.value(result));
}

/// Statistics and weights that are not those of a beginning.
void stir(learn::Parameters& parameters) {
  for (learn::Parameter& parameter : parameters) learn::set_uniform(parameter, 0.5, 3);
  for (learn::Parameter& parameter : parameters) {
    if (parameter.name.ends_with("variance")) learn::set_constant(parameter, 1.5);
  }
}

}  // namespace

TEST_CASE("vectors made layer by layer are those of the whole graph to the bit, for any chunks and threads") {
  const Csr adjacency = test::random_adjacency(150, 0.06, 3);
  const Matrix dense = test::random_features(150, 12, 4);
  const Csr words = test::random_csr(150, 40, 0.1, true, 6);
  for (EncoderOptions options : test::all_models()) {
    CAPTURE(detail::value_text(options.model));
    CAPTURE(detail::value_text(options.jumping));
    if (options.jumping == Jumping::maximum) options.normalization = LayerNormalization::batch;
    for (const int kind : {0, 1, 2, 3}) {
      CAPTURE(kind);
      if (kind == 1 && options.model == EncoderKind::lightgcn) continue;
      RunContext context = test::context_with(2);
      learn::Parameters vectors;
      learn::Parameter& learned = vectors.add("vectors", 170, 12);
      learn::set_normal(learned, 1, 5);
      std::vector<NodeId> picked;
      for (std::size_t i = 0; i < 150; ++i) picked.push_back(node_id(169 - i));
      const learn::SparseOperand operand(context, words.view());
      const NodeFeatures features = kind == 0   ? NodeFeatures(dense.view())
                                    : kind == 1 ? NodeFeatures(operand)
                                    : kind == 2 ? NodeFeatures(learned, picked)
                                                : NodeFeatures(vectors.add("all", 150, 12));
      learn::Parameters parameters;
      const std::size_t width = test::output_width_of(options, features.columns(), 3);
      const Encoder encoder(options, features.columns(), width, parameters, 1);
      stir(parameters);
      stir(vectors);
      const Messages messages(context, adjacency.view(), encoder.message_form());
      const Matrix expected = whole_pass(context, encoder, features, messages);
      for (const std::size_t numbers : {1UL, 3000UL, 1UL << 22}) {
        CAPTURE(numbers);
        for (const int threads : {1, 2, 3, 8}) {
          RunContext other = test::context_with(threads);
          CHECK(same_bits(encode_nodes(other, encoder, features, messages, {.numbers = numbers}), expected));
        }
      }
    }
  }
}

TEST_CASE("no node has no vector") {
  RunContext context;
  const Csr adjacency = {0, test::to_array(std::vector<EdgeOffset>{EdgeOffset{0}}), {}, {}};
  const Matrix features(0, 4);
  learn::Parameters parameters;
  const Encoder encoder({}, 4, 3, parameters, 1);
  const Messages messages(context, adjacency.view(), encoder.message_form());
  const Matrix vectors = encode_nodes(context, encoder, NodeFeatures(features.view()), messages);
  CHECK(vectors.rows() == 0);
  CHECK(vectors.columns() == 3);
}

TEST_CASE("messages of a part of the nodes are refused, and a run that is asked to stop stops") {
  RunContext context;
  const Csr adjacency = test::random_adjacency(60, 0.1, 3);
  const Matrix features = test::random_features(60, 4, 4);
  learn::Parameters parameters;
  const Encoder encoder({}, 4, 3, parameters, 1);
  const Messages messages(context, adjacency.view(), encoder.message_form());
  const Messages part(messages, 0, 20);
  CHECK_THROWS_AS(encode_nodes(context, encoder, NodeFeatures(features.view()), part), InvalidOption);
  std::stop_source stop;
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext stopped(settings);
  stop.request_stop();
  CHECK_THROWS_AS(encode_nodes(stopped, encoder, NodeFeatures(features.view()), messages), Cancelled);
  RunSettings small;
  small.memory_budget = 1000;
  RunContext poor(small);
  CHECK_THROWS_AS(encode_nodes(poor, encoder, NodeFeatures(features.view()), messages), BudgetExceeded);
}

TEST_CASE("the memory of inference is what it is said to be" * doctest::test_suite("memory")) {
  if (!test::memory_is_as_asked) return;
  RunContext context = test::context_with(2);
  constexpr std::size_t nodes = 60'000;
  const Csr adjacency = test::ring_with_chords(nodes);
  const Matrix features = test::random_features(nodes, 128, 4);
  for (const EncoderKind kind : {EncoderKind::gcn, EncoderKind::sage, EncoderKind::gat, EncoderKind::lightgcn}) {
    CAPTURE(detail::value_text(kind));
    EncoderOptions options;
    options.model = kind;
    options.hidden = 256;
    options.layers = 3;
    learn::Parameters parameters;
    const Encoder encoder(options, 128, 128, parameters, 1);
    const Messages messages(context, adjacency.view(), encoder.message_form());
    const InferenceChunks chunks = {.numbers = 1 << 20};
    const std::uint64_t said =
        estimate_encode_nodes_memory(context, encoder, NodeFeatures(features.view()), messages, chunks);
    const std::uint64_t before = resident_bytes();
    restart_recent_peak();
    const Matrix vectors = encode_nodes(context, encoder, NodeFeatures(features.view()), messages, chunks);
    const std::uint64_t taken = recent_peak_bytes() - before;
    CHECK(static_cast<double>(taken) == doctest::Approx(static_cast<double>(said)).epsilon(0.15));
  }
}

TEST_CASE("vectors of all nodes are made layer by layer where the run has no memory for one pass") {
  if (!test::memory_is_as_asked) return;
  constexpr std::size_t nodes = 100'000;
  const Csr adjacency = test::ring_with_chords(nodes);
  const Matrix given = test::random_features(nodes, 32, 4);
  const NodeFeatures features(given.view());
  EncoderOptions options;
  options.model = EncoderKind::gat;
  options.hidden = 16;
  options.heads = 16;
  options.layers = 3;
  learn::Parameters parameters;
  const Encoder encoder(options, 32, 16, parameters, 1);
  RunContext roomy = test::context_with(2);
  const Messages messages(roomy, adjacency.view(), encoder.message_form());
  const Matrix expected = node_vectors(roomy, encoder, features, messages);
  const std::uint64_t whole = estimate_node_vectors_memory(roomy, encoder, features, messages, 0);
  const std::uint64_t layers = estimate_node_vectors_memory(roomy, encoder, features, messages, roomy.memory_budget());
  REQUIRE(static_cast<double>(layers) < 0.8 * static_cast<double>(whole));
  RunSettings settings;
  settings.threads = 2;
  settings.memory_budget = resident_bytes() + (whole + layers) / 2;
  RunContext tight(settings);
  const std::uint64_t before = resident_bytes();
  restart_recent_peak();
  CHECK(same_bits(node_vectors(tight, encoder, features, messages), expected));
  CHECK(recent_peak_bytes() - before < whole);
}
