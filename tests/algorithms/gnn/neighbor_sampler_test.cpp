// Samples of neighbours: that they are subsets, that every subset is as likely, that values stand for those left out,
// and that what is left out carries no message.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <stop_token>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/gnn/distinct_draws.hpp>
#include <adjoin/algorithms/gnn/neighbor_sampler.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;

namespace {

constexpr std::array all_forms = {MessageForm::symmetric_with_loops, MessageForm::symmetric, MessageForm::mean,
                                  MessageForm::sum, MessageForm::with_loops};

bool loops(MessageForm form) {
  return form == MessageForm::symmetric_with_loops || form == MessageForm::with_loops;
}

/// One node that hears `degree` others, who hear nobody.
Csr star(std::size_t degree) {
  std::vector<EdgeOffset> offsets(degree + 2, edge_offset(degree));
  offsets[0] = EdgeOffset{0};
  std::vector<NodeId> targets;
  for (std::size_t i = 1; i <= degree; ++i) targets.push_back(node_id(i));
  return {degree + 1, test::to_array(offsets), test::to_array(targets), {}};
}

/// The names of the sources of each row of a block, with values.
std::vector<std::map<std::uint32_t, float>> named_rows(const NeighborSample& sample, const Messages& block) {
  std::vector<std::map<std::uint32_t, float>> rows;
  const CsrView& a = block.matrix();
  for (std::size_t i = 0; i < a.row_count(); ++i) {
    auto& row = rows.emplace_back();
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
      row.emplace(static_cast<std::uint32_t>(sample.nodes[index(a.targets[e])]), a.weighted() ? a.weights[e] : 1.0F);
    }
  }
  return rows;
}

/// The matrix without some edges, entry by entry.
Csr without(const CsrView& a, const std::vector<Edge>& left_out) {
  std::vector<EdgeOffset> offsets = {EdgeOffset{0}};
  std::vector<NodeId> targets;
  std::vector<float> weights;
  for (std::size_t i = 0; i < a.row_count(); ++i) {
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
      const bool gone = std::ranges::any_of(left_out, [&](const Edge& edge) {
        return (edge.source == node_id(i) && edge.target == a.targets[e]) ||
               (edge.target == node_id(i) && edge.source == a.targets[e]);
      });
      if (gone) continue;
      targets.push_back(a.targets[e]);
      if (a.weighted()) weights.push_back(a.weights[e]);
    }
    offsets.push_back(edge_offset(targets.size()));
  }
  return {a.column_count, test::to_array(offsets), test::to_array(targets), test::to_array(weights)};
}

std::vector<NodeId> drawn_targets(std::size_t nodes) {
  std::set<std::size_t> chosen;
  const auto count = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(nodes, 6) + 1);
  while (chosen.size() < count) chosen.insert(*rc::gen::inRange<std::size_t>(0, nodes));
  std::vector<NodeId> targets;
  for (const std::size_t node : chosen) targets.push_back(node_id(node));
  std::ranges::reverse(targets);
  return targets;
}

