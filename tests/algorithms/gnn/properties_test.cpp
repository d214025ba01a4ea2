// What holds of every network on every graph, drawn at random.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/gnn/encoder.hpp>

#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;

namespace {

EncoderOptions drawn_options() {
  const std::vector<EncoderOptions> all = test::all_models();
  EncoderOptions options = all[*rc::gen::inRange<std::size_t>(0, all.size())];
  options.layers = *rc::gen::inRange(1, 5);
  options.steps = *rc::gen::inRange(1, 5);
  options.activation = *rc::gen::element(Activation::relu, Activation::elu, Activation::gelu, Activation::tanh);
  return options;
}

Matrix vectors_on(const EncoderOptions& options, const CsrView& adjacency, const Matrix& features) {
  RunContext context = test::context_with(2);
  learn::Parameters parameters;
  const std::size_t columns = features.columns();
  const Encoder encoder(options, columns, test::output_width_of(options, columns, 3), parameters, 1);
  const Messages messages(context, adjacency, encoder.message_form());
  learn::Tape tape(context, false);
  const learn::Tensor result = tape.keep(encoder.record(tape, NodeFeatures(features.view()), messages));
  tape.forward({.training = false});
  return test::copy_of(tape.value(result));
}

/// Up to the rounding of sums whose parts are as large as the largest number of all vectors.
void assert_near(const Matrix& all, std::span<const float> a, std::span<const float> b) {
  float largest = 1;
  for (std::size_t i = 0; i < all.rows(); ++i) {
    for (const float value : all.row(i)) largest = std::max(largest, std::abs(value));
  }
  RC_ASSERT(a.size() == b.size());
  for (std::size_t j = 0; j < a.size(); ++j) RC_ASSERT(std::abs(a[j] - b[j]) <= 5e-5F * largest);
}

/// Node i of the result is node order[i] of the graph.
Csr renumbered(const CsrView& a, const std::vector<std::size_t>& order) {
  std::vector<std::size_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  std::vector<EdgeOffset> offsets = {EdgeOffset{0}};
  std::vector<NodeId> targets;
  std::vector<float> weights;
  for (const std::size_t node : order) {
    std::vector<std::pair<NodeId, float>> row;
    for (std::size_t e = a.row_begin(node); e < a.row_end(node); ++e) {
      row.emplace_back(node_id(place[index(a.targets[e])]), a.weights[e]);
    }
    std::ranges::sort(row);
    for (const auto& [target, weight] : row) {
      targets.push_back(target);
      weights.push_back(weight);
    }
    offsets.push_back(edge_offset(targets.size()));
  }
  return {order.size(), test::to_array(offsets), test::to_array(targets), test::to_array(weights)};
}

}  // namespace

TEST_CASE("renumbering nodes renumbers their vectors and changes nothing else") {
  CHECK(rc::check([] {
    const EncoderOptions options = drawn_options();
    const auto nodes = *rc::gen::inRange<std::size_t>(1, 30);
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const Csr adjacency = test::random_csr(nodes, nodes, 0.2, true, seed);
    const Matrix features = test::random_features(nodes, 5, seed);
    std::vector<std::size_t> order(nodes);
    std::iota(order.begin(), order.end(), std::size_t{0});
    RandomSequence random(seed, RandomStream::tests, 9);
    for (std::size_t i = nodes; i > 1; --i) std::swap(order[i - 1], order[random.next_below(i)]);
    Matrix moved(nodes, 5);
    for (std::size_t i = 0; i < nodes; ++i) std::ranges::copy(features.row(order[i]), moved.row(i).begin());
    const Matrix before = vectors_on(options, adjacency.view(), features);
    const Csr other = renumbered(adjacency.view(), order);
    const Matrix after = vectors_on(options, other.view(), moved);
    for (std::size_t i = 0; i < nodes; ++i) assert_near(before, before.row(order[i]), after.row(i));
  }));
}

TEST_CASE("nodes that no path joins do not change one another's vectors") {
  CHECK(rc::check([] {
    const EncoderOptions options = drawn_options();
    const auto nodes = *rc::gen::inRange<std::size_t>(1, 20);
    const auto more = *rc::gen::inRange<std::size_t>(1, 20);
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const Csr first = test::random_csr(nodes, nodes, 0.3, false, seed);
    const Csr second = test::random_csr(more, more, 0.3, false, seed + 1);
    std::vector<EdgeOffset> offsets(first.offsets.begin(), first.offsets.end());
    std::vector<NodeId> targets(first.targets.begin(), first.targets.end());
    for (std::size_t i = 0; i < more; ++i) {
      for (const NodeId target : second.view().row_targets(i)) targets.push_back(node_id(index(target) + nodes));
      offsets.push_back(edge_offset(targets.size()));
    }
    const Csr both = {nodes + more, test::to_array(offsets), test::to_array(targets), {}};
    const Matrix features = test::random_features(nodes + more, 5, seed);
    Matrix own(nodes, 5);
    for (std::size_t i = 0; i < nodes; ++i) std::ranges::copy(features.row(i), own.row(i).begin());
    const Matrix alone = vectors_on(options, first.view(), own);
    const Matrix together = vectors_on(options, both.view(), features);
    for (std::size_t i = 0; i < nodes; ++i) assert_near(alone, alone.row(i), together.row(i));
  }));
}

TEST_CASE("a node hears of those as many steps away as messages pass, and of none farther") {
  constexpr std::size_t nodes = 12;
  std::vector<EdgeOffset> offsets = {EdgeOffset{0}};
  std::vector<NodeId> targets;
  for (std::size_t i = 0; i < nodes; ++i) {
    if (i > 0) targets.push_back(node_id(i - 1));
    if (i + 1 < nodes) targets.push_back(node_id(i + 1));
    offsets.push_back(edge_offset(targets.size()));
  }
  const Csr path = {nodes, test::to_array(offsets), test::to_array(targets), {}};
  for (EncoderOptions options : test::all_models()) {
    CAPTURE(detail::value_text(options.model));
    options.activation = Activation::tanh;
    Matrix features = test::random_features(nodes, 5, 3);
    const Matrix before = vectors_on(options, path.view(), features);
    learn::Parameters parameters;
    const Encoder encoder(options, 5, test::output_width_of(options, 5, 3), parameters, 1);
    for (float& value : features.row(0)) value += 3;
    const Matrix after = vectors_on(options, path.view(), features);
    for (std::size_t i = 0; i < nodes; ++i) {
      CAPTURE(i);
      const bool moved = !std::ranges::equal(before.row(i), after.row(i));
      // The largest of pooled neighbours need not be the one that changed.
      if (options.model == EncoderKind::sage_max && i > 0 && i <= encoder.hops()) continue;
      CHECK(moved == (i <= encoder.hops()));
    }
  }
}
