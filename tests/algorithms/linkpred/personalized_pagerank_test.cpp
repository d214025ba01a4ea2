#include <numeric>

#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

constexpr auto by_power = PageRankMethod::power_iteration;
constexpr auto by_push = PageRankMethod::push;

std::vector<double> vector_of(const Graph& graph, std::size_t root, const PageRankOptions& options) {
  RunContext context;
  const PersonalizedPageRank result = personalized_pagerank(context, graph, node_id(root), options);
  CHECK(result.converged);
  return {result.values.begin(), result.values.end()};
}

RootedPageRank scores_of(const Graph& graph, const std::vector<Edge>& pairs, const PageRankOptions& options) {
  RunContext context;
  return rooted_pagerank_scores(context, graph, pairs, options);
}

/// p - (1 - alpha) P^T p = alpha e_root, solved as it stands.
std::vector<double> slow_pagerank(const Dense& a, std::size_t root, double alpha) {
  Dense system(a.n);
  for (std::size_t u = 0; u < a.n; ++u) {
    double degree = 0;
    for (std::size_t v = 0; v < a.n; ++v) degree += a(u, v);
    for (std::size_t v = 0; v < a.n; ++v) {
      const double transition = degree > 0 ? a(u, v) / degree : v == root ? 1 : 0;
      system(v, u) = (u == v ? 1 : 0) - (1 - alpha) * transition;
    }
  }
  std::vector<double> restart(a.n, 0.0);
  restart[root] = alpha;
  return solution(system, restart);
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

TEST_CASE("rooted PageRank of the karate club equals networkx's, dangling nodes and weights included") {
  const auto pairs = all_pairs(34);
  for (const std::string kind : {"plain", "weighted", "directed"}) {
    PageRankOptions options{.method = by_power, .tolerance = 1e-14, .symmetric = false};
    check_golden(scores_of(club(kind), pairs, options).scores, pairs, "pagerank_" + kind, 1e-6);
    options.method = by_push;
    options.epsilon = 1e-13;
    check_golden(scores_of(club(kind), pairs, options).scores, pairs, "pagerank_" + kind, 1e-6);
  }
  const PageRankOptions alike{.method = by_power, .tolerance = 1e-14, .use_weights = false, .symmetric = false};
  check_golden(scores_of(club("weighted"), pairs, alike).scores, pairs, "pagerank_plain", 1e-6);
}

TEST_CASE("power iteration on drawn graphs is the solution of its equation to the error that its last change tells") {
  CHECK(rc::check([] {
    const Drawn drawn = draw();
    const Dense a = dense_matrix(drawn.graph, drawn.direction, drawn.use_weights);
    const auto root = *rc::gen::inRange<std::size_t>(0, a.n);
    const double alpha = *rc::gen::element(0.05, 0.15, 0.5, 1.0);
    PageRankOptions options{.alpha = alpha, .method = by_power, .tolerance = *rc::gen::element(1e-3, 1e-12)};
    options.use_weights = drawn.use_weights;
    options.direction = drawn.direction;
    RunContext context;
    const PersonalizedPageRank found = personalized_pagerank(context, drawn.graph, node_id(root), options);
    const std::vector<double> exact = slow_pagerank(a, root, alpha);
    RC_ASSERT(found.converged);
    RC_ASSERT(found.last_change <= options.tolerance);
    double error = 0;
    for (std::size_t v = 0; v < a.n; ++v) error += std::abs(found.values[v] - exact[v]);
    RC_ASSERT(error <= (1 - alpha) / alpha * found.last_change + 1e-12);
    RC_ASSERT(std::abs(sum({found.values.begin(), found.values.end()}) - 1) < 1e-12);
  }));
}

TEST_CASE("push on drawn graphs is never above the exact value, and below it by no more than its bound") {
  CHECK(rc::check([] {
    const Drawn drawn = draw(60);
    const Dense a = dense_matrix(drawn.graph, drawn.direction, drawn.use_weights);
    const auto root = *rc::gen::inRange<std::size_t>(0, a.n);
    PageRankOptions options{.alpha = *rc::gen::element(0.05, 0.15, 0.5)};
    options.epsilon = *rc::gen::element(1e-2, 1e-4, 1e-7);
    options.use_weights = drawn.use_weights;
    options.direction = drawn.direction;
    const std::vector<double> pushed = vector_of(drawn.graph, root, options);
    options.method = by_power;
    options.tolerance = 1e-14;
    const std::vector<double> exact = vector_of(drawn.graph, root, options);
    double entries = 0;
    for (const double value : a.values) entries += value > 0 ? 1 : 0;
    const double total = std::accumulate(a.values.begin(), a.values.end(), 0.0);
    const bool symmetric = !drawn.graph.view().directed() || drawn.direction == NeighborDirection::both;
    double all_degrees = 0;
    double all_errors = 0;
    for (std::size_t v = 0; v < a.n; ++v) {
      double degree = 0;
      for (std::size_t u = 0; u < a.n; ++u) degree += a(v, u);
      if (total > 0) degree *= entries / total;
      const double error = exact[v] - pushed[v];
      RC_ASSERT(error > -1e-12);
      if (symmetric) RC_ASSERT(error <= options.epsilon * degree + 1e-12);
      all_degrees += degree;
      all_errors += error;
    }
    RC_ASSERT(all_errors <= options.epsilon * all_degrees + 1e-11);
  }));
}

TEST_CASE("push ends as soon as no residual is above epsilon times the degree, and not before") {
  // On an edge all that is left lies on one node: 0.8^k after k pushes.
  const Graph edge = graph_of(2, {{0, 1}}, false, false);
  const auto left = [](const Graph& graph, double epsilon) {
    return 1 - sum(vector_of(graph, 0, {.alpha = 0.2, .epsilon = epsilon}));
  };
  CHECK(left(edge, 0.1) == doctest::Approx(std::pow(0.8, 11)));
  CHECK(left(edge, 0.8001) == doctest::Approx(0.8));
  CHECK(left(edge, 0.7999) == doctest::Approx(0.64));
  // From the middle of a star 0.8 goes to three leaves, and 0.64 back to the middle.
  const Graph star = graph_of(4, {{0, 1}, {0, 2}, {0, 3}}, false, false);
  CHECK(left(star, 0.27) == doctest::Approx(0.8));
  CHECK(left(star, 0.25) == doctest::Approx(0.64));
  CHECK(left(star, 0.21) == doctest::Approx(0.512));
}

TEST_CASE("rooted PageRank of pairs is that of the vectors, from one end or from both") {
  CHECK(rc::check([] {
    const Drawn drawn = draw();
    const std::size_t n = drawn.graph.view().node_count();
    PageRankOptions options{.method = *rc::gen::element(by_push, by_power)};
    options.use_weights = drawn.use_weights;
    options.direction = drawn.direction;
    options.symmetric = *rc::gen::arbitrary<bool>();
    std::vector<std::vector<double>> vectors;
    for (std::size_t root = 0; root < n; ++root) vectors.push_back(vector_of(drawn.graph, root, options));
    const auto pairs = some_pairs(n, 50, *rc::gen::arbitrary<std::uint64_t>());
    const RootedPageRank found = scores_of(drawn.graph, pairs, options);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const std::size_t x = index(pairs[i].source);
      const std::size_t y = index(pairs[i].target);
      RC_ASSERT(found.scores[i] == static_cast<float>(vectors[x][y] + (options.symmetric ? vectors[y][x] : 0)));
    }
  }));
}

