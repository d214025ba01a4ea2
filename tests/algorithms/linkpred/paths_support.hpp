// What the tests of scores by paths and walks share: graphs, dense matrices and what is obviously right about them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "golden_table.hpp"
#include "random_graphs.hpp"
#include "repository.hpp"
#include "with_threads.hpp"

namespace adjoin::test {

struct WeightedEdge {
  std::size_t source;
  std::size_t target;
  float weight = 1;
};

/// Nodes 0 .. nodes-1; self-loops stay.
inline Graph graph_of(std::size_t nodes, const std::vector<WeightedEdge>& lines, bool directed, bool weighted) {
  std::vector<Edge> edges;
  std::vector<float> weights;
  for (const auto& [source, target, weight] : lines) {
    edges.push_back({node_id(source), node_id(target)});
    if (weighted) weights.push_back(weight);
  }
  BuildOptions options;
  options.directed = directed;
  options.self_loops = SelfLoops::keep;
  RunContext context;
  return build_graph(context, to_array(edges), to_array(weights), NodeIndex::range(nodes), options).graph;
}

/// Zachary's karate club as make_linkpred_paths_golden.py has it: "plain", "weighted" or "directed".
inline Graph club(const std::string& kind) {
  std::ifstream file(test::repository() / "data/karate/edges.txt");
  std::vector<WeightedEdge> lines;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::size_t source = 0;
    std::size_t target = 0;
    if (line.starts_with('#') || !(fields >> source >> target)) continue;
    if (source > target) std::swap(source, target);
    lines.push_back({source - 1, target - 1, static_cast<float>(1 + (source + target - 2) % 5)});
  }
  REQUIRE(lines.size() == 78);
  return graph_of(34, lines, kind == "directed", kind != "plain");
}

inline std::vector<Edge> all_pairs(std::size_t nodes) {
  std::vector<Edge> pairs;
  for (std::size_t x = 0; x < nodes; ++x) {
    for (std::size_t y = 0; y < nodes; ++y) {
      if (x != y) pairs.push_back({node_id(x), node_id(y)});
    }
  }
  return pairs;
}

inline bool same_pairs(const std::vector<ScoredPair>& a, const std::vector<ScoredPair>& b) {
  return std::ranges::equal(a, b, [](const ScoredPair& x, const ScoredPair& y) {
    return x.source == y.source && x.target == y.target && x.score == y.score;
  });
}

/// Pairs of different nodes, some of them more than once, in no order.
inline std::vector<Edge> some_pairs(std::size_t nodes, std::size_t count, std::uint64_t seed) {
  std::vector<Edge> pairs = random_edges(nodes, count, seed);
  std::erase_if(pairs, [](const Edge& pair) { return pair.source == pair.target; });
  return pairs;
}

inline Graph rmat(int scale) {
  RunContext context;
  RmatOptions options;
  options.scale = scale;
  return generate_rmat(context, options).graph;
}

template <class Value>
bool same_bits(const Array<Value>& a, const Array<Value>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.bytes()) == 0;
}

/// Each value within `tolerance` of tests/golden/linkpred_paths/NAME.tsv, as a share of the entry there.
inline void check_golden(const Array<float>& values, const std::vector<Edge>& pairs, const std::string& name,
                         double tolerance) {
  const auto expected = golden_table("linkpred_paths/" + name);
  REQUIRE(values.size() == pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double wanted = expected[index(pairs[i].source)][index(pairs[i].target)];
    CAPTURE(name);
    CAPTURE(i);
    CHECK(std::abs(double{values[i]} - wanted) <= tolerance * wanted);
  }
}

/// Each value within `tolerance` of tests/golden/linkpred_global/NAME.tsv.
inline void check_global_golden(const Array<float>& values, const std::vector<Edge>& pairs, const std::string& name,
                                double tolerance) {
  const auto expected = golden_table("linkpred_global/" + name);
  REQUIRE(values.size() == pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    CAPTURE(name);
    CAPTURE(i);
    CHECK(std::abs(double{values[i]} - expected[index(pairs[i].source)][index(pairs[i].target)]) <= tolerance);
  }
}

/// A square matrix; slow and plain.
struct Dense {
  explicit Dense(std::size_t nodes) : n(nodes), values(nodes * nodes, 0.0) {}
  double& operator()(std::size_t i, std::size_t j) { return values[i * n + j]; }
  double operator()(std::size_t i, std::size_t j) const { return values[i * n + j]; }
  std::size_t n;
  std::vector<double> values;
};

inline Dense product(const Dense& a, const Dense& b) {
  Dense c(a.n);
  for (std::size_t i = 0; i < a.n; ++i) {
    for (std::size_t j = 0; j < a.n; ++j) {
      for (std::size_t k = 0; k < a.n; ++k) c(i, j) += a(i, k) * b(k, j);
    }
  }
  return c;
}

