#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"
#include "repository.hpp"
#include "with_threads.hpp"

using namespace adjoin;
using test::with_threads;
using Score = NeighborhoodScore;

namespace {

const std::vector<Score> all_scores = [] {
  std::vector<Score> scores;
  for (const auto& [score, name] : EnumNames<Score>::names) scores.push_back(score);
  return scores;
}();
const std::vector<Score> weighted_scores{Score::common_neighbors, Score::adamic_adar, Score::resource_allocation,
                                         Score::preferential_attachment};

Graph drawn_graph(std::size_t nodes, std::size_t edges, std::uint64_t seed, bool directed, bool weighted,
                  bool loops = false) {
  RunContext context = with_threads(2);
  const std::vector<Edge> drawn = test::random_edges(nodes, edges, seed);
  Array<float> weights(weighted ? drawn.size() : 0);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(1 + (seed + 7 * i) % 5) / 2;
  const BuildOptions options{directed, loops ? SelfLoops::keep : SelfLoops::drop, Duplicates::max};
  return build_graph(context, test::to_array(drawn), std::move(weights), NodeIndex::range(nodes), options).graph;
}

/// Every pair of different nodes, the smaller id first.
std::vector<Edge> unordered_pairs(std::size_t nodes) {
  std::vector<Edge> pairs;
  for (std::size_t x = 0; x < nodes; ++x) {
    for (std::size_t y = x + 1; y < nodes; ++y) pairs.push_back({node_id(x), node_id(y)});
  }
  return pairs;
}

/// The formulas over a dense matrix of weights, entry (x, z) being there if it is not below 0.
double slow_score(const std::vector<std::vector<double>>& a, std::size_t x, std::size_t y, Score score, bool weighted) {
  const std::size_t n = a.size();
  const auto degree = [&](std::size_t v, bool column) {
    double sum = 0;
    for (std::size_t z = 0; z < n; ++z) {
      const double entry = column ? a[z][v] : a[v][z];
      if (entry >= 0) sum += weighted ? entry : 1;
    }
    return sum;
  };
  double c = 0;
  double either = 0;
  double aa = 0;
  double ra = 0;
  for (std::size_t z = 0; z < n; ++z) {
    either += a[x][z] >= 0 || a[y][z] >= 0 ? 1 : 0;
    if (z == x || z == y || a[x][z] < 0 || a[y][z] < 0) continue;
    const double share = weighted ? a[x][z] + a[y][z] : 1;
    const double others = degree(z, true);
    c += share;
    aa += share / std::log(weighted ? 1 + others : others);
    ra += share / others;
  }
  const double kx = degree(x, false);
  const double ky = degree(y, false);
  switch (score) {
    case Score::common_neighbors:
      return c;
    case Score::jaccard:
      return either > 0 ? c / either : 0;
    case Score::salton:
      return c > 0 ? c / std::sqrt(kx * ky) : 0;
    case Score::sorensen:
      return c > 0 ? 2 * c / (kx + ky) : 0;
    case Score::hub_promoted:
      return c > 0 ? c / std::min(kx, ky) : 0;
    case Score::hub_depressed:
      return c > 0 ? c / std::max(kx, ky) : 0;
    case Score::leicht_holme_newman:
      return c > 0 ? c / (kx * ky) : 0;
    case Score::adamic_adar:
      return aa;
    case Score::resource_allocation:
      return ra;
    case Score::preferential_attachment:
      return kx * ky;
  }
  return -1;
}

std::vector<std::vector<double>> dense(GraphView graph, NeighborDirection direction) {
  const std::size_t n = graph.node_count();
  std::vector<std::vector<double>> a(n, std::vector<double>(n, -1));
  const CsrView out = graph.out();
  const auto add = [&](std::size_t row, std::size_t column, double weight) {
    a[row][column] = std::max(a[row][column], 0.0) + weight;
  };
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t e = out.row_begin(row); e < out.row_end(row); ++e) {
      const double weight = out.weighted() ? double{out.weights[e]} : 1;
      const std::size_t column = index(out.targets[e]);
      if (!graph.directed() || direction != NeighborDirection::in) add(row, column, weight);
      if (graph.directed() && direction != NeighborDirection::out) add(column, row, weight);
    }
  }
  return a;
}

Graph karate() {
  std::ifstream file(test::repository() / "data/karate/edges.txt");
  GraphBuilder builder;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string source;
    std::string target;
    if (!line.starts_with('#') && fields >> source >> target) builder.add_edge(source, target);
  }
  RunContext context = with_threads(2);
  return builder.build(context).graph;
}

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max({1.0, std::abs(a), std::abs(b)});
}

}  // namespace

