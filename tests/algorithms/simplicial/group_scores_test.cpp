// For three nodes the scores are those of triple_scores; for more each formula, over sets.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <adjoin/algorithms/simplicial/group_scores.hpp>
#include <adjoin/algorithms/simplicial/triple_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "simplicial_support.hpp"

using namespace adjoin;
using test::project;

namespace {

using Group = std::vector<std::size_t>;

std::vector<Array<double>> group_scores_of(const Projection& projection, const std::vector<Group>& groups,
                                           const std::vector<GroupMethod>& methods = all_group_methods(),
                                           int threads = 1) {
  std::vector<std::size_t> offsets{0};
  std::vector<NodeId> nodes;
  for (const Group& group : groups) {
    for (const std::size_t node : group) nodes.push_back(node_id(node));
    offsets.push_back(nodes.size());
  }
  RunContext context = test::with_threads(threads);
  return group_scores(context, projection, {offsets, nodes}, methods);
}

double slow_mean(const std::vector<double>& values, double p) {
  const auto [low, high] = std::ranges::minmax(values);
  if (std::isinf(p)) return p > 0 ? high : low;
  if (low == 0 && p <= 0) return 0;
  double sum = 0;
  for (const double value : values) sum += p == 0 ? std::log(value) : std::pow(value, p);
  sum /= static_cast<double>(values.size());
  return p == 0 ? std::exp(sum) : std::pow(sum, 1 / p);
}

double slow_score(const test::DrawnLog& drawn, const Group& group, const GroupMethod& method) {
  const auto together = [&](const Group& nodes) { return static_cast<double>(test::shared(drawn.simplices, nodes)); };
  const auto neighbors = [&](std::size_t u) {
    std::set<std::size_t> found;
    for (std::size_t v = 0; v < drawn.nodes; ++v) {
      if (u != v && together({u, v}) > 0) found.insert(v);
    }
    return found;
  };
  std::vector<double> values;
  for (std::size_t i = 0; i < group.size(); ++i) {
    for (std::size_t j = i + 1; j < group.size(); ++j) {
      if (method.score == GroupScore::pair_mean || group.size() < 3) values.push_back(together({group[i], group[j]}));
      if (method.score != GroupScore::triple_mean) continue;
      for (std::size_t k = j + 1; k < group.size(); ++k) values.push_back(together({group[i], group[j], group[k]}));
    }
  }
  if (method.score == GroupScore::pair_mean || method.score == GroupScore::triple_mean)
    return slow_mean(values, method.p);
  double product = 1;
  if (method.score == GroupScore::degrees) {
    for (const std::size_t v : group) product *= static_cast<double>(neighbors(v).size());
    return product;
  }
  if (method.score == GroupScore::simplicial_degrees) {
    for (const std::size_t v : group) product *= together({v});
    return product;
  }
  double all = 0;
  double common = 0;
  double adamic_adar = 0;
  for (std::size_t v = 0; v < drawn.nodes; ++v) {
    const auto of = std::ranges::count_if(group, [&](std::size_t u) { return neighbors(u).contains(v); });
    all += of > 0 ? 1 : 0;
    if (of != static_cast<std::ptrdiff_t>(group.size())) continue;
    ++common;
    adamic_adar += 1 / std::log(static_cast<double>(neighbors(v).size()));
  }
  if (method.score == GroupScore::common_neighbors) return common;
  if (method.score == GroupScore::adamic_adar) return adamic_adar;
  return all == 0 ? 0 : common / all;
}

}  // namespace

TEST_CASE("scores of groups of any size are what their formulas say, in any order of the nodes") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    if (drawn.nodes < 2) return;
    const SimplexLog log = drawn.log();
    const Projection projection = project(log.view());
    std::vector<Group> groups;
    std::vector<Group> turned;
    for (int i = 0; i < 12; ++i) {
      Group nodes(drawn.nodes);
      std::iota(nodes.begin(), nodes.end(), std::size_t{0});
      for (std::size_t k = nodes.size() - 1; k > 0; --k)
        std::swap(nodes[k], nodes[*rc::gen::inRange<std::size_t>(0, k + 1)]);
      nodes.resize(*rc::gen::inRange<std::size_t>(2, nodes.size() + 1));
      groups.push_back(nodes);
      std::ranges::reverse(nodes);
      turned.push_back(nodes);
    }
    std::vector<GroupMethod> methods = all_group_methods();
    methods.push_back({GroupScore::pair_mean, 2.5});
    methods.push_back({GroupScore::triple_mean, -3});
    const auto scores = group_scores_of(projection, groups, methods);
    const auto scores_turned = group_scores_of(projection, turned, methods, 2);
    for (std::size_t k = 0; k < methods.size(); ++k) {
      for (std::size_t i = 0; i < groups.size(); ++i) {
        const double expected = slow_score(drawn, groups[i], methods[k]);
        RC_ASSERT(std::abs(scores[k][i] - expected) <= 1e-12 * std::max(1.0, expected));
        RC_ASSERT(scores[k][i] == scores_turned[k][i]);
      }
    }
  }));
}

