#include <adjoin/algorithms/linkpred/katz.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

Array<float> katz(const Graph& graph, const std::vector<Edge>& pairs, const KatzOptions& options) {
  RunContext context;
  return katz_scores(context, graph, pairs, options);
}

/// Row by row: beta A + beta^2 A^2 + ... by products of whole matrices.
Dense slow_katz(const Dense& a, double beta, int length) {
  Dense sum(a.n);
  Dense power(a.n);
  for (std::size_t i = 0; i < a.n; ++i) power(i, i) = 1;
  for (int l = 1; l <= length; ++l) {
    power = product(power, a);
    for (double& value : power.values) value *= beta;
    for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += power.values[i];
  }
  return sum;
}

double largest_row_sum(const Dense& a) {
  double largest = 0;
  for (std::size_t i = 0; i < a.n; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < a.n; ++j) sum += a(i, j);
    largest = std::max(largest, sum);
  }
  return largest;
}

constexpr auto truncated_katz = KatzMethod::truncated;
constexpr auto exact_katz = KatzMethod::exact;

}  // namespace

TEST_CASE("Katz scores of the karate club equal NumPy's and SciPy's") {
  const auto pairs = all_pairs(34);
  for (const std::string kind : {"plain", "weighted", "directed"}) {
    check_golden(katz(club(kind), pairs, {0.02, truncated_katz, 4, true}), pairs, "katz_truncated_" + kind, 1e-6);
    check_golden(katz(club(kind), pairs, {0.02, exact_katz, 4, true}), pairs, "katz_exact_" + kind, 1e-6);
    check_golden(katz(club(kind), pairs, {0.02, truncated_katz, 200, true}), pairs, "katz_exact_" + kind, 1e-6);
  }
  check_golden(katz(club("weighted"), pairs, {0.02, exact_katz}), pairs, "katz_exact_plain", 1e-6);
}

TEST_CASE("truncated Katz scores of drawn graphs equal those of dense matrices") {
  CHECK(rc::check([] {
    const Drawn drawn = draw();
    const std::size_t n = drawn.graph.view().node_count();
    const KatzOptions options{0.1, truncated_katz, *rc::gen::inRange(1, 9), drawn.use_weights, drawn.direction};
    const Dense expected =
        slow_katz(dense_matrix(drawn.graph, drawn.direction, drawn.use_weights), options.beta, options.max_length);
    const auto pairs = some_pairs(n, 100, *rc::gen::arbitrary<std::uint64_t>());
    const Array<float> scores = katz(drawn.graph, pairs, options);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const double wanted = expected(index(pairs[i].source), index(pairs[i].target));
      RC_ASSERT(std::abs(double{scores[i]} - wanted) <= 1e-7 * wanted);
    }
  }));
}

TEST_CASE("exact Katz scores of drawn graphs are the limit, and truncated ones lie below it by no more than promised") {
  CHECK(rc::check([] {
    const Drawn drawn = draw();
    const Dense a = dense_matrix(drawn.graph, drawn.direction, drawn.use_weights);
    const double beta = 0.5 / std::max(1.0, largest_row_sum(a));
    KatzOptions options{beta, exact_katz, *rc::gen::inRange(1, 6), drawn.use_weights, drawn.direction};
    const Dense limit = slow_katz(a, beta, 80);
    const Dense part = slow_katz(a, beta, options.max_length);
    const auto pairs = all_pairs(a.n);
    const Array<float> scores = katz(drawn.graph, pairs, options);
    RunContext context;
    const double bound = katz_truncation_bound(context, drawn.graph, options);
    RC_ASSERT(bound <= std::pow(0.5, options.max_length) * 1.000001);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const double wanted = limit(index(pairs[i].source), index(pairs[i].target));
      RC_ASSERT(std::abs(double{scores[i]} - wanted) <= 1e-6 * wanted + 1e-15);
      RC_ASSERT(wanted - part(index(pairs[i].source), index(pairs[i].target)) <= bound + 1e-15);
    }
  }));
}

TEST_CASE("exact Katz refuses a beta at or above the inverse of the spectral radius, and no smaller one") {
  const Graph graph = club("plain");  // 1 / spectral radius = 0.148683...
  const std::vector<Edge> pair{{node_id(0), node_id(33)}};
  CHECK(katz(graph, pair, {0.14868, exact_katz})[0] > 100);
  CHECK_THROWS_WITH_AS(
      katz(graph, pair, {0.14869, exact_katz}),
      "beta = 0.14869 is not below 1 / spectral radius of the graph, about 0.148683, so that Katz's sum over walks of "
      "any length has no end; lower --beta, or take --method truncated",
      InvalidOption);
  CHECK_THROWS_AS(katz(graph, pair, {1, exact_katz}), InvalidOption);
  // A single edge has the spectral radius 1, and -1 beside it; so has a directed cycle.
  const Graph edge = graph_of(2, {{0, 1}}, false, false);
  const std::vector<Edge> ends{{node_id(0), node_id(1)}};
  CHECK_THROWS_AS(katz(edge, ends, {1, exact_katz}), InvalidOption);
  CHECK(katz(edge, ends, {0.5, exact_katz})[0] == doctest::Approx(0.5 / 0.75));
  const Graph cycle = graph_of(3, {{0, 1}, {1, 2}, {2, 0}}, true, false);
  CHECK_THROWS_AS(katz(cycle, ends, {1, exact_katz}), InvalidOption);
  // Without cycles walks come to an end, and any beta will do.
  const Graph arrow = graph_of(3, {{0, 1}, {1, 2}}, true, false);
  CHECK(katz(arrow, {{node_id(0), node_id(2)}}, {1, exact_katz})[0] == doctest::Approx(1));
}

