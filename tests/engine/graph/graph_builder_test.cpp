#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

namespace {

using Entries = std::map<std::pair<std::size_t, std::size_t>, float>;

Entries entries_of(const CsrView& a) {
  Entries entries;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      entries[{row, index(a.targets[e])}] = a.weighted() ? a.weights[e] : 1.0F;
    }
  }
  return entries;
}

struct TwinResult {
  Entries entries;
  std::uint64_t loops = 0;
  std::uint64_t duplicates = 0;
};

/// The slow, obviously right builder: a map from pairs to all their weights.
TwinResult build_twin(const std::vector<Edge>& edges, const std::vector<float>& weights, const BuildOptions& options) {
  std::map<std::pair<std::size_t, std::size_t>, std::vector<float>> given;
  TwinResult result;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    std::size_t u = index(edges[e].source);
    std::size_t v = index(edges[e].target);
    if (u == v && options.self_loops == SelfLoops::drop) {
      ++result.loops;
      continue;
    }
    if (!options.directed && u > v) std::swap(u, v);
    given[{u, v}].push_back(weights.empty() ? 1.0F : weights[e]);
  }
  for (auto& [pair, all] : given) {
    result.duplicates += all.size() - 1;
    std::sort(all.begin(), all.end());
    float weight = 1;
    if (!weights.empty()) {
      weight = options.duplicates == Duplicates::max ? all.back()
               : options.duplicates == Duplicates::min
                   ? all.front()
                   : static_cast<float>(std::accumulate(all.begin(), all.end(), 0.0));
    }
    result.entries[pair] = weight;
    if (!options.directed) result.entries[{pair.second, pair.first}] = weight;
  }
  return result;
}

BuiltGraph build(const std::vector<Edge>& edges, const std::vector<float>& weights, std::size_t nodes,
                 const BuildOptions& options, int threads = 2) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  return build_graph(context, test::to_array(edges), test::to_array(weights), NodeIndex::range(nodes), options);
}

bool same(const Graph& a, const Graph& b) {
  return std::ranges::equal(a.view().out().offsets, b.view().out().offsets) &&
         std::ranges::equal(a.view().out().targets, b.view().out().targets) &&
         std::ranges::equal(a.view().out().weights, b.view().out().weights);
}

}  // namespace

TEST_CASE("a built graph equals the one that a map builds, under every policy") {
  CHECK(rc::check([] {
    const auto nodes = *rc::gen::inRange<std::size_t>(1, 60);
    const auto count = *rc::gen::inRange<std::size_t>(0, 300);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const bool weighted = *rc::gen::arbitrary<bool>();
    BuildOptions options;
    options.directed = *rc::gen::arbitrary<bool>();
    options.self_loops = *rc::gen::element(SelfLoops::drop, SelfLoops::keep);
    options.duplicates = *rc::gen::element(Duplicates::sum, Duplicates::max, Duplicates::min);
    const std::vector<Edge> edges = test::random_edges(nodes, count, seed);
    std::vector<float> weights;
    for (std::size_t e = 0; weighted && e < count; ++e) weights.push_back(static_cast<float>((e * 7919) % 13) * 0.3F);
    const BuiltGraph built = build(edges, weights, nodes, options);
    const TwinResult twin = build_twin(edges, weights, options);
    RC_ASSERT(entries_of(built.graph.view().out()) == twin.entries);
    RC_ASSERT(built.report.self_loops_dropped == twin.loops);
    RC_ASSERT(built.report.duplicates_merged == twin.duplicates);
    RC_ASSERT(built.report.edges_given == count);
    std::set<std::size_t> touched;
    for (const auto& [pair, weight] : twin.entries) touched.insert({pair.first, pair.second});
    RC_ASSERT(built.report.isolated_nodes == nodes - touched.size());
    // And it passes the check that every graph of unknown origin has to pass.
    RunContext context;
    const CsrView out = built.graph.view().out();
    Csr copy{nodes, test::to_array(std::vector(out.offsets.begin(), out.offsets.end())),
             test::to_array(std::vector(out.targets.begin(), out.targets.end())),
             test::to_array(std::vector(out.weights.begin(), out.weights.end()))};
    const Graph checked(context, std::move(copy), NodeIndex::range(nodes), options.directed);
    RC_ASSERT(checked.view().edge_count() == built.graph.view().edge_count());
  }));
}