TEST_CASE("a group of three has the scores of three nodes, and one of four those of a block") {
  const SimplexLog log = test::scholp_example();
  const Projection projection = project(log.view());
  const std::vector<NodeTriple> triples{{node_id(0), node_id(1), node_id(2)}, {node_id(0), node_id(4), node_id(7)}};
  RunContext context = test::with_threads(1);
  for (const TripleMethod& method : local_triple_methods()) {
    const std::string name = triple_method_name(method);
    CAPTURE(name);
    const auto expected = triple_scores(context, projection, triples, std::span(&method, 1));
    const auto found = group_scores_of(projection, {{0, 1, 2}, {0, 4, 7}}, {parse_group_method(name)});
    for (std::size_t i = 0; i < 2; ++i) CHECK(found[0][i] == doctest::Approx(expected[0][i]).epsilon(1e-14));
  }
  const std::vector<GroupMethod> methods = all_group_methods();
  const QuadrupleScoring scoring = prepare_quadruple_scores(projection, methods);
  const std::vector<NodeQuadruple> quadruples{{node_id(3), node_id(0), node_id(2), node_id(1)},
                                              {node_id(0), node_id(1), node_id(5), node_id(8)}};
  std::vector<double> block(2 * methods.size());
  scoring.score(quadruples, block);
  const auto scores = group_scores_of(projection, {{0, 1, 2, 3}, {0, 1, 5, 8}});
  for (std::size_t k = 0; k < methods.size(); ++k) {
    CHECK(block[2 * k] == scores[k][0]);
    CHECK(block[2 * k + 1] == scores[k][1]);
  }
}

TEST_CASE("methods of groups have names, and names methods") {
  for (const GroupMethod& method : all_group_methods()) {
    const GroupMethod again = parse_group_method(group_method_name(method));
    CHECK(again.score == method.score);
    CHECK(again.p == method.p);
  }
  CHECK(group_method_name({GroupScore::triple_mean, 0}) == "triple-geometric-mean");
  CHECK(parse_group_method("triple-mean-of-power-2.5").p == 2.5);
  for (const char* const name : {"", "triple-", "triple-jaccard", "katz", "mean-of-power-nan"}) {
    CHECK_THROWS_AS(parse_group_method(name), InvalidOption);
  }
}

TEST_CASE("groups that are none are refused, and so is too little memory") {
  const SimplexLog log = test::log_of(4, {{0, 1, 2, 3}});
  const Projection projection = project(log.view());
  CHECK(group_scores_of(projection, {})[0].empty());
  CHECK_THROWS_WITH_AS(group_scores_of(projection, {{0, 1}, {2}}), "group 1 has 1 nodes, and a score is of two or more",
                       InvalidData);
  CHECK_THROWS_WITH_AS(group_scores_of(projection, {{0, 1, 2, 3, 1}}), "group 0 has node 1 twice", InvalidData);
  CHECK_THROWS_WITH_AS(group_scores_of(projection, {{0, 4}}), "group 0 has node 4, and the graph has 4 nodes",
                       InvalidData);
  CHECK_THROWS_AS(
      group_scores_of(projection, {{0, 1}}, {{GroupScore::pair_mean, std::numeric_limits<double>::quiet_NaN()}}),
      InvalidOption);
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  const std::vector<std::size_t> offsets{0, 2};
  const std::vector<NodeId> nodes{node_id(0), node_id(1)};
  CHECK_THROWS_AS(group_scores(small, projection, {offsets, nodes}, all_group_methods()), BudgetExceeded);
}