TEST_CASE("a symmetric score does not tell a pair's nodes apart") {
  const Graph graph = club("directed");
  const auto pairs = all_pairs(34);
  std::vector<Edge> turned;
  for (const Edge& pair : pairs) turned.push_back({pair.target, pair.source});
  for (const PageRankMethod method : {by_push, by_power}) {
    const PageRankOptions options{.method = method};
    CHECK(same_bits(scores_of(graph, pairs, options).scores, scores_of(graph, turned, options).scores));
  }
}

TEST_CASE("PageRank that does not converge in time says so") {
  const Graph graph = club("plain");
  const PageRankOptions options{.method = by_power, .max_iterations = 3};
  RunContext context;
  const PersonalizedPageRank vector = personalized_pagerank(context, graph, node_id(0), options);
  CHECK_FALSE(vector.converged);
  CHECK(vector.iterations == 3);
  CHECK(vector.last_change > 1e-3);
  CHECK(sum({vector.values.begin(), vector.values.end()}) == doctest::Approx(1));
  const std::vector<Edge> pairs{{node_id(0), node_id(1)}, {node_id(0), node_id(2)}};
  CHECK(scores_of(graph, pairs, options).not_converged == 3);
  CHECK(scores_of(graph, pairs, {.method = by_power, .max_iterations = 3, .symmetric = false}).not_converged == 1);
  CHECK(scores_of(graph, pairs, {.method = by_power}).not_converged == 0);
}