TEST_CASE("scores of the karate club equal those of NetworkX") {
  std::ifstream golden(test::repository() / "tests/golden/neighborhood_scores.tsv");
  REQUIRE(golden);
  const Graph graph = karate();
  const NodeIndex& nodes = graph.view().nodes();
  std::vector<Edge> pairs;
  std::vector<std::vector<double>> expected;
  std::string line;
  std::getline(golden, line);
  std::string header = "source\ttarget";
  for (const auto& [score, name] : EnumNames<Score>::names) header += "\t" + std::string(name);
  CHECK(line == header);
  while (std::getline(golden, line)) {
    std::istringstream fields(line);
    std::string source;
    std::string target;
    fields >> source >> target;
    pairs.push_back({*nodes.find(source), *nodes.find(target)});
    expected.emplace_back();
    for (double value = 0; fields >> value;) expected.back().push_back(value);
  }
  REQUIRE(pairs.size() == 34 * 33 / 2);
  RunContext context = with_threads(2);
  const Matrix scores = neighborhood_scores(context, graph, pairs, all_scores);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    REQUIRE(expected[i].size() == all_scores.size());
    for (std::size_t j = 0; j < all_scores.size(); ++j) CHECK(close(double{scores(i, j)}, expected[i][j]));
  }
}

TEST_CASE("scores are those of the formulas, with directions, weights and self-loops") {
  CHECK(rc::check([](std::uint64_t seed, bool directed, bool weighted, bool loops) {
    const std::size_t nodes = 2 + seed % 30;
    const Graph graph = drawn_graph(nodes, nodes * 3, seed, directed, weighted, loops);
    const std::vector<Edge> pairs = unordered_pairs(nodes);
    for (const NeighborDirection direction : {NeighborDirection::out, NeighborDirection::in, NeighborDirection::both}) {
      const auto a = dense(graph, direction);
      for (const bool use_weights : {false, true}) {
        const std::vector<Score>& kinds = use_weights ? weighted_scores : all_scores;
        RunContext context = with_threads(2);
        const Matrix scores = neighborhood_scores(context, graph, pairs, kinds, {direction, use_weights});
        for (std::size_t i = 0; i < pairs.size(); ++i) {
          for (std::size_t j = 0; j < kinds.size(); ++j) {
            RC_ASSERT(close(double{scores(i, j)},
                            slow_score(a, index(pairs[i].source), index(pairs[i].target), kinds[j], use_weights)));
          }
        }
      }
    }
  }));
}

TEST_CASE("the best links are those that scoring every pair finds, for any number of threads") {
  CHECK(rc::check([](std::uint64_t seed, bool directed, bool loops) {
    const std::size_t nodes = 3 + seed % 40;
    const Graph graph = drawn_graph(nodes, nodes * 2, seed, directed, false, loops);
    const std::vector<Edge> pairs = unordered_pairs(nodes);
    const std::size_t count = 1 + seed % 50;
    const auto has = [&](NodeId x, NodeId y) {
      return std::ranges::binary_search(graph.view().out().row_targets(index(x)), y);
    };
    for (const Score score : all_scores) {
      RunContext context = with_threads(2);
      const Matrix scores = neighborhood_scores(context, graph, pairs, std::span(&score, 1));
      std::vector<ScoredPair> expected;
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto& [x, y] = pairs[i];
        if (scores(i, 0) > 0 && !has(x, y) && !has(y, x)) expected.push_back({x, y, scores(i, 0)});
      }
      std::ranges::stable_sort(expected, std::greater{}, &ScoredPair::score);
      if (expected.size() > count) expected.resize(count);
      for (const int threads : {1, 3, 8}) {
        RunContext other = with_threads(threads);
        const std::vector<ScoredPair> found = best_links(other, graph, score, count);
        RC_ASSERT(found.size() == expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
          RC_ASSERT(close(double{found[i].score}, double{expected[i].score}));
          const bool sums = score == Score::adamic_adar || score == Score::resource_allocation;
          if (!sums) RC_ASSERT(found[i].source == expected[i].source && found[i].target == expected[i].target);
        }
      }
    }
  }));
}

TEST_CASE("neither the order of a pair nor threads change a bit") {
  const Graph graph = drawn_graph(300, 3000, 5, false, true);
  std::vector<Edge> pairs;
  for (const Edge& edge : test::random_edges(300, 5000, 9)) {
    if (edge.source != edge.target) pairs.push_back(edge);
  }
  std::vector<Edge> turned = pairs;
  for (Edge& edge : turned) std::swap(edge.source, edge.target);
  for (const bool use_weights : {false, true}) {
    const std::vector<Score>& kinds = use_weights ? weighted_scores : all_scores;
    RunContext context = with_threads(1);
    const Matrix scores = neighborhood_scores(context, graph, pairs, kinds, {.use_weights = use_weights});
    for (const int threads : {2, 3, 8}) {
      RunContext other = with_threads(threads);
      const Matrix again = neighborhood_scores(other, graph, turned, kinds, {.use_weights = use_weights});
      CHECK(std::equal(scores.view().data(), scores.view().data() + pairs.size() * kinds.size(), again.view().data()));
    }
  }
}

