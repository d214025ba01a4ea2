// Golden values: the unit tests of ScHoLP.jl for its triangle {1, 5, 8}; else each score's formula, over sets.
#include <array>
#include <cmath>
#include <limits>

#include <adjoin/algorithms/simplicial/triple_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "simplicial_support.hpp"

using namespace adjoin;
using test::project;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

NodeTriple triple(std::size_t a, std::size_t b, std::size_t c) {
  return {node_id(a), node_id(b), node_id(c)};
}

std::vector<Array<double>> triple_scores_of(const Projection& projection, const std::vector<NodeTriple>& triples,
                                            const std::vector<TripleMethod>& methods = local_triple_methods(),
                                            int threads = 1) {
  RunContext context = test::with_threads(threads);
  return triple_scores(context, projection, triples, methods);
}

/// The score of one triple, from the simplices themselves.
double slow_score(const test::DrawnLog& drawn, const std::array<std::size_t, 3>& nodes, const TripleMethod& method) {
  const auto together = [&](std::size_t u, std::size_t v) { return test::shared(drawn.simplices, {u, v}); };
  const auto neighbors = [&](std::size_t u) {
    std::set<std::size_t> found;
    for (std::size_t v = 0; v < drawn.nodes; ++v) {
      if (u != v && together(u, v) > 0) found.insert(v);
    }
    return found;
  };
  std::array<std::set<std::size_t>, 3> of;
  for (std::size_t k = 0; k < 3; ++k) of[k] = neighbors(nodes[k]);
  std::set<std::size_t> all;
  std::set<std::size_t> common;
  for (const auto& set : of) all.insert(set.begin(), set.end());
  for (const std::size_t v : all) {
    if (of[0].contains(v) && of[1].contains(v) && of[2].contains(v)) common.insert(v);
  }
  switch (method.score) {
    case TripleScore::common_neighbors:
      return static_cast<double>(common.size());
    case TripleScore::jaccard:
      return all.empty() ? 0 : static_cast<double>(common.size()) / static_cast<double>(all.size());
    case TripleScore::adamic_adar: {
      double sum = 0;
      for (const std::size_t v : common) sum += 1 / std::log(static_cast<double>(neighbors(v).size()));
      return sum;
    }
    case TripleScore::degrees:
      return static_cast<double>(of[0].size() * of[1].size() * of[2].size());
    case TripleScore::simplicial_degrees: {
      double product = 1;
      for (const std::size_t node : nodes) product *= static_cast<double>(test::shared(drawn.simplices, {node}));
      return product;
    }
    case TripleScore::mean:
      break;
    default:
      RC_FAIL("scores of walks have tests of their own");
  }
  const std::array<std::size_t, 3> weights{together(nodes[0], nodes[1]), together(nodes[0], nodes[2]),
                                           together(nodes[1], nodes[2])};
  const auto [low, high] = std::ranges::minmax(weights);
  if (method.p == infinity) return static_cast<double>(high);
  if (method.p == -infinity) return static_cast<double>(low);
  if (low == 0 && method.p <= 0) return 0;
  long double sum = 0;
  for (const std::size_t weight : weights) {
    const auto w = static_cast<long double>(weight);
    sum += method.p == 0 ? std::log(w) : std::pow(w, static_cast<long double>(method.p));
  }
  return static_cast<double>(method.p == 0 ? std::exp(sum / 3)
                                           : std::pow(sum / 3, 1 / static_cast<long double>(method.p)));
}

}  // namespace

TEST_CASE("the open triangle of ScHoLP's example has ScHoLP's scores") {
  const SimplexLog log = test::scholp_example();
  const Projection projection = project(log.view());
  const auto scores = triple_scores_of(projection, {triple(0, 4, 7)});
  const std::vector<TripleMethod> methods = local_triple_methods();
  for (std::size_t k = 0; k < methods.size(); ++k) {
    CAPTURE(triple_method_name(methods[k]));
    double expected = 0;
    if (methods[k].score == TripleScore::mean) expected = 1;
    if (methods[k].score == TripleScore::degrees) expected = 63;
    if (methods[k].score == TripleScore::simplicial_degrees) expected = 20;
    CHECK(scores[k][0] == expected);
  }
}