TEST_CASE("a walk returns to its root from a node without neighbours, and stays at a root without") {
  const Graph arrow = graph_of(3, {{0, 1}}, true, false);
  for (const PageRankMethod method : {by_push, by_power}) {
    PageRankOptions options{.alpha = 0.2, .method = method, .epsilon = 1e-14, .tolerance = 1e-15};
    const std::vector<double> from_tail = vector_of(arrow, 0, options);
    // p0 = alpha + (1 - alpha) p1, p1 = (1 - alpha) p0
    CHECK(from_tail[0] == doctest::Approx(0.2 / (1 - 0.64)));
    CHECK(from_tail[1] == doctest::Approx(0.8 * 0.2 / (1 - 0.64)));
    CHECK(from_tail[2] == 0);
    CHECK(vector_of(arrow, 1, options) == std::vector<double>{0, 1, 0});
    options.epsilon = 1;
    CHECK(vector_of(arrow, 2, options) == std::vector<double>{0, 0, 1});
  }
}

TEST_CASE("PageRank of a single edge, of a self-loop and of edges without weight is what the equation says") {
  for (const PageRankMethod method : {by_push, by_power}) {
    const PageRankOptions options{.alpha = 0.2, .method = method, .epsilon = 1e-14, .tolerance = 1e-15};
    const std::vector<double> edge = vector_of(graph_of(2, {{0, 1}}, false, false), 0, options);
    CHECK(edge[0] == doctest::Approx(1 / 1.8));
    CHECK(edge[1] == doctest::Approx(0.8 / 1.8));
    const std::vector<double> loop = vector_of(graph_of(2, {{0, 0}}, false, false), 0, options);
    CHECK(loop[0] == doctest::Approx(1));
    CHECK(loop[1] == 0);
    const Graph weightless = graph_of(3, {{0, 1, 0}, {1, 2, 3}}, false, true);
    CHECK(vector_of(weightless, 0, options) == std::vector<double>{1, 0, 0});
    CHECK(vector_of(weightless, 1, options)[0] == 0);
    const Graph nothing = graph_of(2, {{0, 1, 0}}, false, true);
    CHECK(vector_of(nothing, 1, options) == std::vector<double>{0, 1});
  }
}

TEST_CASE("the unit of weights changes no PageRank, and no error of push") {
  const Graph light = graph_of(4, {{0, 1, 1}, {1, 2, 3}, {2, 3, 2}, {0, 2, 5}}, false, true);
  const Graph heavy = graph_of(4, {{0, 1, 1 << 20}, {1, 2, 3 << 20}, {2, 3, 2 << 20}, {0, 2, 5 << 20}}, false, true);
  for (const PageRankMethod method : {by_push, by_power}) {
    CHECK(vector_of(light, 0, {.method = method, .epsilon = 0.01}) ==
          vector_of(heavy, 0, {.method = method, .epsilon = 0.01}));
  }
}

TEST_CASE("push looks at the root's surroundings only, and its arrays serve root after root") {
  const Graph graph = rmat(12);
  const std::vector<double> near = vector_of(graph, 7, {.epsilon = 1e-3});
  CHECK(std::ranges::count_if(near, [](double value) { return value > 0; }) < 1000);
  const auto pairs = some_pairs(4096, 400, 9);
  const RootedPageRank together = scores_of(graph, pairs, {.epsilon = 1e-5});
  for (std::size_t i = 0; i < pairs.size(); i += 40) {
    CHECK(scores_of(graph, {pairs[i]}, {.epsilon = 1e-5}).scores[0] == together.scores[i]);
  }
}

