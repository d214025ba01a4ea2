#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/split_nodes.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/renumber.hpp>
#include <adjoin/engine/graph/summary.hpp>

#include "split_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

EdgeSplit split_of(GraphView graph, SplitShares shares, int threads = 2, std::uint64_t seed = 42) {
  RunSettings settings;
  settings.threads = threads;
  settings.seed = seed;
  RunContext context(settings);
  return split_edges(context, graph, {.validation = shares.validation, .test = shares.test});
}

}  // namespace

TEST_CASE("a split of edges keeps its invariants for drawn graphs") {
  CHECK(rc::check([] {
    const auto nodes = *rc::gen::inRange<std::size_t>(20, 60);
    const auto edges = *rc::gen::inRange<std::size_t>(20, 900);  // up to graphs with few pairs without an edge
    const bool directed = *rc::gen::arbitrary<bool>();
    const Graph graph = random_graph(nodes, edges, directed, *rc::gen::arbitrary<std::uint64_t>());
    const Pairs all = pairs_of(graph.view());
    const SplitShares shares{0.1, 0.2};
    const auto validation_count = static_cast<std::size_t>(std::llround(0.1 * static_cast<double>(all.size())));
    const auto test_count = static_cast<std::size_t>(std::llround(0.2 * static_cast<double>(all.size())));
    if (nodes * (nodes - 1) / 2 - all.size() < validation_count + test_count) {
      RC_ASSERT_THROWS_AS(split_of(graph, shares), InvalidData);
      return;
    }
    const EdgeSplit split = split_of(graph, shares);
    const Pairs validation = pairs_of(split.validation);
    const Pairs test = pairs_of(split.test);
    RC_ASSERT(validation.size() == validation_count);
    RC_ASSERT(test.size() == test_count);
    // Training, validation and test together are the graph, and no pair is in two of them, in either direction.
    Pairs together = pairs_of(split.training.view());
    const std::size_t training = together.size();
    together.insert(validation.begin(), validation.end());
    together.insert(test.begin(), test.end());
    RC_ASSERT(together == all);
    RC_ASSERT(training + validation_count + test_count == all.size());
    // Negatives have no edge, and are distinct between and within parts.
    Pairs negatives = pairs_of(split.validation_negatives);
    const Pairs test_negatives = pairs_of(split.test_negatives);
    negatives.insert(test_negatives.begin(), test_negatives.end());
    RC_ASSERT(split.validation_negatives.size() == validation_count);
    RC_ASSERT(split.test_negatives.size() == test_count);
    RC_ASSERT(negatives.size() == validation_count + test_count);
    for (const auto& pair : negatives)
      RC_ASSERT(pair.first < pair.second && pair.second < nodes && !all.contains(pair));
  }));
}

TEST_CASE("the training graph keeps nodes, self-loops, weights and names") {
  RunContext context;
  GraphBuilder builder({.self_loops = SelfLoops::keep});
  for (int i = 0; i < 20; ++i) {
    const std::string name = "n" + std::to_string(i);
    builder.add_edge(name, name, 0.5F);
    builder.add_edge(name, "n" + std::to_string((i + 1) % 20), static_cast<float>(i + 1));
  }
  const Graph graph = builder.build(context).graph;
  const EdgeSplit split = split_of(graph, {0.2, 0.2});
  const GraphView training = split.training.view();
  CHECK(training.node_count() == 20);
  CHECK(training.edge_count() == 20 + 12);
  CHECK(training.nodes().name(node_id(3)) == graph.view().nodes().name(node_id(3)));
  const CsrView before = graph.view().out();
  const CsrView after = training.out();
  for (std::size_t u = 0; u < 20; ++u) {
    for (std::size_t e = after.row_begin(u); e < after.row_end(u); ++e) {
      const auto row = before.row_targets(u);
      const auto at = static_cast<std::size_t>(std::ranges::find(row, after.targets[e]) - row.begin());
      REQUIRE(at < row.size());
      CHECK(before.row_weights(u)[at] == after.weights[e]);
    }
  }
}