TEST_CASE("pairs and options that make no sense are refused") {
  const Graph graph = karate();
  RunContext context = with_threads(2);
  const auto score = [&](Edge pair, Score kind = Score::jaccard, NeighborhoodOptions options = {}) {
    neighborhood_scores(context, graph, std::span(&pair, 1), std::span(&kind, 1), options);
  };
  CHECK_THROWS_WITH_AS(score({node_id(3), node_id(3)}), "pair 1 is node 4 with itself; give pairs of two nodes",
                       InvalidData);
  CHECK_THROWS_WITH_AS(score({node_id(3), node_id(34)}),
                       "pair 1 has the node ids 3 and 34, but the graph's ids are those below 34", InvalidData);
  CHECK_THROWS_WITH_AS(
      score({node_id(3), node_id(4)}, Score::jaccard, {.use_weights = true}),
      "jaccard has no form with weights; leave use-weights out, or ask for common-neighbors, adamic-adar, "
      "resource-allocation or preferential-attachment",
      InvalidOption);
  CHECK(best_links(context, graph, Score::jaccard, 0).empty());
  CHECK(neighborhood_scores(context, graph, {}, all_scores).rows() == 0);
  RunSettings small;
  small.memory_budget = 1 << 20;
  RunContext poor(small);
  CHECK_THROWS_AS(best_links(poor, graph, Score::jaccard, 1 << 20), BudgetExceeded);
}

TEST_CASE("the best links of a graph of hubs and leaves are those of all pairs, to the place among ties") {
  CHECK(rc::check([](std::uint64_t seed, bool directed) {
    // Few hubs and many leaves, so that bounds leave out most pairs; ids in any order.
    const std::size_t hubs = 2 + seed % 5;
    const std::size_t nodes = hubs + 60 + seed % 40;
    std::vector<Edge> drawn = test::random_edges(hubs * 3, hubs * 4, seed);
    for (std::size_t leaf = hubs * 3; leaf < nodes; ++leaf) {
      for (std::size_t k = 0; k <= (leaf * seed) % 2; ++k)
        drawn.push_back({node_id(leaf), node_id((leaf * 7 + k) % hubs)});
    }
    for (Edge& edge : drawn) {
      const auto turned = [&](NodeId v) { return node_id((index(v) * 37 + seed % 91) % nodes); };
      edge = {turned(edge.source), turned(edge.target)};
    }
    RunContext context = with_threads(1);
    const BuildOptions options{directed, SelfLoops::drop, Duplicates::max};
    const Graph graph = build_graph(context, test::to_array(drawn), {}, NodeIndex::range(nodes), options).graph;
    const std::vector<Edge> pairs = unordered_pairs(nodes);
    const auto has = [&](NodeId x, NodeId y) {
      return std::ranges::binary_search(graph.view().out().row_targets(index(x)), y);
    };
    for (const Score score : all_scores) {
      const Matrix scores = neighborhood_scores(context, graph, pairs, std::span(&score, 1));
      std::vector<ScoredPair> expected;
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto& [x, y] = pairs[i];
        if (scores(i, 0) > 0 && !has(x, y) && !has(y, x)) expected.push_back({x, y, scores(i, 0)});
      }
      std::ranges::stable_sort(expected, std::greater{}, &ScoredPair::score);
      for (const std::size_t count : {std::size_t{1}, std::size_t{7}, std::size_t{300}}) {
        for (const int threads : {1, 8}) {
          RunContext other = with_threads(threads);
          const std::vector<ScoredPair> found = best_links(other, graph, score, count);
          RC_ASSERT(found.size() == std::min(count, expected.size()));
          for (std::size_t i = 0; i < found.size(); ++i) {
            RC_ASSERT(found[i].score == expected[i].score);
            RC_ASSERT(found[i].source == expected[i].source && found[i].target == expected[i].target);
          }
        }
      }
    }
  }));
}

TEST_CASE("the best links by degree do not go through all ties") {
  // A ring: all degrees are equal, and there are a trillion pairs.
  constexpr std::size_t nodes = 1'000'000;
  Array<Edge> edges(nodes);
  for (std::size_t v = 0; v < nodes; ++v) edges[v] = {node_id(v), node_id((v + 1) % nodes)};
  RunContext context = with_threads(2);
  const Graph graph = build_graph(context, std::move(edges), {}, NodeIndex::range(nodes), {}).graph;
  const std::vector<ScoredPair> best = best_links(context, graph, Score::preferential_attachment, 3);
  REQUIRE(best.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(index(best[i].source) == 0);
    CHECK(index(best[i].target) == i + 2);
    CHECK(best[i].score == 4);
  }
}