TEST_CASE("push leaves no residual above epsilon times the degree, whether many nodes wait or few") {
  const Graph graph = rmat(10);
  const CsrView a = graph.view().out();
  const double alpha = 0.15;
  for (const double epsilon : {1e-3, 1e-4, 3e-5, 1e-5, 1e-6, 1e-8}) {
    for (const std::size_t root : {0, 1, 100, 700}) {
      if (a.row_size(root) == 0) continue;
      const std::vector<double> pushed = vector_of(graph, root, {.alpha = alpha, .epsilon = epsilon});
      // alpha r = alpha e_root + (1 - alpha) P^T q - q
      std::vector<double> left(pushed.size(), 0.0);
      left[root] = alpha;
      for (std::size_t u = 0; u < pushed.size(); ++u) {
        left[u] -= pushed[u];
        for (const NodeId v : a.row_targets(u)) {
          left[index(v)] += (1 - alpha) * pushed[u] / static_cast<double>(a.row_size(u));
        }
      }
      for (std::size_t u = 0; u < left.size(); ++u) {
        REQUIRE(left[u] > -1e-14);
        REQUIRE(left[u] / alpha <= epsilon * static_cast<double>(a.row_size(u)) + 1e-14);
      }
    }
  }
}

TEST_CASE("PageRank is the same for 1, 2, 3 and 8 threads") {
  const Graph graph = rmat(10);
  for (const PageRankMethod method : {by_push, by_power}) {
    check_same_bits(graph, some_pairs(1024, 500, 5),
                    [&](RunContext& context, GraphView view, const std::vector<Edge>& pairs) {
                      PageRankOptions options{.method = method, .epsilon = 1e-5, .tolerance = 1e-3};
                      return rooted_pagerank_scores(context, view, pairs, options).scores;
                    });
  }
}

TEST_CASE("PageRank refuses pairs, roots and options that make no sense") {
  for (const PageRankMethod method : {by_push, by_power}) {
    check_hostile_pairs([&](RunContext& context, GraphView graph, const std::vector<Edge>& pairs) {
      return rooted_pagerank_scores(context, graph, pairs, {.method = method}).scores;
    });
  }
  const Graph graph = club("plain");
  CHECK_THROWS_WITH_AS(vector_of(graph, 34, {}), "the root has the node id 34, but the graph's ids are those below 34",
                       InvalidData);
  CHECK_THROWS_WITH_AS(vector_of(graph, 0, {.alpha = 0}), "alpha = 0 is outside 1e-04 to 1", InvalidOption);
  CHECK_THROWS_AS(vector_of(graph, 0, {.epsilon = 0}), InvalidOption);
  CHECK_THROWS_AS(vector_of(graph, 0, {.max_iterations = 0}), InvalidOption);
}

TEST_CASE("a single long push can be stopped") {
  const Graph graph = rmat(12);
  std::stop_source stop;
  RunSettings settings;
  settings.stop = stop.get_token();
  settings.on_progress = [&](const Progress& progress) {
    if (progress.stage == "pagerank") stop.request_stop();
  };
  RunContext context(settings);
  CHECK_THROWS_AS(personalized_pagerank(context, graph, node_id(1), {.alpha = 1e-4, .epsilon = 1e-14}), Cancelled);
}

TEST_CASE("the estimate for PageRank counts 32 bytes a node and thread for push, 16 for power iteration") {
  const Graph graph = graph_of(1000, {{0, 1}}, false, false);
  const auto estimate = [&](PageRankMethod method, int threads) {
    return estimate_rooted_pagerank_memory(graph, 50, {.method = method}, threads);
  };
  CHECK(estimate(by_push, 3) - estimate(by_push, 1) == 2 * 32 * 1000);
  CHECK(estimate(by_power, 3) - estimate(by_power, 1) == 2 * 16 * 1000);
  CHECK(estimate_personalized_pagerank_memory(graph, {}) == (8 + 8 + 32) * 1000);
}