TEST_CASE("the scores of any three nodes of drawn logs are what their formulas say, in any order of the nodes") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    if (drawn.nodes < 3) return;
    std::vector<TripleMethod> methods = local_triple_methods();
    for (const double p : {-4.0, -0.25, 0.5, 2.0, 4.0}) methods.push_back({TripleScore::mean, p});
    const SimplexLog log = drawn.log();
    const Projection projection = project(log.view());
    std::vector<NodeTriple> triples;
    for (std::size_t a = 0; a < drawn.nodes; ++a) {
      for (std::size_t b = 0; b < drawn.nodes; ++b) {
        for (std::size_t c = 0; c < drawn.nodes; ++c) {
          if (a != b && b != c && a != c) triples.push_back(triple(a, b, c));
        }
      }
    }
    const auto scores = triple_scores_of(projection, triples, methods);
    std::vector<NodeTriple> turned;
    for (const NodeTriple& t : triples) turned.push_back({t.c, t.a, t.b});
    const auto scores_turned = triple_scores_of(projection, turned, methods);
    for (std::size_t k = 0; k < methods.size(); ++k) {
      for (std::size_t i = 0; i < triples.size(); ++i) {
        const auto [a, b, c] = triples[i];
        const double expected = slow_score(drawn, {index(a), index(b), index(c)}, methods[k]);
        RC_ASSERT(std::abs(scores[k][i] - expected) <= 1e-12 * std::max(1.0, expected));
        RC_ASSERT(scores[k][i] == scores_turned[k][i]);
      }
    }
  }));
}

TEST_CASE("means rise with their power, between the least and the largest weight, and join without a step at 0") {
  CHECK(rc::check([] {
    const auto draw = [] { return static_cast<double>(*rc::gen::inRange(1, 1000)); };
    const double a = draw();
    const double b = draw();
    const double c = draw();
    double last = generalized_mean(a, b, c, -infinity);
    RC_ASSERT(last == std::min({a, b, c}));
    for (const double p : {-1e6, -300.0, -4.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 2.0, 300.0, 1e6}) {
      const double mean = generalized_mean(a, b, c, p);
      RC_ASSERT(mean >= last * (1 - 1e-12));
      last = mean;
    }
    RC_ASSERT(last <= std::max({a, b, c}));
    RC_ASSERT(generalized_mean(a, b, c, infinity) == std::max({a, b, c}));
    const double geometric = generalized_mean(a, b, c, 0);
    RC_ASSERT(std::abs(generalized_mean(a, b, c, 2e-6) / geometric - 1) < 1e-4);
    RC_ASSERT(generalized_mean(a, b, c, 1e-300) == geometric);
  }));
  CHECK(generalized_mean(2, 3, 6, -1) == 3);  // 1/2 + 1/3 + 1/6 is 1
  CHECK(generalized_mean(1, 3, 9, 0) == 3);
  CHECK(generalized_mean(1, 2, 3, 1) == generalized_mean(2, 2, 2, 1));
  CHECK(generalized_mean(0, 2, 3, -1) == 0);
  CHECK(generalized_mean(0, 3, 3, 1) == 2);
  CHECK(generalized_mean(0, 0, 0, 5) == 0);
}

TEST_CASE("methods have names, and names methods") {
  std::vector<TripleMethod> named = local_triple_methods();
  for (const TripleMethod& method : walk_triple_methods()) named.push_back(method);
  CHECK(named.size() == 14);
  for (const TripleMethod& method : named) {
    const TripleMethod again = parse_triple_method(triple_method_name(method));
    CHECK(again.score == method.score);
    CHECK(again.p == method.p);
  }
  CHECK(triple_method_name({TripleScore::mean, -2.25}) == "mean-of-power--2.25");
  CHECK(parse_triple_method("mean-of-power--2.25").p == -2.25);
  CHECK(triple_method_name(parse_triple_method("mean-of-power-1")) == "arithmetic-mean");
  for (const char* const name : {"", "mean", "mean-of-power-", "mean-of-power-nan", "mean-of-power-1x", "Jaccard"}) {
    CHECK_THROWS_AS(parse_triple_method(name), InvalidOption);
  }
}

TEST_CASE("triples that are none are refused, and so is too little memory") {
  const SimplexLog log = test::log_of(4, {{0, 1, 2, 3}});
  const Projection projection = project(log.view());
  CHECK(triple_scores_of(projection, {})[0].empty());
  CHECK_THROWS_WITH_AS(triple_scores_of(projection, {triple(0, 1, 2), triple(1, 3, 1)}),
                       "triple 1 has a node twice: 1, 3, 1", InvalidData);
  CHECK_THROWS_WITH_AS(triple_scores_of(projection, {triple(0, 1, 4)}),
                       "triple 0 has node 4, and the graph has 4 nodes", InvalidData);
  CHECK_THROWS_AS(
      triple_scores_of(projection, {triple(0, 1, 2)}, {{TripleScore::mean, std::numeric_limits<double>::quiet_NaN()}}),
      InvalidOption);
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  const std::vector<NodeTriple> triples{triple(0, 1, 2)};
  CHECK_THROWS_AS(triple_scores(small, projection, triples, local_triple_methods()), BudgetExceeded);
}
