// Golden values: networkx.triangles of networkx 3.6.1.
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stop_token>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/graph/triangles.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"
#include "repository.hpp"

using namespace adjoin;

namespace {

Graph graph_of(std::size_t nodes, const std::vector<Edge>& edges, bool directed = false) {
  RunContext context;
  BuildOptions options;
  options.directed = directed;
  options.self_loops = SelfLoops::keep;
  return build_graph(context, test::to_array(edges), {}, NodeIndex::range(nodes), options).graph;
}

Graph karate_club() {
  std::ifstream file(test::repository() / "data/karate/edges.txt");
  std::vector<Edge> edges;
  std::string comment;
  std::getline(file, comment);
  for (std::size_t u = 0, v = 0; file >> u >> v;) edges.push_back({node_id(u - 1), node_id(v - 1)});
  REQUIRE(edges.size() == 78);
  return graph_of(34, edges);
}

Graph rmat(int scale) {
  RunContext context;
  RmatOptions options;
  options.scale = scale;
  return generate_rmat(context, options).graph;
}

Graph complete(std::size_t nodes) {
  std::vector<Edge> edges;
  for (std::size_t u = 0; u < nodes; ++u) {
    for (std::size_t v = 0; v < u; ++v) edges.push_back({node_id(u), node_id(v)});
  }
  return graph_of(nodes, edges);
}

/// Node v is joined to v + step for each of the steps, around a ring.
Graph circulant(std::size_t nodes, const std::vector<std::size_t>& steps) {
  std::vector<Edge> edges;
  for (std::size_t v = 0; v < nodes; ++v) {
    for (const std::size_t step : steps) edges.push_back({node_id(v), node_id((v + step) % nodes)});
  }
  return graph_of(nodes, edges);
}

std::uint64_t count_of(const Graph& graph, int threads = 0) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  return count_triangles(context, graph);
}

std::vector<std::uint64_t> of_nodes(const Graph& graph, int threads = 0) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  const Array<std::uint64_t> counts = triangles_of_nodes(context, graph);
  return {counts.begin(), counts.end()};
}

/// Every three nodes, by a table of who is joined to whom.
std::vector<std::uint64_t> slow_triangles(GraphView graph) {
  const std::size_t n = graph.node_count();
  std::vector<std::vector<bool>> joined(n, std::vector<bool>(n, false));
  for (std::size_t u = 0; u < n; ++u) {
    for (const NodeId v : graph.out().row_targets(u)) joined[u][index(v)] = true;
  }
  std::vector<std::uint64_t> counts(n, 0);
  for (std::size_t u = 0; u < n; ++u) {
    for (std::size_t v = u + 1; v < n; ++v) {
      for (std::size_t w = v + 1; w < n; ++w) {
        if (!joined[u][v] || !joined[v][w] || !joined[u][w]) continue;
        for (const std::size_t node : {u, v, w}) ++counts[node];
      }
    }
  }
  return counts;
}

