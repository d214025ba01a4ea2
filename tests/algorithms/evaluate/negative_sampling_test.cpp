#include <array>
#include <map>
#include <optional>

#include <adjoin/algorithms/evaluate/negative_sampling.hpp>

#include "split_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

constexpr std::array drawn_samplers{NegativeSampler::uniform, NegativeSampler::degree, NegativeSampler::distance_2};

Pairs pairs_without_edge(GraphView graph) {
  const Pairs joined = pairs_of(graph);
  Pairs pairs;
  for (std::size_t u = 0; u < graph.node_count(); ++u) {
    for (std::size_t v = u + 1; v < graph.node_count(); ++v) {
      if (!joined.contains({u, v})) pairs.insert({u, v});
    }
  }
  return pairs;
}

/// Of the pairs without an edge in `whole`, those that share a neighbour in `training`.
Pairs at_distance_2(GraphView whole, GraphView training) {
  std::map<std::size_t, std::set<std::size_t>> neighbors;
  for (const auto& [u, v] : pairs_of(training)) {
    neighbors[u].insert(v);
    neighbors[v].insert(u);
  }
  Pairs pairs = pairs_without_edge(whole);
  std::erase_if(pairs, [&](const auto& pair) {
    return std::ranges::none_of(neighbors[pair.first],
                                [&](std::size_t z) { return neighbors[pair.second].contains(z); });
  });
  return pairs;
}

/// Those that the sampler may draw for positives of one stage.
Pairs candidates(GraphView whole, GraphView training, const std::vector<Edge>& positives, NegativeSampler sampler) {
  if (sampler == NegativeSampler::distance_2) return at_distance_2(whole, training);
  Pairs pairs = pairs_without_edge(whole);
  if (sampler == NegativeSampler::degree) {
    std::set<std::size_t> ends;
    for (const Edge& positive : positives) ends.insert({index(positive.source), index(positive.target)});
    std::erase_if(pairs, [&](const auto& pair) { return !ends.contains(pair.first) || !ends.contains(pair.second); });
  }
  return pairs;
}

}  // namespace

TEST_CASE("negatives are distinct pairs without an edge, of the kind asked for, and as many as there can be") {
  CHECK(rc::check([](std::uint64_t seed, bool directed) {
    const std::size_t nodes = 6 + seed % 20;
    const Graph graph = random_graph(nodes, nodes + seed % 97, directed, seed);
    for (const NegativeSampler sampler : drawn_samplers) {
      const EdgeSplitOptions options{.validation = 0, .test = 0.3, .negatives = NegativeSampler::none};
      RunContext context = with_threads(1 + static_cast<int>(seed % 3));
      std::optional<EdgeSplit> split;
      try {
        split = split_edges(context, graph, options);
      } catch (const InvalidData&) {
        return;  // too small to split
      }
      const Pairs allowed = candidates(graph, split->training, split->test, sampler);
      const HeldOut held_out{graph, split->training, {}, split->test};
      if (allowed.size() < split->test.size()) {
        RC_ASSERT_THROWS_AS(held_out_negatives(context, held_out, sampler), InvalidData);
        continue;
      }
      const StageNegatives negatives = held_out_negatives(context, held_out, sampler);
      const Pairs drawn = pairs_of(negatives.test);
      RC_ASSERT(negatives.validation.empty());
      RC_ASSERT(negatives.test.size() == split->test.size());
      RC_ASSERT(drawn.size() == negatives.test.size());
      RC_ASSERT(std::ranges::includes(allowed, drawn));
      // To the last one, when they are few.
      std::vector<Edge> avoid;
      for (const auto& [u, v] : allowed) {
        if (avoid.size() + split->test.size() < allowed.size()) avoid.push_back(edge(u, v));
      }
      const HeldOut scarce{graph, split->training, {}, split->test, avoid};
      Pairs left = pairs_of(held_out_negatives(context, scarce, sampler).test);
      for (const Edge& pair : avoid) RC_ASSERT(left.insert({index(pair.source), index(pair.target)}).second);
      RC_ASSERT(left == allowed);
    }
  }));
}

