// What users of other libraries reported of their splits, each as a case: that a split of ours cannot have the fault,
// and that a split which was given it by hand is found out.
#include <array>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/negative_sampling.hpp>

#include "split_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

constexpr int rounds = 20;

/// A directed graph that has most of its edges both ways.
Graph two_way_graph(std::size_t nodes, std::size_t edges, std::uint64_t seed) {
  std::vector<Edge> lines = random_edges(nodes, edges, seed);
  for (std::size_t i = 0; i < edges; i += 2) lines.push_back({lines[i].target, lines[i].source});
  return graph_of(nodes, lines, true);
}

std::string complaint(const EdgeSplit& split) {
  try {
    check_edge_split(split);
  } catch (const InvalidData& error) {
    return error.what();
  }
  return "no complaint";
}

/// The training graph with these edges more.
Graph with_edges(const EdgeSplit& split, const std::vector<Edge>& more) {
  std::vector<Edge> edges = more;
  const GraphView graph = split.training.view();
  const CsrView out = graph.out();
  for (std::size_t u = 0; u < out.row_count(); ++u) {
    for (const NodeId v : out.row_targets(u)) edges.push_back({node_id(u), v});
  }
  return graph_of(graph.node_count(), edges, graph.directed());
}

std::size_t rounded(double share, std::size_t whole) {
  return static_cast<std::size_t>(std::llround(share * static_cast<double>(whole)));
}

}  // namespace

TEST_CASE("PyG 3440: no test edge is left in the training graph for any seed") {
  // The report's graph: a path of six nodes, and four nodes without edges.
  const Graph path = graph_of(10, {edge(0, 1), edge(1, 2), edge(2, 3), edge(3, 4), edge(4, 5)});
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RunContext context = with_threads(1, seed);
    const EdgeSplit split = split_edges(context, path, {.validation = 0.2, .test = 0.2});
    REQUIRE(disjoint(pairs_of(split.training.view()), pairs_of(split.test)));
    REQUIRE(split.training.view().edge_count() == 3);
    check_edge_split(context, split, path);
  }
  RunContext context;
  EdgeSplit split = split_edges(context, path, {.validation = 0.2, .test = 0.2});
  split.training = with_edges(split, split.test);
  CHECK(complaint(split).ends_with("is in the training graph and in the test edges"));
}

TEST_CASE("PyG 10590: without a validation part the test edges still leave the training graph") {
  const Graph graph = random_graph(80, 400, false, 1);
  const std::size_t pairs = pairs_of(graph.view()).size();
  for (int round = 0; round < rounds; ++round) {
    RunContext context;
    EdgeSplit split = split_edges(context, graph, {.validation = 0, .test = 0.2, .round = round});
    CHECK(split.validation.empty());
    CHECK(split.validation_negatives.empty());
    CHECK(split.test.size() == rounded(0.2, pairs));
    CHECK(disjoint(pairs_of(split.training.view()), pairs_of(split.test)));
    check_edge_split(context, split, graph);
    // What the report found: training and test on one and the same graph.
    split.training = with_edges(split, split.test);
    CHECK(complaint(split).ends_with("is in the training graph and in the test edges"));
  }
}

TEST_CASE("PyG 7281 and 9425: the reverse of a held-out edge is held out with it") {
  for (int round = 0; round < rounds; ++round) {
    const Graph graph = two_way_graph(60, 300, static_cast<std::uint64_t>(round));
    RunContext context;
    EdgeSplit split = split_edges(context, graph, {.round = round});
    CHECK(disjoint(pairs_of(split.training.view()), pairs_of(split.validation)));
    CHECK(disjoint(pairs_of(split.training.view()), pairs_of(split.test)));
    check_edge_split(context, split, graph);
    const Edge held_out = split.test.front();
    split.training = with_edges(split, {{held_out.target, held_out.source}});
    CHECK(complaint(split).ends_with("is in the training graph and in the test edges"));
  }
}

TEST_CASE("PyG 3668: parts have the sizes that their shares ask for, to the edge") {
  for (const double share : {0.05, 0.1, 0.25}) {
    const Graph graph = random_graph(120, 1000, false, 7);
    const std::size_t pairs = pairs_of(graph.view()).size();
    RunContext context;
    EdgeSplit split = split_edges(context, graph, {.validation = share, .test = 2 * share});
    CHECK(split.validation.size() == rounded(share, pairs));
    CHECK(split.test.size() == rounded(2 * share, pairs));
    CHECK(pairs_of(split.training.view()).size() + split.validation.size() + split.test.size() == pairs);
    CHECK(split.validation_negatives.size() == split.validation.size());
    CHECK(split.test_negatives.size() == split.test.size());
    // An edge that gets lost is missed.
    split.validation.pop_back();
    CHECK_THROWS_AS(check_edge_split(context, split, graph), InvalidData);
  }
}

TEST_CASE("PyG 10706 and 10707: a negative (a, b) of one part is not (b, a) in the other") {
  // The report's graph: four nodes in a row, of which three pairs have no edge; here with room for two parts.
  for (const bool directed : {false, true}) {
    const Graph row = graph_of(5, {edge(0, 1), edge(1, 2), edge(2, 3), edge(3, 4)}, directed);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      RunContext context = with_threads(1, seed);
      EdgeSplit split = split_edges(context, row, {.validation = 0.4, .test = 0.25});
      REQUIRE(split.validation_negatives.size() == 2);
      REQUIRE(disjoint(pairs_of(split.validation_negatives), pairs_of(split.test_negatives)));
      for (const auto* part : {&split.validation_negatives, &split.test_negatives}) {
        for (const Edge& pair : *part) REQUIRE(pair.source < pair.target);
      }
      const Edge twin = split.validation_negatives.front();
      split.test_negatives.front() = {twin.target, twin.source};
      REQUIRE(complaint(split).ends_with("of the test negatives has the larger node first"));
      split.test_negatives.front() = twin;
      REQUIRE(complaint(split).ends_with("is in the validation negatives and in the test negatives"));
    }
  }
}