TEST_CASE("a split is the same for 1, 2, 3 and 8 threads and another for another seed") {
  const Graph graph = random_graph(3000, 40'000, false, 1);
  const EdgeSplit first = split_of(graph, {0.1, 0.1}, 1);
  for (const int threads : {2, 3, 8}) {
    const EdgeSplit split = split_of(graph, {0.1, 0.1}, threads);
    CHECK(pairs_of(split.test) == pairs_of(first.test));
    CHECK(pairs_of(split.validation) == pairs_of(first.validation));
    CHECK(pairs_of(split.test_negatives) == pairs_of(first.test_negatives));
  }
  CHECK(pairs_of(split_of(graph, {0.1, 0.1}, 2, 43).test) != pairs_of(first.test));
}

TEST_CASE("the numbering of nodes moves no node and no edge to another part") {
  RunContext context;
  Dataset data;
  data.graph = random_graph(200, 900, false, 2);
  data.nodes = data.graph->view().shared_nodes();
  const EdgeSplit before = split_of(*data.graph, {0.2, 0.3});
  std::vector<NodeId> all;
  for (std::size_t i = 0; i < 200; ++i) all.push_back(node_id(i));
  const NodeSplit nodes_before = split_nodes(context, *data.nodes, all, {0.2, 0.3});
  const auto name_pairs = [](const std::vector<Edge>& edges, const NodeIndex& names) {
    std::set<std::set<std::string>> pairs;
    for (const Edge& edge : edges) pairs.insert({names.name(edge.source), names.name(edge.target)});
    return pairs;
  };
  const auto names_of = [](const std::vector<NodeId>& nodes, const NodeIndex& names) {
    std::set<std::string> result;
    for (const NodeId node : nodes) result.insert(names.name(node));
    return result;
  };
  const auto test_before = name_pairs(before.test, *data.nodes);
  const auto test_nodes_before = names_of(nodes_before.test, *data.nodes);
  const Dataset other = in_order(context, std::move(data), NodeOrder::degree);
  CHECK(name_pairs(split_of(*other.graph, {0.2, 0.3}).test, *other.nodes) == test_before);
  const NodeSplit nodes = split_nodes(context, *other.nodes, all, {0.2, 0.3});
  CHECK(names_of(nodes.test, *other.nodes) == test_nodes_before);
  CHECK(nodes.validation.size() == 40);
  CHECK(nodes.test.size() == 60);
  std::set<NodeId> together(nodes.training.begin(), nodes.training.end());
  together.insert(nodes.validation.begin(), nodes.validation.end());
  together.insert(nodes.test.begin(), nodes.test.end());
  CHECK(together.size() == 200);
  CHECK(split_nodes(context, *other.nodes, all, {0.2, 0.3}, 1).test != nodes.test);
}

TEST_CASE("as many nodes of each class train as are asked for, and parts keep their shares") {
  RunContext context;
  constexpr std::size_t nodes = 90;
  std::vector<EdgeOffset> offsets{edge_offset(0)};
  std::vector<NodeId> targets;
  for (std::size_t v = 0; v < nodes; ++v) {
    if (v % 9 != 8) targets.push_back(node_id(v % 9 % 3));  // every ninth has no label
    offsets.push_back(edge_offset(targets.size()));
  }
  const Csr labels{3, to_array(offsets), to_array(targets), {}};
  const NodeIndex names = NodeIndex::range(nodes);
  const auto split = [&](std::size_t per_class, SplitShares shares, std::uint32_t round = 0) {
    return split_nodes_per_class(context, names, labels.view(), per_class, shares, round);
  };
  const NodeSplit parts = split(4, {0.25, 0.5});
  CHECK(parts.validation.size() == 20);  // of 80
  CHECK(parts.test.size() == 40);
  std::vector<std::size_t> of_class(3, 0);
  for (const NodeId node : parts.training) ++of_class[index(node) % 9 % 3];
  CHECK(of_class == std::vector<std::size_t>{4, 4, 4});
  std::set<NodeId> together;
  for (const auto* const part : {&parts.training, &parts.validation, &parts.test}) {
    CHECK(std::ranges::is_sorted(*part));
    together.insert(part->begin(), part->end());
  }
  CHECK(together.size() == 72);
  CHECK(std::ranges::none_of(together, [](NodeId node) { return index(node) % 9 == 8; }));
  const NodeSplit fewer = split(2, {0.25, 0.5});
  CHECK(std::ranges::includes(parts.training, fewer.training));
  CHECK(split(4, {0.25, 0.5}, 1).training != parts.training);
  CHECK_THROWS_WITH_AS(split(27, {0, 0}),
                       "class 3 has 20 nodes, fewer than the 27 to train on; ask for fewer of each class", InvalidData);
  CHECK_THROWS_AS(split(10, {0.5, 0.4}), InvalidOption);
  const Csr both{2,
                 to_array(std::vector<EdgeOffset>{edge_offset(0), edge_offset(2)}),
                 to_array(std::vector<NodeId>{NodeId{0}, NodeId{1}}),
                 {}};
  CHECK_THROWS_WITH_AS(split_nodes_per_class(context, NodeIndex::range(1), both.view(), 1, {0, 0}),
                       "node '0' has 2 labels; parts with as many nodes of each class need one label a node",
                       InvalidData);
}

TEST_CASE("splits that make no sense are refused in a sentence") {
  const Graph graph = random_graph(30, 60, false, 3);
  CHECK_THROWS_WITH_AS(split_of(graph, {-0.1, 0}), "validation = -0.1 is outside 0 to 1", InvalidOption);
  CHECK_THROWS_WITH_AS(split_of(graph, {0.5, 0.5}),
                       "the shares 0.5 and 0.5 of validation and test leave nothing to train on", InvalidOption);
  const Graph empty = random_graph(3, 0, false, 1);
  CHECK_THROWS_WITH_AS(
      split_of(empty, {0.1, 0.1}),
      "the graph is too small to split: of 0 pairs of nodes joined by an edge none is left for validation",
      InvalidData);
  BuildOptions options;
  RunContext context;
  std::vector<Edge> complete;
  for (std::size_t u = 0; u < 10; ++u) {
    for (std::size_t v = u + 1; v < 10; ++v) complete.push_back({node_id(u), node_id(v)});
  }
  const Graph full = build_graph(context, test::to_array(complete), {}, NodeIndex::range(10), options).graph;
  CHECK_THROWS_WITH_AS(split_of(full, {0.1, 0.1}),
                       "the graph has only 0 pairs of nodes without an edge, and 10 are wanted as negatives",
                       InvalidData);
}

TEST_CASE("a split over its memory budget is refused before it begins, and more held out needs more") {
  const Graph graph = random_graph(5000, 200'000, false, 4);
  RunSettings settings;
  settings.memory_budget = 1 << 20;
  RunContext context(settings);
  CHECK_THROWS_AS(split_edges(context, graph, {}), BudgetExceeded);
  const std::uint64_t edges = graph.view().edge_count();
  CHECK(estimate_edge_split_memory(graph, {}) > edges * 2 * sizeof(Edge));
  CHECK(estimate_edge_split_memory(graph, {}) < estimate_edge_split_memory(graph, {.validation = 0.3, .test = 0.3}));
}

TEST_CASE("a training graph kept connected has the components of the whole graph") {
  CHECK(rc::check([](std::uint64_t seed, bool directed) {
    const std::size_t nodes = 20 + seed % 60;
    const Graph graph = random_graph(nodes, nodes * 3, directed, seed);
    RunContext context;
    const EdgeSplitOptions options{.keep_connected = true, .round = static_cast<int>(seed % 3)};
    const EdgeSplit split = split_edges(context, graph, options);
    RC_ASSERT(summarize(context, split.training).components == summarize(context, graph).components);
    RC_ASSERT(split.test.size() == split_edges(context, graph, {.round = static_cast<int>(seed % 3)}).test.size());
    check_edge_split(split);
  }));
  // A tree has no edge to spare.
  RunContext context;
  GraphBuilder builder;
  for (int i = 1; i < 20; ++i) builder.add_edge(std::to_string(i), std::to_string(i / 2));
  const Graph tree = builder.build(context).graph;
  CHECK_THROWS_WITH_AS(split_edges(context, tree, {.keep_connected = true}),
                       "19 of 19 pairs of nodes joined by an edge keep the graph connected, which leaves 0 to hold out "
                       "where 4 are wanted; lower the shares or leave keep-connected out",
                       InvalidData);
}

TEST_CASE("rounds are independent splits, and a split's hash tells them apart and nothing else") {
  const Graph graph = random_graph(300, 2000, false, 8);
  std::set<std::uint64_t> hashes;
  for (int round = 0; round < 4; ++round) {
    for (const int threads : {1, 3}) {
      RunSettings settings;
      settings.threads = threads;
      RunContext context(settings);
      hashes.insert(hash_of(split_edges(context, graph, {.round = round})));
    }
  }
  CHECK(hashes.size() == 4);
  // The same names with other ids have the same hash, if the negatives, which are drawn by ids, are.
  RunContext context;
  const EdgeSplit split = split_edges(context, graph, {});
  CHECK(hashes.contains(hash_of(split)));
  Dataset data;
  data.graph = random_graph(300, 2000, false, 8);
  data.nodes = data.graph->view().shared_nodes();
  const Dataset other = in_order(context, std::move(data), NodeOrder::degree);
  EdgeSplit again = split_edges(context, *other.graph, {});
  const auto renamed = [&](const std::vector<Edge>& pairs) {
    std::vector<Edge> result;
    for (const Edge& pair : pairs) {
      const NodeId a = *other.nodes->find(graph.view().nodes().name(pair.source));
      const NodeId b = *other.nodes->find(graph.view().nodes().name(pair.target));
      result.push_back({b, a});
    }
    return result;
  };
  again.validation_negatives = renamed(split.validation_negatives);
  again.test_negatives = renamed(split.test_negatives);
  CHECK(hash_of(again) == hash_of(split));
  again.test_negatives.pop_back();
  CHECK(hash_of(again) != hash_of(split));
}

TEST_CASE("every leak of a split is found") {
  const Graph graph = random_graph(60, 300, true, 12);
  RunContext context;
  const auto split = [&] { return split_edges(context, graph, {}); };
  check_edge_split(split());
  const auto faulty = [&](auto&& spoil, const std::string& message) {
    EdgeSplit spoiled = split();
    spoil(spoiled);
    try {
      check_edge_split(spoiled);
      FAIL_CHECK("no complaint where expected: " << message);
    } catch (const InvalidData& error) {
      CHECK_MESSAGE(std::string(error.what()).find(message) != std::string::npos, error.what());
    }
  };
  const auto an_edge = [](const EdgeSplit& of) {
    const CsrView a = of.training.view().out();
    for (std::size_t u = 0; u < a.row_count(); ++u) {
      for (const NodeId v : a.row_targets(u)) {
        if (index(v) > u) return Edge{node_id(u), v};
      }
    }
    return Edge{};
  };
  faulty([&](EdgeSplit& s) { s.test.push_back(an_edge(s)); }, "is in the training graph and in the test edges");
  faulty([&](EdgeSplit& s) { s.validation_negatives.push_back(an_edge(s)); },
         "is in the training graph and in the validation negatives");
  faulty([&](EdgeSplit& s) { s.test.push_back(s.validation.front()); },
         "is in the validation edges and in the test edges");
  faulty([&](EdgeSplit& s) { s.test_negatives.push_back(s.test.front()); },
         "is in the test edges and in the test negatives");
  faulty([&](EdgeSplit& s) { s.test_negatives.push_back(s.validation_negatives.front()); },
         "is in the validation negatives and in the test negatives");
  faulty([&](EdgeSplit& s) { s.test_negatives.push_back(s.test_negatives.front()); }, "is in the test negatives twice");
  faulty([&](EdgeSplit& s) { std::swap(s.test.front().source, s.test.front().target); }, "has the larger node first");
  faulty([&](EdgeSplit& s) { s.test.push_back({node_id(3), node_id(3)}); }, "is a node with itself");
  faulty([&](EdgeSplit& s) { s.test.push_back({node_id(3), node_id(60)}); },
         "names node 60 of a graph that has 60 nodes");
}

TEST_CASE("folds test each edge once, in parts of equal size, and their validation is none of the test") {
  CHECK(rc::check([](std::uint64_t seed, bool directed) {
    const Graph graph = random_graph(40, 120 + seed % 200, directed, seed);
    const Pairs all = pairs_of(graph.view());
    const int folds = 2 + static_cast<int>(seed % 6);
    Pairs tested;
    std::set<std::size_t> sizes;
    for (int fold = 0; fold < folds; ++fold) {
      RunContext context = with_threads(1 + fold % 2);
      const EdgeSplit split = split_edges(context, graph, {.validation = 0.1, .folds = folds, .fold = fold});
      check_edge_split(context, split, graph);
      const Pairs test = pairs_of(split.test);
      RC_ASSERT(disjoint(test, tested));
      tested.insert(test.begin(), test.end());
      sizes.insert(test.size());
      RC_ASSERT(split.validation.size() ==
                static_cast<std::size_t>(std::llround(0.1 * static_cast<double>(all.size()))));
    }
    RC_ASSERT(tested == all);
    RC_ASSERT(*sizes.rbegin() - *sizes.begin() <= 1);
  }));
}

TEST_CASE("folds that make no sense are refused in a sentence") {
  const Graph graph = random_graph(30, 100, false, 5);
  RunContext context;
  const auto refused = [&](const EdgeSplitOptions& options, const char* message) {
    CHECK_THROWS_WITH_AS(split_edges(context, graph, options), message, InvalidOption);
  };
  refused({.folds = 1}, "folds = 1 leaves nothing to train on; take 2 or more");
  refused({.folds = 5, .fold = 5}, "fold = 5 is not one of 5 folds, which are numbered from 0");
  refused({.fold = 2}, "fold = 2 needs folds to be one of");
  refused({.keep_connected = true, .folds = 5},
          "folds hold out each edge once, those too that keep-connected keeps; leave one of them out");
  refused({.validation = 0.5, .folds = 2}, "the shares 0.5 and 0.5 of validation and test leave nothing to train on");
  const Graph small = graph_of(4, {edge(0, 1), edge(1, 2)});
  CHECK_THROWS_WITH_AS(
      split_edges(context, small, {.validation = 0, .folds = 3, .fold = 0}),
      "the graph is too small to split: of 2 pairs of nodes joined by an edge none is left for the test", InvalidData);
}

TEST_CASE("splits have the hashes that they always had") {
  RunContext context;
  const Graph graph = random_graph(300, 2000, false, 8);
  CHECK(hash_of(split_edges(context, graph, {})) == 0xd46b425c9be56497ULL);
  const Graph dense = random_graph(12, 60, false, 8);
  CHECK(hash_of(split_edges(context, dense, {})) == 0x9f524b114f547bcbULL);  // its negatives are listed
}

TEST_CASE("a split is told from the whole graph that it is not of") {
  const Graph graph = random_graph(40, 150, true, 3);
  RunContext context;
  const auto complaint = [&](auto&& spoil) {
    EdgeSplit split = split_edges(context, graph, {});
    spoil(split);
    try {
      check_edge_split(context, split, graph);
      return std::string();
    } catch (const InvalidData& error) {
      return std::string(error.what());
    }
  };
  CHECK(complaint([](EdgeSplit&) {}).empty());
  CHECK(complaint([](EdgeSplit& s) { s.test.pop_back(); }).ends_with("has an edge and is in no part"));
  CHECK(complaint([](EdgeSplit& s) {
          s.test.push_back(s.test_negatives.back());
          s.test_negatives.pop_back();
        }).ends_with("of the test edges is no edge"));
  CHECK(complaint([](EdgeSplit& s) {
          s.test_negatives.push_back(s.test.back());
          s.test.pop_back();
        }).ends_with("of the test negatives is an edge"));
  CHECK(complaint([](EdgeSplit& s) { s.training = random_graph(41, 20, true, 3); }) != "");
}