TEST_CASE("all negatives are all pairs without an edge, dealt out in proportion to the positives") {
  CHECK(rc::check([](std::uint64_t seed) {
    const Graph graph = random_graph(30, 90, seed % 2 == 0, seed);
    RunContext context;
    const EdgeSplit split =
        split_edges(context, graph, {.validation = 0.1, .test = 0.3, .negatives = NegativeSampler::all});
    const Pairs all = pairs_without_edge(graph);
    Pairs together = pairs_of(split.validation_negatives);
    const Pairs test = pairs_of(split.test_negatives);
    RC_ASSERT(disjoint(together, test));
    together.insert(test.begin(), test.end());
    RC_ASSERT(together == all);
    RC_ASSERT(split.validation_negatives.size() ==
              all.size() * split.validation.size() / (split.validation.size() + split.test.size()));
  }));
}

TEST_CASE("negatives are the same for 1, 2 and 8 threads, and others for another seed or round") {
  const Graph graph = random_graph(400, 3000, false, 1);
  for (const NegativeSampler sampler :
       {NegativeSampler::uniform, NegativeSampler::degree, NegativeSampler::distance_2, NegativeSampler::all}) {
    const auto drawn = [&](int threads, std::uint64_t seed, int round) {
      RunContext context = with_threads(threads, seed);
      RunContext fixed;
      const EdgeSplit split = split_edges(fixed, graph, {.negatives = NegativeSampler::none});
      const StageNegatives negatives =
          held_out_negatives(context, {graph, split.training, split.validation, split.test}, sampler, round);
      std::vector<std::size_t> numbers;
      for (const auto* part : {&negatives.validation, &negatives.test}) {
        for (const Edge& pair : *part) numbers.insert(numbers.end(), {index(pair.source), index(pair.target)});
      }
      return numbers;
    };
    const auto expected = drawn(1, 42, 0);
    CHECK(drawn(2, 42, 0) == expected);
    CHECK(drawn(8, 42, 0) == expected);
    CHECK(drawn(1, 43, 0) != expected);
    CHECK(drawn(1, 42, 1) != expected);
  }
}

TEST_CASE("degree-matched negatives have the degrees of the positives, uniform ones do not") {
  // A few nodes are in most edges.
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < 4000; ++i) edges.push_back(edge(i % 40, 40 + (i * 7919) % 1960));
  const Graph graph = graph_of(2000, edges);
  RunContext context;
  const EdgeSplit split =
      split_edges(context, graph, {.validation = 0, .test = 0.4, .negatives = NegativeSampler::none});
  const auto hub_share = [](const std::vector<Edge>& pairs) {
    double ends = 0;
    for (const Edge& pair : pairs) ends += (index(pair.source) < 40 ? 1 : 0) + (index(pair.target) < 40 ? 1 : 0);
    return ends / (2.0 * static_cast<double>(pairs.size()));
  };
  const auto share_of = [&](NegativeSampler sampler) {
    return hub_share(held_out_negatives(context, {graph, split.training, {}, split.test}, sampler).test);
  };
  CHECK(hub_share(split.test) == 0.5);
  // Two hubs make 780 pairs, and one in four draws wants one of them, so the share lies below the half.
  CHECK(share_of(NegativeSampler::degree) > 0.4);
  CHECK(share_of(NegativeSampler::degree) < 0.5);
  CHECK(share_of(NegativeSampler::uniform) < 0.05);
}

TEST_CASE("each pair at distance 2 is as likely as any other, however many neighbours it shares") {
  // 0 and 1 share ten neighbours; 12 and 13 share one.
  std::vector<Edge> edges;
  for (std::size_t z = 2; z < 12; ++z) edges.insert(edges.end(), {edge(0, z), edge(1, z)});
  edges.insert(edges.end(), {edge(12, 14), edge(13, 14)});
  for (std::size_t z = 2; z < 12; ++z) {
    for (std::size_t y = z + 1; y < 12; ++y) edges.push_back(edge(z, y));
  }
  const Graph graph = graph_of(15, edges);
  CHECK(at_distance_2(graph, graph) == Pairs({{0, 1}, {12, 13}}));
  const std::vector<Edge> one{edge(12, 14)};
  int close = 0;
  RunContext context;
  for (int round = 0; round < 1000; ++round) {
    const HeldOut held_out{graph, graph, {}, one};
    close +=
        held_out_negatives(context, held_out, NegativeSampler::distance_2, round).test.front().source == node_id(0);
  }
  CHECK(close > 420);  // 500 with a deviation of 16
  CHECK(close < 580);
}

