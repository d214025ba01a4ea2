#include <algorithm>
#include <queue>

#include <adjoin/algorithms/linkpred/shortest_path.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

/// All distances by Floyd and Warshall.
std::vector<std::vector<std::uint32_t>> slow_distances(const Dense& a) {
  const std::uint32_t far = 1'000'000;
  std::vector<std::vector<std::uint32_t>> d(a.n, std::vector<std::uint32_t>(a.n, far));
  for (std::size_t i = 0; i < a.n; ++i) {
    for (std::size_t j = 0; j < a.n; ++j) d[i][j] = i == j ? 0 : a(i, j) > 0 ? 1 : far;
  }
  for (std::size_t k = 0; k < a.n; ++k) {
    for (std::size_t i = 0; i < a.n; ++i) {
      for (std::size_t j = 0; j < a.n; ++j) d[i][j] = std::min(d[i][j], d[i][k] + d[k][j]);
    }
  }
  for (auto& row : d) std::ranges::replace(row, far, no_path);
  return d;
}

Graph path_graph(std::size_t nodes) {
  std::vector<WeightedEdge> lines;
  for (std::size_t i = 0; i + 1 < nodes; ++i) lines.push_back({i, i + 1});
  return graph_of(nodes, lines, false, false);
}

std::vector<std::uint32_t> distances(const Graph& graph, const std::vector<Edge>& pairs,
                                     ShortestPathOptions options = {}) {
  RunContext context;
  const auto found = shortest_path_distances(context, graph, pairs, options);
  return {found.begin(), found.end()};
}

constexpr NodeId node_a{0};
constexpr NodeId node_b{1};
constexpr NodeId node_c{2};
constexpr NodeId node_d{3};

}  // namespace

TEST_CASE("distances in the karate club equal networkx's") {
  const auto pairs = all_pairs(34);
  for (const std::string kind : {"plain", "weighted", "directed"}) {
    const auto expected = golden_table("linkpred_paths/distance_" + kind);
    const auto found = distances(club(kind), pairs);
    RunContext context;
    const Graph graph = club(kind);
    const Array<float> scores = shortest_path_scores(context, graph, pairs);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const double wanted = expected[index(pairs[i].source)][index(pairs[i].target)];
      CHECK(found[i] == (wanted < 0 ? no_path : static_cast<std::uint32_t>(wanted)));
      CHECK(scores[i] == (wanted < 0 ? 0.0F : static_cast<float>(1 / wanted)));
    }
  }
}

TEST_CASE("distances of drawn graphs equal a slow twin's, whatever pairs are asked for together") {
  CHECK(rc::check([] {
    const Drawn drawn = draw(60);
    const std::size_t n = drawn.graph.view().node_count();
    const auto expected = slow_distances(dense_matrix(drawn.graph, drawn.direction, false));
    const int limit = *rc::gen::inRange(0, 8);
    const auto pairs = some_pairs(n, *rc::gen::inRange<std::size_t>(0, 200), *rc::gen::arbitrary<std::uint64_t>());
    const auto found = distances(drawn.graph, pairs, {limit, drawn.direction});
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const std::uint32_t exact = expected[index(pairs[i].source)][index(pairs[i].target)];
      const bool beyond = limit > 0 && exact > static_cast<std::uint32_t>(limit);
      RC_ASSERT(found[i] == (beyond ? no_path : exact));
    }
  }));
}

TEST_CASE("a distance is cut where asked, and not a hop earlier") {
  const Graph graph = path_graph(1000);
  const std::vector<Edge> pairs{{node_id(0), node_id(999)}, {node_id(10), node_id(5)}};
  CHECK(distances(graph, pairs) == std::vector<std::uint32_t>{999, 5});
  CHECK(distances(graph, pairs, {.max_distance = 5}) == std::vector<std::uint32_t>{no_path, 5});
  CHECK(distances(graph, pairs, {.max_distance = 4}) == std::vector<std::uint32_t>{no_path, no_path});
  CHECK(distances(graph, pairs, {.max_distance = 999}) == std::vector<std::uint32_t>{999, 5});
  CHECK(distances(graph, pairs, {.max_distance = 998}) == std::vector<std::uint32_t>{no_path, 5});
}

TEST_CASE("distances follow the edges of a directed graph as asked, pass over self-loops and end where a piece ends") {
  const Graph graph = graph_of(4, {{0, 1}, {1, 2}, {1, 1}, {3, 3}}, true, false);
  const std::vector<Edge> pairs{{node_a, node_c}, {node_c, node_a}, {node_a, node_d}, {node_d, node_a}};
  CHECK(distances(graph, pairs) == std::vector<std::uint32_t>{2, no_path, no_path, no_path});
  CHECK(distances(graph, pairs, {.direction = NeighborDirection::in}) ==
        std::vector<std::uint32_t>{no_path, 2, no_path, no_path});
  CHECK(distances(graph, pairs, {.direction = NeighborDirection::both}) ==
        std::vector<std::uint32_t>{2, 2, no_path, no_path});
  const Graph edge = graph_of(2, {{0, 1}}, false, false);
  CHECK(distances(edge, {{node_a, node_b}, {node_b, node_a}, {node_a, node_b}}) == std::vector<std::uint32_t>{1, 1, 1});
}

TEST_CASE("distances are the same for 1, 2, 3 and 8 threads") {
  const Graph graph = rmat(12);
  check_same_bits(graph, some_pairs(4096, 3000, 5),
                  [](RunContext& context, GraphView view, const std::vector<Edge>& pairs) {
                    return shortest_path_scores(context, view, pairs);
                  });
}

TEST_CASE("distances refuse pairs and options that make no sense") {
  check_hostile_pairs([](RunContext& context, GraphView graph, const std::vector<Edge>& pairs) {
    return shortest_path_scores(context, graph, pairs);
  });
  CHECK_THROWS_WITH_AS(distances(club("plain"), {}, {.max_distance = -1}), "max-distance = -1 is outside 0 or more",
                       InvalidOption);
}

TEST_CASE("the estimate for distances counts 16 bytes a node and thread") {
  const Graph graph = path_graph(1000);
  CHECK(estimate_shortest_path_memory(graph, 50, {}, 3) - estimate_shortest_path_memory(graph, 50, {}, 1) ==
        2 * 16 * 1000);
}