/// The chi-square statistic of counts that should all be `expected`.
template <class Counts>
double chi_square(const Counts& counts, double expected) {
  double sum = 0;
  for (const auto& [what, count] : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

bool same(const NeighborSample& a, const NeighborSample& b) {
  if (a.nodes != b.nodes || a.blocks.size() != b.blocks.size()) return false;
  for (std::size_t k = 0; k < a.blocks.size(); ++k) {
    const CsrView& x = a.blocks[k].matrix();
    const CsrView& y = b.blocks[k].matrix();
    if (x.column_count != y.column_count || !std::ranges::equal(x.offsets, y.offsets) ||
        !std::ranges::equal(x.targets, y.targets) || !std::ranges::equal(x.weights, y.weights)) {
      return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("every subset of the size asked for is drawn as often as any other") {
  DistinctDraws draws;
  std::map<std::vector<std::size_t>, double> subsets;
  constexpr int rounds = 20'000;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const auto drawn = draws.draw({7, RandomStream::tests, round}, 3, 6);
    CHECK(std::ranges::is_sorted(drawn));
    subsets[{drawn.begin(), drawn.end()}] += 1;
  }
  REQUIRE(subsets.size() == 20);
  CHECK(chi_square(subsets, rounds / 20.0) < 43.8);  // 19 degrees of freedom, one seed in a thousand is above

  // A long list is drawn in another way; each number is in 40 of 50 of them.
  std::map<std::size_t, double> numbers;
  for (std::uint64_t round = 0; round < 5000; ++round) {
    const auto drawn = draws.draw({7, RandomStream::tests, round}, 40, 50);
    REQUIRE(drawn.size() == 40);
    REQUIRE(std::ranges::adjacent_find(drawn, std::ranges::greater_equal{}) == drawn.end());
    REQUIRE(drawn.back() < 50);
    for (const std::size_t number : drawn) numbers[number] += 1;
  }
  // Of draws without replacement the statistic is (n - k) / (n - 1) times one of 49 degrees of freedom.
  CHECK(chi_square(numbers, 4000) * 49 / 10 < 85.4);
  CHECK(chi_square(numbers, 4000) * 49 / 10 > 24.7);
  CHECK(draws.draw({7, RandomStream::tests, 1}, 0, 5).empty());
  CHECK(draws.draw({7, RandomStream::tests, 1}, 5, 5).size() == 5);
}

TEST_CASE("over steps, a node hears each of its neighbours as often as any other") {
  RunContext context = test::context_with(1);
  const Csr graph = star(20);
  NeighborSampler sampler(context, graph.view(), MessageForm::mean, {5});
  const std::vector<NodeId> targets = {NodeId{0}};
  std::map<std::uint32_t, double> heard;
  for (std::uint64_t step = 0; step < 4000; ++step) {
    const NeighborSample sample = sampler.sample(context, targets, step);
    const auto rows = named_rows(sample, sample.blocks[0]);
    for (const auto& [source, value] : rows[0]) {
      CHECK(value == doctest::Approx(0.2));
      heard[source] += 1;
    }
  }
  REQUIRE(heard.size() == 20);
  CHECK(chi_square(heard, 1000) * 19 / 15 < 43.8);
}

TEST_CASE("a sample has distinct neighbours, at most the fan-out of them, and the inner block begins the outer one") {
  CHECK(rc::check([] {
    RunContext context = test::context_with(2);
    const auto nodes = *rc::gen::inRange<std::size_t>(1, 60);
    const Csr graph = test::random_csr(nodes, nodes, *rc::gen::element(0.02, 0.2, 0.8), *rc::gen::arbitrary<bool>(),
                                       *rc::gen::arbitrary<std::uint64_t>());
    const MessageForm form = *rc::gen::elementOf(all_forms);
    const std::vector<std::size_t> fan_outs = {*rc::gen::inRange<std::size_t>(1, 5),
                                               *rc::gen::inRange<std::size_t>(1, 50)};
    NeighborSampler sampler(context, graph.view(), form, fan_outs);
    const std::vector<NodeId> targets = drawn_targets(nodes);
    const NeighborSample sample = sampler.sample(context, targets, *rc::gen::inRange<std::uint64_t>(0, 1000));

    RC_ASSERT(sample.blocks.size() == 2);
    RC_ASSERT(std::ranges::equal(targets, std::span(sample.nodes).first(targets.size())));
    RC_ASSERT(std::set<NodeId>(sample.nodes.begin(), sample.nodes.end()).size() == sample.nodes.size());
    RC_ASSERT(sample.nodes.size() <= sampler.most_nodes(targets.size()));
    const auto outer = named_rows(sample, sample.blocks[0]);
    const auto inner = named_rows(sample, sample.blocks[1]);
    RC_ASSERT(inner.size() == targets.size());
    RC_ASSERT(outer.size() == sample.blocks[1].source_count());
    RC_ASSERT(sample.blocks[0].source_count() == sample.nodes.size());
    RC_ASSERT(std::equal(inner.begin(), inner.end(), outer.begin()));
    const Messages whole(context, graph.view(), form);
    std::uint64_t bytes = 0;
    for (const Messages& block : sample.blocks) bytes += learn::SparseOperand::bytes(block.matrix());
    RC_ASSERT(bytes <= sampler.sample_bytes(targets.size()));
    for (std::size_t i = 0; i < outer.size(); ++i) {
      const std::size_t node = index(sample.nodes[i]);
      const CsrView& a = whole.matrix();
      std::size_t neighbors = a.row_size(node);
      if (loops(form)) --neighbors;
      const std::size_t drawn = outer[i].size() - (loops(form) ? 1 : 0);
      RC_ASSERT(drawn == std::min(neighbors, fan_outs[i < targets.size() ? 0 : 1]));
      std::size_t found = 0;
      for (std::size_t e = a.row_begin(node); e < a.row_end(node); ++e) {
        const auto at = outer[i].find(static_cast<std::uint32_t>(a.targets[e]));
        if (at == outer[i].end()) continue;
        ++found;
        if (form == MessageForm::with_loops) continue;
        const bool loop = loops(form) && index(a.targets[e]) == node;
        const float share = loop ? 1 : static_cast<float>(neighbors) / static_cast<float>(drawn);
        const float value = share * (a.weighted() ? a.weights[e] : 1.0F);
        RC_ASSERT(std::abs(at->second - value) <= 1e-6F * value);
      }
      RC_ASSERT(found == outer[i].size());
    }
  }));
}

TEST_CASE("with all neighbours, blocks are those of the graph without the edges left out") {
  CHECK(rc::check([] {
    RunContext context = test::context_with(2);
    const auto nodes = *rc::gen::inRange<std::size_t>(1, 30);
    const Csr graph =
        test::random_csr(nodes, nodes, 0.2, *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<std::uint64_t>());
    const MessageForm form = *rc::gen::elementOf(all_forms);
    std::vector<Edge> left_out = test::random_edges(nodes, *rc::gen::inRange<std::size_t>(0, 20), 3);
    for (std::size_t i = 0; i < nodes; i += 3) {  // some that are there
      const auto row = graph.view().row_targets(i);
      if (!row.empty()) left_out.push_back({row.front(), node_id(i)});
    }
    NeighborSampler sampler(context, graph.view(), form, {all_neighbors, all_neighbors, all_neighbors});
    const std::vector<NodeId> targets = drawn_targets(nodes);
    const Csr rest = without(graph.view(), left_out);
    const Messages messages(context, rest.view(), form);
    const NeighborSample sample = sampler.sample(context, targets, 1, left_out);
    const auto rows = named_rows(sample, sample.blocks[0]);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const CsrView& a = messages.matrix();
      const std::size_t node = index(sample.nodes[i]);
      RC_ASSERT(rows[i].size() == a.row_size(node));
      for (std::size_t e = a.row_begin(node); e < a.row_end(node); ++e) {
        const auto at = rows[i].find(static_cast<std::uint32_t>(a.targets[e]));
        RC_ASSERT(at != rows[i].end());
        const float value = a.weighted() ? a.weights[e] : 1.0F;
        RC_ASSERT(std::abs(at->second - value) <= 1e-5F * value);
      }
    }
    // Nothing of it remains: the next sample is that of a new sampler.
    NeighborSampler fresh(context, graph.view(), form, {all_neighbors, all_neighbors, all_neighbors});
    RC_ASSERT(same(sampler.sample(context, targets, 2), fresh.sample(context, targets, 2)));
  }));
}

TEST_CASE("what a node hears depends on seed, step and node, not on who else is in the batch") {
  RunContext context = test::context_with(2);
  const Csr graph = test::random_csr(200, 200, 0.3, true, 5);
  NeighborSampler sampler(context, graph.view(), MessageForm::mean, {4});
  const auto heard = [&](std::vector<NodeId> targets, std::size_t place, std::uint64_t step) {
    const NeighborSample sample = sampler.sample(context, targets, step);
    return named_rows(sample, sample.blocks[0])[place];
  };
  const auto alone = heard({NodeId{17}}, 0, 3);
  CHECK(heard({NodeId{4}, NodeId{99}, NodeId{17}}, 2, 3) == alone);
  CHECK(heard({NodeId{17}}, 0, 4) != alone);
  CHECK(heard({NodeId{18}}, 0, 3) != alone);
  RunSettings settings;
  settings.seed = 43;
  RunContext other(settings);
  const NeighborSample sample = sampler.sample(other, std::vector{NodeId{17}}, 3);
  CHECK(named_rows(sample, sample.blocks[0])[0] != alone);
}

TEST_CASE("a sample has the same bits for 1, 2, 3 and 8 threads") {
  const Csr graph = test::random_csr(3000, 3000, 0.01, true, 9);
  std::vector<NodeId> targets;
  for (std::size_t i = 0; i < 700; ++i) targets.push_back(node_id(2999 - 3 * i));
  const std::vector<Edge> left_out = test::random_edges(3000, 2000, 4);
  std::vector<NeighborSample> samples;
  for (const int threads : {1, 2, 3, 8}) {
    RunContext context = test::context_with(threads);
    NeighborSampler sampler(context, graph.view(), MessageForm::symmetric_with_loops, {10, 5});
    samples.push_back(sampler.sample(context, targets, 6, left_out));
  }
  CHECK(samples[0].nodes.size() > 2000);
  for (const NeighborSample& sample : samples) CHECK(same(sample, samples[0]));
}

TEST_CASE("a sampler refuses what cannot be sampled, and is whole afterwards") {
  RunContext context = test::context_with(1);
  const Csr graph = test::random_csr(10, 10, 0.5, false, 2);
  CHECK_THROWS_WITH_AS(NeighborSampler(context, graph.view(), MessageForm::sum, {}),
                       "there is no fan-out; give one for each hop of the network", InvalidOption);
  CHECK_THROWS_WITH_AS(NeighborSampler(context, graph.view(), MessageForm::sum, {3, 0}),
                       "a fan-out is 0; give 1 neighbour at least, or fewer hops", InvalidOption);
  NeighborSampler sampler(context, graph.view(), MessageForm::symmetric, {2, 2});
  const std::vector<NodeId> targets = {NodeId{3}, NodeId{5}};
  const NeighborSample before = sampler.sample(context, targets, 1);
  CHECK_THROWS_WITH_AS(sampler.sample(context, std::vector{NodeId{3}, NodeId{3}}, 1),
                       "node 3 is a target twice; give each once", InvalidOption);
  CHECK_THROWS_WITH_AS(sampler.sample(context, std::vector{NodeId{10}}, 1),
                       "a target names node 10 of a graph of 10 nodes; give numbers below that", InvalidOption);
  CHECK_THROWS_WITH_AS(sampler.sample(context, targets, 1, std::vector{Edge{NodeId{1}, no_node}}),
                       "an edge to leave out names node 4294967295 of a graph of 10 nodes; give numbers below that",
                       InvalidOption);
  std::stop_source stop;
  stop.request_stop();
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext stopped(settings);
  CHECK_THROWS_AS(sampler.sample(stopped, targets, 1, test::random_edges(10, 5, 1)), Cancelled);
  RunSettings small;
  small.memory_budget = 1;
  RunContext poor(small);
  CHECK_THROWS_AS(sampler.sample(poor, targets, 1), BudgetExceeded);
  CHECK_THROWS_AS(NeighborSampler(poor, graph.view(), MessageForm::sum, {1}), BudgetExceeded);
  CHECK(same(sampler.sample(context, targets, 1), before));
}

TEST_CASE("a sample of nobody, and of nodes that hear nobody, is empty but for loops") {
  RunContext context = test::context_with(1);
  const Csr graph = star(4);
  for (const MessageForm form : all_forms) {
    NeighborSampler sampler(context, graph.view(), form, {3, 3});
    const NeighborSample nobody = sampler.sample(context, {}, 0);
    CHECK(nobody.nodes.empty());
    CHECK(nobody.blocks.size() == 2);
    CHECK(nobody.blocks[0].matrix().row_count() == 0);
    const NeighborSample alone = sampler.sample(context, std::vector{NodeId{2}}, 0);
    CHECK(alone.nodes == std::vector{NodeId{2}});
    CHECK(alone.blocks[0].matrix().nonzero_count() == (loops(form) ? 1 : 0));
  }
}