std::uint64_t sum(const std::vector<std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

TEST_CASE("the karate club has networkx's triangles, at every node") {
  const Graph club = karate_club();
  CHECK(count_of(club) == 45);
  CHECK(of_nodes(club) == std::vector<std::uint64_t>{18, 12, 11, 10, 2, 3, 3, 6, 5, 0, 2, 0, 1, 6, 1, 1,  1,
                                                     1,  1,  1,  1,  1, 1, 4, 1, 1, 1, 1, 1, 4, 3, 3, 13, 15});
}

TEST_CASE("circulant graphs have networkx's triangles") {
  const Graph sparse = circulant(30, {1, 2, 3, 7});
  CHECK(count_of(sparse) == 90);
  CHECK(of_nodes(sparse) == std::vector<std::uint64_t>(30, 9));
  const Graph dense = circulant(101, {1, 4, 5, 6, 10, 20, 21});
  CHECK(count_of(dense) == 1010);
  CHECK(of_nodes(dense) == std::vector<std::uint64_t>(101, 30));
}

TEST_CASE("triangles of drawn graphs are those that trying every three nodes finds") {
  CHECK(rc::check([] {
    const auto nodes = *rc::gen::inRange<std::size_t>(1, 50);
    const auto count = *rc::gen::element<std::size_t>(0, 20, 100, 600, 2000);
    const Graph graph = graph_of(nodes, test::random_edges(nodes, count, *rc::gen::arbitrary<std::uint64_t>()));
    const std::vector<std::uint64_t> expected = slow_triangles(graph);
    RC_ASSERT(of_nodes(graph) == expected);
    RC_ASSERT(count_of(graph) == sum(expected) / 3);
  }));
}

TEST_CASE("a complete graph of n nodes has n over 3 triangles") {
  for (const std::uint64_t n : {1, 2, 3, 4, 9, 10, 17, 64, 200}) {
    const Graph graph = complete(n);
    CHECK(count_of(graph) == n * (n - 1) * (n - 2) / 6);
    CHECK(of_nodes(graph) == std::vector<std::uint64_t>(n, (n - 1) * (n - 2) / 2));
  }
}

TEST_CASE("stars, rings, self-loops and graphs without edges have no triangles") {
  std::vector<Edge> star;
  std::vector<Edge> ring;
  std::vector<Edge> loops;
  for (std::size_t v = 0; v < 100; ++v) {
    star.push_back({node_id(100), node_id(v)});
    ring.push_back({node_id(v), node_id((v + 1) % 100)});
    loops.push_back({node_id(v), node_id(v)});
  }
  star.push_back({node_id(100), node_id(100)});
  loops.push_back({node_id(0), node_id(1)});
  for (const std::vector<Edge>& edges : {star, ring, loops, {}}) {
    const Graph graph = graph_of(101, edges);
    CHECK(count_of(graph) == 0);
    CHECK(sum(of_nodes(graph)) == 0);
  }
  CHECK(count_of(graph_of(0, {})) == 0);
  CHECK(of_nodes(graph_of(0, {})).empty());
}

TEST_CASE("self-loops and weights change no triangle") {
  RunContext context;
  BuildOptions options;
  options.self_loops = SelfLoops::keep;
  const std::vector<Edge> edges{{node_id(0), node_id(1)}, {node_id(1), node_id(2)}, {node_id(2), node_id(0)},
                                {node_id(0), node_id(0)}, {node_id(1), node_id(1)}, {node_id(2), node_id(3)}};
  const std::vector<float> weights{0, 2, 3, 4, 5, 6};
  const Graph graph =
      build_graph(context, test::to_array(edges), test::to_array(weights), NodeIndex::range(4), options).graph;
  CHECK(count_of(graph) == 1);
  CHECK(of_nodes(graph) == std::vector<std::uint64_t>{1, 1, 1, 0});
}

TEST_CASE("triangles of a graph of many tasks are the common neighbors of its edges, for 1, 2, 3 and 8 threads") {
  const Graph graph = rmat(13);
  const CsrView a = graph.view().out();
  REQUIRE(a.nonzero_count() > 100'000);
  std::vector<std::uint64_t> expected(a.row_count(), 0);
  for (std::size_t u = 0; u < a.row_count(); ++u) {
    for (const NodeId v : a.row_targets(u)) {
      std::vector<NodeId> common;
      std::ranges::set_intersection(a.row_targets(u), a.row_targets(index(v)), std::back_inserter(common));
      expected[u] += common.size();
    }
    expected[u] /= 2;
  }
  for (const int threads : {1, 2, 3, 8}) {
    CHECK(count_of(graph, threads) == sum(expected) / 3);
    CHECK(of_nodes(graph, threads) == expected);
  }
}

TEST_CASE("triangles of a directed graph are refused") {
  const Graph graph = graph_of(3, {{node_id(0), node_id(1)}}, true);
  const char* const sentence =
      "the graph is directed, and triangles are counted in undirected ones; read it as undirected";
  CHECK_THROWS_WITH_AS(count_of(graph), sentence, InvalidData);
  CHECK_THROWS_WITH_AS(of_nodes(graph), sentence, InvalidData);
}

TEST_CASE("counting triangles keeps to the memory budget and can be stopped") {
  const Graph graph = rmat(13);
  RunSettings small;
  small.memory_budget = 1;
  RunContext without_memory(small);
  CHECK_THROWS_AS(count_triangles(without_memory, graph), BudgetExceeded);
  CHECK_THROWS_AS(triangles_of_nodes(without_memory, graph), BudgetExceeded);
  std::stop_source stop;
  RunSettings settings;
  settings.stop = stop.get_token();
  settings.on_progress = [&](const Progress& progress) {
    if (progress.stage == "triangles") stop.request_stop();
  };
  RunContext context(settings);
  CHECK_THROWS_AS(count_triangles(context, graph), Cancelled);
}

TEST_CASE("the estimate for triangles counts 24 bytes a node, 4 an edge and 4 a node and thread") {
  const Graph graph = graph_of(1000, {{node_id(0), node_id(1)}, {node_id(2), node_id(2)}});
  CHECK(estimate_triangles_memory(graph, 3) == 1000 * (24 + 3 * 4) + 2 * 4);
}
