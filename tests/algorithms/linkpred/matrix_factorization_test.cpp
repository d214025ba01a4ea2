#include <adjoin/algorithms/linkpred/matrix_factorization.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

Array<float> factorized(const Graph& graph, const std::vector<Edge>& pairs, const MatrixFactorizationOptions& options) {
  RunContext context;
  return matrix_factorization_scores(context, graph, pairs, options);
}

MatrixFactorizationOptions of_rank(int rank, int iterations) {
  MatrixFactorizationOptions options;
  options.rank = rank;
  options.iterations = iterations;
  return options;
}

}  // namespace

TEST_CASE("factorised scores of the karate club equal NumPy's over all pairs") {
  const auto pairs = all_pairs(34);
  MatrixFactorizationOptions options = of_rank(3, 7);
  options.use_weights = true;
  for (const std::string kind : {"plain", "weighted", "directed"}) {
    check_global_golden(factorized(club(kind), pairs, options), pairs, "factorization_" + kind, 1e-6);
  }
  CHECK(same_bits(factorized(club("weighted"), pairs, of_rank(3, 7)), factorized(club("plain"), pairs, of_rank(3, 7))));
}

TEST_CASE("a factorisation of full rank that costs nothing is the adjacency matrix") {
  CHECK(rc::check([] {
    const Drawn drawn = draw(8);
    MatrixFactorizationOptions options = of_rank(8, 400);
    options.lambda = 1e-9;
    options.alpha = 1;
    options.direction = drawn.direction;
    Dense a = dense_matrix(drawn.graph, drawn.direction, false);
    const auto pairs = all_pairs(a.n);
    const Array<float> found = factorized(drawn.graph, pairs, options);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      RC_ASSERT(std::abs(double{found[i]} - a(index(pairs[i].source), index(pairs[i].target))) < 0.01);
    }
  }));
}

TEST_CASE("a star factorises as its closed form of rank 1 says") {
  const Graph star = graph_of(3, {{0, 1}, {0, 2}}, true, false);
  MatrixFactorizationOptions options = of_rank(1, 500);
  options.alpha = 3;
  options.lambda = 0.5;
  const Array<float> found = factorized(
      star, {{node_id(0), node_id(1)}, {node_id(0), node_id(2)}, {node_id(1), node_id(2)}, {node_id(1), node_id(0)}},
      options);
  // u = 2 c v / (lambda + 2 c v^2), v = c u / (lambda + c u^2): u^2 = 2 v^2 and u v = 1 - lambda / (c sqrt 2).
  CHECK(found[0] == doctest::Approx(1 - 0.5 / (4 * std::sqrt(2.0))));
  CHECK(found[1] == found[0]);
  CHECK(found[2] == 0);
  CHECK(found[3] == 0);
}

TEST_CASE("edges of weight 0 and nodes without edges have the score of no edge") {
  const Graph graph = graph_of(4, {{0, 1, 1}, {1, 2, 0}}, false, true);
  MatrixFactorizationOptions options = of_rank(2, 5);
  options.use_weights = true;
  const Array<float> found =
      factorized(graph, {{node_id(0), node_id(1)}, {node_id(1), node_id(2)}, {node_id(3), node_id(0)}}, options);
  CHECK(found[0] > 0.9);
  CHECK(found[1] == 0);
  CHECK(found[2] == 0);
}

TEST_CASE("factorised scores are the same for 1, 2, 3 and 8 threads, and others by another seed") {
  const Graph graph = rmat(9);
  const auto pairs = some_pairs(512, 1000, 5);
  check_same_bits(graph, pairs, [](RunContext& context, GraphView view, const std::vector<Edge>& asked) {
    return matrix_factorization_scores(context, view, asked);
  });
  RunSettings settings;
  settings.seed = 7;
  RunContext other(settings);
  CHECK(!same_bits(matrix_factorization_scores(other, graph, pairs), factorized(graph, pairs, {})));
}

TEST_CASE("a factorisation refuses pairs and options that make no sense") {
  check_hostile_pairs([](RunContext& context, GraphView graph, const std::vector<Edge>& pairs) {
    return matrix_factorization_scores(context, graph, pairs);
  });
  MatrixFactorizationOptions options;
  options.rank = 0;
  CHECK_THROWS_WITH_AS(factorized(club("plain"), {}, options), "rank = 0 is outside 1 to 1024", InvalidOption);
  options = {};
  options.lambda = 0;
  CHECK_THROWS_AS(factorized(club("plain"), {}, options), InvalidOption);
}

TEST_CASE("the estimate for a factorisation is two vectors a node") {
  const Graph graph = graph_of(10'000, {{0, 1}}, false, false);
  const auto estimate = [&](int rank) { return estimate_matrix_factorization_memory(graph, 10, of_rank(rank, 1), 1); };
  CHECK(estimate(5) >= 16 * 5 * 10'000);
  CHECK(estimate(5) < 17 * 5 * 10'000);
}