TEST_CASE("negatives that cannot be drawn are refused in a sentence") {
  RunContext context;
  const Graph graph = graph_of(6, {edge(0, 1), edge(2, 3), edge(4, 5)});
  const std::vector<Edge> test{edge(2, 3)};
  const HeldOut held_out{graph, graph, {}, test};
  CHECK_THROWS_WITH_AS(
      held_out_negatives(context, held_out, NegativeSampler::degree),
      "the graph has only 0 pairs of nodes without an edge among the nodes of the positives, and 1 are "
      "wanted as negatives",
      InvalidData);
  CHECK_THROWS_WITH_AS(held_out_negatives(context, held_out, NegativeSampler::distance_2),
                       "the graph has only 0 pairs of nodes without an edge that share a neighbour in the training "
                       "graph, and 1 are wanted as negatives",
                       InvalidData);
  const Graph large = graph_of(most_nodes_of_all_negatives + 1, {edge(0, 1)});
  CHECK_THROWS_WITH_AS(held_out_negatives(context, {large, large, {}, test}, NegativeSampler::all),
                       "all pairs without an edge are for graphs of at most 4,096 nodes, and this one has 4,097; take "
                       "other negatives",
                       InvalidOption);
  CHECK(held_out_negatives(context, held_out, NegativeSampler::none).test.empty());
  CHECK_THROWS_WITH_AS(training_negatives(context, graph, 3, {.negatives = NegativeSampler::all}),
                       "negatives = all draws no given number of pairs; take uniform, degree or distance-2",
                       InvalidOption);
  CHECK_THROWS_WITH_AS(training_negatives(context, graph, 13),
                       "the graph has only 12 pairs of nodes without an edge, and 13 are wanted as negatives",
                       InvalidData);
  const Graph empty = graph_of(0, {});
  CHECK(training_negatives(context, empty, 0).empty());
  CHECK_THROWS_AS(training_negatives(context, empty, 1), InvalidData);
  const Graph no_edges = graph_of(5, {});
  CHECK_THROWS_AS(training_negatives(context, no_edges, 1, {.negatives = NegativeSampler::degree}), InvalidData);
}

TEST_CASE("training negatives know of the training graph alone, unless told what to avoid") {
  CHECK(rc::check([](std::uint64_t seed) {
    const Graph graph = random_graph(25, 120, seed % 2 == 0, seed);
    RunContext context = with_threads(1 + static_cast<int>(seed % 2));
    const EdgeSplit split = split_edges(context, graph, {.test = 0.2, .negatives = NegativeSampler::none});
    const Pairs free = pairs_without_edge(split.training);
    for (const NegativeSampler sampler : drawn_samplers) {
      const Pairs allowed =
          sampler == NegativeSampler::distance_2 ? at_distance_2(split.training, split.training) : free;
      const auto count = std::min<std::size_t>(allowed.size() / 2, 60);
      const TrainingNegativeOptions options{sampler, static_cast<int>(seed % 5)};
      const std::vector<Edge> drawn = training_negatives(context, split.training, count, options);
      RC_ASSERT(drawn.size() == count);
      RC_ASSERT(pairs_of(drawn).size() == count);
      RC_ASSERT(std::ranges::includes(allowed, pairs_of(drawn)));
      const std::vector<Edge> clean = training_negatives(context, split.training, count / 2, options, split.test);
      RC_ASSERT(disjoint(pairs_of(clean), pairs_of(split.test)));
    }
    // Every pair that the training graph does not join can be drawn, what is held out among them.
    RC_ASSERT(pairs_of(training_negatives(context, split.training, free.size())) == free);
  }));
}