TEST_CASE("PyG 6946: negatives to learn from do not tell which pairs are held out") {
  const Graph graph = random_graph(40, 250, false, 3);
  RunContext context;
  const EdgeSplit split = split_edges(context, graph, {.test = 0.2, .negatives = NegativeSampler::none});
  const std::size_t free = 40 * 39 / 2 - pairs_of(split.training.view()).size();
  const Pairs held_out = pairs_of(split.test);
  // Who draws all of them has every pair that the training graph leaves, the held-out ones among the others.
  const Pairs all = pairs_of(training_negatives(context, split.training, free));
  CHECK(std::ranges::includes(all, held_out));
  // The leak that was reported is there for who asks for it: what is never drawn is held out.
  std::vector<Edge> avoid = split.test;
  avoid.insert(avoid.end(), split.validation.begin(), split.validation.end());
  const Pairs clean = pairs_of(training_negatives(context, split.training, free - avoid.size(), {}, avoid));
  CHECK(disjoint(clean, held_out));
  CHECK_THROWS_AS(training_negatives(context, split.training, free - avoid.size() + 1, {}, avoid), InvalidData);
}

TEST_CASE("PyG 1121 and 2475: negatives of training may be held-out edges, negatives of the test are never any edge") {
  const Graph graph = random_graph(40, 250, false, 4);
  int held_out_drawn = 0;
  for (int round = 0; round < rounds; ++round) {
    RunContext context;
    EdgeSplit split = split_edges(context, graph, {.test = 0.2, .round = round});
    CHECK(disjoint(pairs_of(split.test_negatives), pairs_of(graph.view())));
    CHECK(disjoint(pairs_of(split.validation_negatives), pairs_of(graph.view())));
    const auto drawn = pairs_of(training_negatives(context, split.training, 100, {.round = round}));
    CHECK(disjoint(drawn, pairs_of(split.training.view())));
    held_out_drawn += disjoint(drawn, pairs_of(split.test)) ? 0 : 1;
    split.test_negatives.front() = split.validation.front();
    CHECK(complaint(split).ends_with("is in the validation edges and in the test negatives"));
  }
  CHECK(held_out_drawn > rounds / 2);
}

TEST_CASE("DGL 2944: no edge that is to be predicted carries messages, in either direction") {
  for (const bool directed : {false, true}) {
    const Graph graph = directed ? two_way_graph(50, 250, 9) : random_graph(50, 250, false, 9);
    RunContext context;
    const EdgeSplit split = split_edges(context, graph, {});
    const CsrView out = split.training.view().out();
    for (const auto* part : {&split.validation, &split.test, &split.validation_negatives, &split.test_negatives}) {
      for (const auto& [u, v] : *part) {
        CHECK_FALSE(std::ranges::binary_search(out.row_targets(index(u)), v));
        CHECK_FALSE(std::ranges::binary_search(out.row_targets(index(v)), u));
      }
    }
  }
}

TEST_CASE("DGL 5698: a node of one edge is judged without that edge, and keeps its place in the training graph") {
  // A star: whoever is held out has no other edge.
  std::vector<Edge> spokes;
  for (std::size_t leaf = 1; leaf < 40; ++leaf) spokes.push_back(edge(0, leaf));
  RunContext context;
  const Graph star = graph_of(40, spokes);
  EdgeSplit split = split_edges(context, star, {});
  const GraphView training = split.training.view();
  CHECK(training.node_count() == 40);
  for (const auto* part : {&split.validation, &split.test}) {
    for (const Edge& pair : *part) CHECK(training.out_degree(pair.target) == 0);
  }
  split.training = with_edges(split, {split.test.front()});
  CHECK(complaint(split).ends_with("is in the training graph and in the test edges"));
}

TEST_CASE("DGL 4072: the graph that messages go over is one, whichever part is judged") {
  const Graph graph = random_graph(60, 300, false, 11);
  RunContext context;
  EdgeSplit split = split_edges(context, graph, {});
  // It holds neither part, so it serves both; a graph that has validation edges is found out by the same check.
  CHECK(disjoint(pairs_of(split.training.view()), pairs_of(split.validation)));
  CHECK(disjoint(pairs_of(split.training.view()), pairs_of(split.test)));
  split.training = with_edges(split, split.validation);
  CHECK(complaint(split).ends_with("is in the training graph and in the validation edges"));
}

TEST_CASE(
    "SEAL_OGB 25: a split with validation edges as input has another hash, so its numbers are not taken for others") {
  const Graph graph = random_graph(60, 300, false, 12);
  RunContext context;
  EdgeSplit split = split_edges(context, graph, {});
  const std::uint64_t hash = hash_of(split);
  split.training = with_edges(split, split.validation);
  CHECK(hash_of(split) != hash);
  // Who means it drops the validation part, and then nothing leaks.
  split.validation.clear();
  split.validation_negatives.clear();
  CHECK(complaint(split) == "no complaint");
  CHECK(hash_of(split) != hash);
}

TEST_CASE("HeaRT 8: a split needs no download: the graph, the seed and the round make it again") {
  const Graph graph = random_graph(200, 900, false, 13);
  std::set<std::uint64_t> hashes;
  for (int round = 0; round < rounds; ++round) {
    for (const int threads : {1, 2}) {
      RunContext context = with_threads(threads);
      hashes.insert(hash_of(split_edges(context, graph, {.validation = 0.05, .round = round})));
    }
  }
  CHECK(hashes.size() == rounds);
}