TEST_CASE("exact Katz refuses graphs beyond its size, and truncated Katz takes them") {
  const Graph graph = graph_of(most_nodes_of_exact_katz + 1, {{0, 1}}, false, false);
  const std::vector<Edge> pair{{node_id(0), node_id(1)}};
  CHECK_THROWS_WITH_AS(katz(graph, pair, {0.1, exact_katz}),
                       "exact Katz scores are for graphs of at most 4096 nodes, and this one has 4097; take --method "
                       "truncated",
                       InvalidOption);
  CHECK(katz(graph, pair, {0.1, truncated_katz, 1})[0] == 0.1F);
}

TEST_CASE("Katz counts walks over self-loops, and none between the pieces of a graph") {
  const Graph graph = graph_of(4, {{0, 1}, {1, 1}, {2, 3}}, false, false);
  const std::vector<Edge> pairs{{node_id(0), node_id(1)}, {node_id(1), node_id(2)}, {node_id(3), node_id(2)}};
  for (const KatzMethod method : {truncated_katz, exact_katz}) {
    const Array<float> scores = katz(graph, pairs, {0.1, method, 40});
    // With f walks from 0 to 1: f = beta (1 + g), g = beta (f + g) over the walks that begin at 1 and end there.
    CHECK(scores[0] == doctest::Approx(0.1 / (1 - 0.1 - 0.01)));
    CHECK(scores[1] == 0);
    CHECK(scores[2] == doctest::Approx(0.1 / 0.99));
  }
}

TEST_CASE("Katz scores that leave the range of a float are refused, and their bound is infinite") {
  const Graph graph = graph_of(3, {{0, 1, 1e30F}, {1, 2, 1e30F}}, false, true);
  const std::vector<Edge> pair{{node_id(0), node_id(2)}};
  const KatzOptions options{.beta = 1, .use_weights = true};
  CHECK_THROWS_WITH_AS(katz(graph, pair, options),
                       "the score of nodes 0 and 2 left the range of a 32-bit float; lower beta or the weights of "
                       "the graph",
                       InvalidData);
  CHECK_THROWS_AS(katz(graph, pair, {1, truncated_katz, 1000, true}), InvalidData);
  CHECK_THROWS_AS(katz(graph, pair, {1, exact_katz, 1000, true}), InvalidOption);
  RunContext context;
  CHECK(std::isinf(katz_truncation_bound(context, graph, options)));
}

TEST_CASE("Katz takes edges of weight 0, and walks whose count is too small for any number, for no walk") {
  const Graph graph = graph_of(3, {{0, 1, 0}, {1, 2, 1}}, false, true);
  const std::vector<Edge> pairs{{node_id(0), node_id(1)}, {node_id(1), node_id(2)}};
  const Array<float> scores = katz(graph, pairs, {1e-12, truncated_katz, 1000, true});
  CHECK(scores[0] == 0);
  CHECK(scores[1] == doctest::Approx(1e-12));
}

TEST_CASE("Katz scores are the same for 1, 2, 3 and 8 threads") {
  const Graph graph = rmat(9);
  for (const KatzMethod method : {truncated_katz, exact_katz}) {
    check_same_bits(graph, some_pairs(512, 2000, 5),
                    [&](RunContext& context, GraphView view, const std::vector<Edge>& pairs) {
                      return katz_scores(context, view, pairs, {0.001, method, 5});
                    });
  }
}

TEST_CASE("Katz refuses pairs and options that make no sense") {
  for (const KatzMethod method : {truncated_katz, exact_katz}) {
    check_hostile_pairs([&](RunContext& context, GraphView graph, const std::vector<Edge>& pairs) {
      return katz_scores(context, graph, pairs, {0.001, method});
    });
  }
  const Graph graph = club("plain");
  CHECK_THROWS_WITH_AS(katz(graph, {}, {.beta = 0}), "beta = 0 is outside 1e-12 to 1", InvalidOption);
  CHECK_THROWS_WITH_AS(katz(graph, {}, {.max_length = 0}), "max-length = 0 is outside 1 to 1000", InvalidOption);
  CHECK_THROWS_AS(katz(graph, {}, {.beta = std::nan("")}), InvalidOption);
}

TEST_CASE("the estimate for Katz counts 24 bytes a node and thread, or the matrix of the exact method") {
  const Graph graph = graph_of(1000, {{0, 1}}, false, false);
  const auto estimate = [&](KatzMethod method, int threads) {
    return estimate_katz_memory(graph, 50, {.method = method}, threads);
  };
  CHECK(estimate(truncated_katz, 3) - estimate(truncated_katz, 1) == 2 * 24 * 1000);
  CHECK(estimate(exact_katz, 1) > 8 * 1000 * 1000);
  CHECK(estimate(exact_katz, 1) < 9 * 1000 * 1000);
}
