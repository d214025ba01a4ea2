#include <adjoin/algorithms/linkpred/simrank.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

Array<float> simrank(const Graph& graph, const std::vector<Edge>& pairs, const SimRankOptions& options) {
  RunContext context;
  return simrank_scores(context, graph, pairs, options);
}

/// a(x, u) > 0: u is a neighbour of x.
Dense slow_simrank(const Dense& a, double decay, int rounds) {
  Dense now(a.n);
  for (std::size_t x = 0; x < a.n; ++x) now(x, x) = 1;
  for (int round = 0; round < rounds; ++round) {
    Dense next(a.n);
    for (std::size_t x = 0; x < a.n; ++x) {
      for (std::size_t y = 0; y < a.n; ++y) {
        double sum = 0;
        double count = 0;
        for (std::size_t u = 0; u < a.n; ++u) {
          for (std::size_t v = 0; v < a.n; ++v) {
            if (!(a(x, u) > 0) || !(a(y, v) > 0)) continue;
            sum += now(u, v);
            ++count;
          }
        }
        next(x, y) = x == y ? 1 : count > 0 ? decay * sum / count : 0;
      }
    }
    now = next;
  }
  return now;
}

}  // namespace

TEST_CASE("SimRank of the karate club equals NumPy's after five rounds, and networkx's in the limit") {
  const auto pairs = all_pairs(34);
  for (const std::string kind : {"plain", "directed"}) {
    check_global_golden(simrank(club(kind), pairs, {}), pairs, "simrank_" + kind, 1e-6);
    check_global_golden(simrank(club(kind), pairs, {.iterations = 100}), pairs, "simrank_limit_" + kind,
                        1e-5);  // as near as networkx goes
  }
  check_global_golden(simrank(club("weighted"), pairs, {}), pairs, "simrank_plain", 1e-6);
}

TEST_CASE("SimRank of drawn graphs equals the sum over all pairs of neighbours") {
  CHECK(rc::check([] {
    const Drawn drawn = draw(14);
    const SimRankOptions options{0.7, *rc::gen::inRange(1, 5), drawn.direction};
    // Edges of weight 0 are edges here.
    Dense a(drawn.graph.view().node_count());
    const CsrView out = drawn.graph.view().out();
    const bool directed = drawn.graph.view().directed();
    for (std::size_t u = 0; u < a.n; ++u) {
      for (const NodeId v : out.row_targets(u)) {
        if (!directed || drawn.direction != NeighborDirection::in) a(u, index(v)) = 1;
        if (directed && drawn.direction != NeighborDirection::out) a(index(v), u) = 1;
      }
    }
    const Dense expected = slow_simrank(a, options.decay, options.iterations);
    const auto pairs = all_pairs(a.n);
    const Array<float> found = simrank(drawn.graph, pairs, options);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      RC_ASSERT(std::abs(double{found[i]} - expected(index(pairs[i].source), index(pairs[i].target))) <= 1e-6);
    }
  }));
}

TEST_CASE("SimRank knows Jeh and Widom's example") {
  // Figure 1 of the article: a university, two professors, two students.
  const Graph graph = graph_of(5, {{0, 1}, {0, 2}, {1, 3}, {3, 0}, {2, 4}, {4, 2}}, true, false);
  const Array<float> found = simrank(
      graph, {{node_id(1), node_id(2)}, {node_id(3), node_id(4)}, {node_id(0), node_id(4)}}, {.iterations = 100});
  CHECK(found[0] == doctest::Approx(0.414).epsilon(0.002));
  CHECK(found[1] == doctest::Approx(0.331).epsilon(0.002));
  CHECK(found[2] == doctest::Approx(0.034).epsilon(0.02));
}

TEST_CASE("SimRank is the same for 1, 2, 3 and 8 threads and both orders of a pair") {
  const Graph graph = rmat(8);
  auto pairs = some_pairs(256, 1000, 5);
  check_same_bits(graph, pairs, [](RunContext& context, GraphView view, const std::vector<Edge>& asked) {
    return simrank_scores(context, view, asked);
  });
  const Array<float> found = simrank(graph, pairs, {});
  for (Edge& pair : pairs) std::swap(pair.source, pair.target);
  CHECK(same_bits(simrank(graph, pairs, {}), found));
}

TEST_CASE("SimRank refuses pairs, options and graphs that make no sense") {
  check_hostile_pairs([](RunContext& context, GraphView graph, const std::vector<Edge>& pairs) {
    return simrank_scores(context, graph, pairs);
  });
  CHECK_THROWS_WITH_AS(simrank(club("plain"), {}, {.decay = 1.5}), "decay = 1.5 is outside 0 to 1", InvalidOption);
  CHECK_THROWS_WITH_AS(simrank(club("plain"), {}, {.iterations = 0}), "iterations = 0 is outside 1 to 1000",
                       InvalidOption);
  const Graph large = graph_of(most_nodes_of_simrank + 1, {{0, 1}}, false, false);
  CHECK_THROWS_WITH_AS(
      simrank(large, {{node_id(0), node_id(1)}}, {}),
      "SimRank keeps a score of every pair, for graphs of at most 16384 nodes, and this one has 16385; "
      "take another score, rooted PageRank say",
      InvalidOption);
}

TEST_CASE("the estimate for SimRank is two matrices of floats") {
  const Graph graph = graph_of(1000, {{0, 1}}, false, false);
  CHECK(estimate_simrank_memory(graph, 10, {}) >= 8 * 1000 * 1000);
  CHECK(estimate_simrank_memory(graph, 10, {}) < 8 * 1000 * 1000 + 50'000);
}