TEST_CASE("a large graph, of many buckets, equals the one that a map builds and does not depend on threads or order") {
  const std::size_t nodes = 70'000;
  std::vector<Edge> edges = test::random_edges(nodes, 400'000, 5);
  for (std::size_t e = 0; e < 150'000; ++e) edges[e].source = node_id(e % 3);  // hubs
  std::vector<float> weights(edges.size());
  for (std::size_t e = 0; e < edges.size(); ++e) weights[e] = static_cast<float>(e % 1001) / 7;
  const BuiltGraph one = build(edges, weights, nodes, {}, 1);
  const TwinResult twin = build_twin(edges, weights, {});
  CHECK(entries_of(one.graph.view().out()) == twin.entries);
  for (const int threads : {2, 3, 8}) CHECK(same(one.graph, build(edges, weights, nodes, {}, threads).graph));
  std::reverse(edges.begin(), edges.end());
  std::reverse(weights.begin(), weights.end());
  CHECK(same(one.graph, build(edges, weights, nodes, {}).graph));
}

TEST_CASE("edges that come in order, which saves sorting them, give the same graph as any other order") {
  const std::size_t nodes = 3'000;
  for (const bool directed : {false, true}) {
    BuildOptions options;
    options.directed = directed;
    options.self_loops = SelfLoops::keep;
    std::vector<Edge> edges = test::random_edges(nodes, 200'000, 7);
    const BuiltGraph any_order = build(edges, {}, nodes, options);
    for (Edge& edge : edges) {
      if (!directed && edge.target < edge.source) std::swap(edge.source, edge.target);
    }
    std::ranges::sort(edges, {}, [](const Edge& edge) { return std::pair(edge.source, edge.target); });
    CHECK(same(any_order.graph, build(edges, {}, nodes, options).graph));
    std::swap(edges[70'000], edges[70'001]);  // almost in order
    CHECK(same(any_order.graph, build(edges, {}, nodes, options).graph));
  }
}

TEST_CASE("few edges among many nodes, whose keys need more than 32 bits, give the graph that a map builds") {
  const std::size_t nodes = std::size_t{1} << 23;
  const std::vector<Edge> edges = test::random_edges(nodes, 5'000, 6);
  std::vector<float> weights(edges.size());
  for (std::size_t e = 0; e < edges.size(); ++e) weights[e] = static_cast<float>(e % 10);
  const BuiltGraph plain = build(edges, {}, nodes, {});
  CHECK(entries_of(plain.graph.view().out()) == build_twin(edges, {}, {}).entries);
  const BuiltGraph weighted = build(edges, weights, nodes, {});
  CHECK(entries_of(weighted.graph.view().out()) == build_twin(edges, weights, {}).entries);
}

TEST_CASE("edges that a policy or a weight forbids are refused by name") {
  RunContext context;
  const auto built = [&](const std::vector<std::pair<std::string, std::string>>& edges, float weight,
                         BuildOptions options) {
    GraphBuilder builder(options);
    for (const auto& [source, target] : edges) builder.add_edge(source, target, weight);
    return builder.build(context);
  };
  BuildOptions no_loops;
  no_loops.self_loops = SelfLoops::refuse;
  CHECK_THROWS_WITH_AS(built({{"a", "b"}, {"c", "c"}}, 1, no_loops),
                       "edge 2 goes from node c to itself; use self-loops drop or keep to allow that", InvalidData);
  BuildOptions no_repeats;
  no_repeats.duplicates = Duplicates::refuse;
  CHECK_THROWS_WITH_AS(built({{"a", "b"}, {"b", "a"}}, 1, no_repeats),
                       "the edge between a and b is given more than once; use duplicates sum, max or min to allow that",
                       InvalidData);
  no_repeats.directed = true;
  const BuiltGraph both_ways = built({{"a", "b"}, {"b", "a"}}, 1, no_repeats);
  CHECK(both_ways.graph.view().edge_count() == 2);
  CHECK_THROWS_WITH_AS(built({{"a", "b"}}, -1, {}), "edge 1 (a - b) has weight -1; weights are finite and not negative",
                       InvalidData);
  CHECK_THROWS_AS(built({{"a", "b"}}, std::numeric_limits<float>::quiet_NaN(), {}), InvalidData);
  CHECK_THROWS_AS(built({{"a", "b"}}, std::numeric_limits<float>::infinity(), {}), InvalidData);
}

TEST_CASE("a graph refuses arrays that are not one") {
  RunContext context;
  const auto make = [&](std::vector<std::size_t> offsets, std::vector<std::size_t> targets, std::vector<float> weights,
                        std::size_t nodes, bool directed) {
    std::vector<EdgeOffset> o;
    for (const std::size_t offset : offsets) o.push_back(edge_offset(offset));
    std::vector<NodeId> t;
    for (const std::size_t target : targets) t.push_back(node_id(target));
    Csr csr{nodes, test::to_array(o), test::to_array(t), test::to_array(weights)};
    return Graph(context, std::move(csr), NodeIndex::range(nodes), directed);
  };
  const Graph pair = make({0, 1, 2}, {1, 0}, {}, 2, false);
  CHECK(pair.view().edge_count() == 1);
  const Graph with_loop = make({0, 2, 3}, {0, 1, 0}, {}, 2, false);
  CHECK(with_loop.view().edge_count() == 2);                                  // a self-loop stands once
  CHECK_THROWS_AS(make({0, 1}, {1, 0}, {}, 2, false), InvalidData);           // too few offsets
  CHECK_THROWS_AS(make({1, 1, 2}, {1, 0}, {}, 2, false), InvalidData);        // does not begin at 0
  CHECK_THROWS_AS(make({0, 3, 2}, {1, 0}, {}, 2, false), InvalidData);        // falls
  CHECK_THROWS_AS(make({0, 1, 3}, {1, 0}, {}, 2, false), InvalidData);        // ends past the targets
  CHECK_THROWS_AS(make({0, 1, 2}, {1, 2}, {}, 2, true), InvalidData);         // a node that does not exist
  CHECK_THROWS_AS(make({0, 2, 2}, {1, 0}, {}, 2, true), InvalidData);         // not in order
  CHECK_THROWS_AS(make({0, 2, 2}, {1, 1}, {}, 2, true), InvalidData);         // twice
  CHECK_THROWS_AS(make({0, 1, 1}, {1}, {}, 2, false), InvalidData);           // one way only
  CHECK_THROWS_AS(make({0, 1, 2}, {1, 0}, {1, 2}, 2, false), InvalidData);    // two weights
  CHECK_THROWS_AS(make({0, 1, 2}, {1, 0}, {-1, -1}, 2, false), InvalidData);  // negative
  CHECK_THROWS_AS(make({0, 1, 2}, {1, 0}, {1}, 2, false), InvalidData);       // too few weights
}

TEST_CASE("the transpose of a directed graph is made once and turns every edge round") {
  BuildOptions directed;
  directed.directed = true;
  const std::vector<Edge> edges = test::random_edges(50, 200, 3);
  const BuiltGraph built = build(edges, {}, 50, directed);
  RunContext context;
  const CsrView in = built.graph.view().in(context);
  Entries flipped;
  for (const auto& [pair, weight] : entries_of(built.graph.view().out())) flipped[{pair.second, pair.first}] = weight;
  CHECK(entries_of(in) == flipped);
  CHECK(built.graph.view().in(context).targets.data() == in.targets.data());
  const BuiltGraph undirected = build(edges, {}, 50, {});
  CHECK(undirected.graph.view().in(context).targets.data() == undirected.graph.view().out().targets.data());
}

TEST_CASE("an undirected matrix is one if every entry has its twin, whatever is taken away") {
  CHECK(rc::check([] {
    RunSettings settings;
    settings.threads = *rc::gen::inRange(1, 4);
    RunContext context(settings);
    const auto n = *rc::gen::inRange<std::size_t>(2, 40);
    const std::vector<Edge> edges = test::random_edges(n, 2 * n, *rc::gen::arbitrary<std::uint64_t>());
    const Graph graph = build_graph(context, test::to_array(edges), {}, NodeIndex::range(n), {}).graph;
    const CsrView a = graph.view().out();
    if (a.nonzero_count() == 0) return;
    Csr whole{n, Array<EdgeOffset>(n + 1), Array<NodeId>(a.nonzero_count()), {}};
    std::ranges::copy(a.offsets, whole.offsets.begin());
    std::ranges::copy(a.targets, whole.targets.begin());
    const auto gone = *rc::gen::inRange<std::size_t>(0, a.nonzero_count());
    Csr less{n, whole.offsets.copy(), Array<NodeId>(a.nonzero_count() - 1), {}};
    for (std::size_t e = 0; e < a.nonzero_count(); ++e) {
      if (e != gone) less.targets[e - (e > gone ? 1 : 0)] = a.targets[e];
    }
    for (std::size_t row = 0; row <= n; ++row) {
      if (index(a.offsets[row]) > gone) less.offsets[row] = edge_offset(index(a.offsets[row]) - 1);
    }
    Graph(context, std::move(whole), NodeIndex::range(n), false);
    try {
      Graph(context, std::move(less), NodeIndex::range(n), false);
    } catch (const InvalidData& error) {
      RC_ASSERT(std::string(error.what()).find("not the other way round") != std::string::npos);
      return;
    }
    RC_FAIL("a matrix without one half of an edge is taken for undirected");
  }));
}