/// The x with A x = b, by Gauss's elimination with row exchanges.
inline std::vector<double> solution(Dense a, std::vector<double> b) {
  for (std::size_t k = 0; k < a.n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < a.n; ++i) pivot = std::abs(a(i, k)) > std::abs(a(pivot, k)) ? i : pivot;
    for (std::size_t j = 0; j < a.n; ++j) std::swap(a(k, j), a(pivot, j));
    std::swap(b[k], b[pivot]);
    for (std::size_t i = 0; i < a.n; ++i) {
      if (i == k) continue;
      const double factor = a(i, k) / a(k, k);
      for (std::size_t j = k; j < a.n; ++j) a(i, j) -= factor * a(k, j);
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = 0; k < a.n; ++k) b[k] /= a(k, k);
  return b;
}

/// What a step from i to j counts. Without weights every neighbour counts once.
inline Dense dense_matrix(GraphView graph, NeighborDirection direction, bool use_weights) {
  Dense a(graph.node_count());
  const CsrView out = graph.out();
  for (std::size_t u = 0; u < a.n; ++u) {
    for (std::size_t e = out.row_begin(u); e < out.row_end(u); ++e) {
      const std::size_t v = index(out.targets[e]);
      const double weight = out.weighted() ? double{out.weights[e]} : 1.0;
      const bool forward = !graph.directed() || direction != NeighborDirection::in;
      const bool backward = graph.directed() && direction != NeighborDirection::out;
      if (forward) a(u, v) += weight;
      if (backward) a(v, u) += weight;
    }
  }
  if (!use_weights) {
    for (double& value : a.values) value = value > 0 ? 1 : 0;
  }
  return a;
}

/// A graph drawn by RapidCheck: small, with self-loops, often in several pieces.
struct Drawn {
  Graph graph;
  NeighborDirection direction;
  bool use_weights;
};
inline Drawn draw(std::size_t most_nodes = 25) {
  const auto nodes = *rc::gen::inRange<std::size_t>(2, most_nodes);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  std::vector<WeightedEdge> lines;
  for (const Edge& edge : random_edges(nodes, *rc::gen::inRange<std::size_t>(0, 3 * nodes), seed)) {
    lines.push_back({index(edge.source), index(edge.target), 0.25F * static_cast<float>(1 + lines.size() % 7)});
  }
  return {graph_of(nodes, lines, *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()),
          *rc::gen::element(NeighborDirection::out, NeighborDirection::in, NeighborDirection::both),
          *rc::gen::arbitrary<bool>()};
}

/// Checks that pairs which are none get a sentence, whatever scores them. score(context, graph, pairs)
template <class Score>
void check_hostile_pairs(Score&& score) {
  const Graph graph = club("plain");
  RunContext context;
  const auto with = [&](NodeId x, NodeId y) { return std::vector<Edge>{{node_id(0), node_id(1)}, {x, y}}; };
  CHECK_THROWS_WITH_AS(score(context, graph, with(node_id(7), node_id(7))),
                       "pair 2 is node 7 with itself; give pairs of two nodes", InvalidData);
  CHECK_THROWS_WITH_AS(score(context, graph, with(node_id(7), node_id(34))),
                       "pair 2 has the node ids 7 and 34, but the graph's ids are those below 34", InvalidData);
  CHECK_THROWS_AS(score(context, graph, with(no_node, node_id(3))), InvalidData);
  CHECK(score(context, graph, std::vector<Edge>{}).size() == 0);
  const Graph empty = graph_of(0, {}, false, false);
  CHECK(score(context, empty, std::vector<Edge>{}).size() == 0);
  CHECK_THROWS_AS(score(context, empty, with(node_id(0), node_id(1))), InvalidData);

  RunSettings tight;
  tight.memory_budget = 1000;
  RunContext poor(tight);
  CHECK_THROWS_AS(score(poor, graph, all_pairs(34)), BudgetExceeded);

  std::stop_source stop;
  RunSettings stopping;
  stopping.stop = stop.get_token();
  stopping.on_progress = [&](const Progress& progress) {
    if (progress.unit.ends_with(" nodes")) stop.request_stop();
  };
  RunContext stopped(stopping);
  CHECK_THROWS_AS(score(stopped, graph, all_pairs(34)), Cancelled);
}

/// Checks that scores do not depend on the threads, nor on the order or company of the pairs. score as above.
template <class Score>
void check_same_bits(GraphView graph, const std::vector<Edge>& pairs, Score&& score) {
  RunContext one = with_threads(1);
  const auto expected = score(one, graph, pairs);
  for (const int threads : {2, 3, 8}) {
    RunContext context = with_threads(threads);
    CHECK(same_bits(score(context, graph, pairs), expected));
  }
  std::vector<Edge> reversed(pairs.rbegin(), pairs.rend());
  reversed.resize(pairs.size() / 2);
  const auto others = score(one, graph, reversed);
  for (std::size_t i = 0; i < reversed.size(); ++i) CHECK(others[i] == expected[pairs.size() - 1 - i]);
}

}  // namespace adjoin::test
