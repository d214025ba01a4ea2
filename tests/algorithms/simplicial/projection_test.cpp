// Golden values: the unit tests of ScHoLP.jl, and the authors' summary-stats tables.
#include <cmath>
#include <limits>
#include <numeric>

#include <adjoin/algorithms/simplicial/projection.hpp>
#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "simplicial_support.hpp"

using namespace adjoin;
using test::log_of;
using test::project;

namespace {

float weight_of(GraphView graph, std::size_t u, std::size_t v) {
  const CsrView a = graph.out();
  const auto row = a.row_targets(u);
  const auto at = std::ranges::find(row, node_id(v));
  if (at == row.end()) return 0;
  return a.weighted() ? a.row_weights(u)[static_cast<std::size_t>(at - row.begin())] : 1;
}

bool same_matrix(const CsrView& a, const CsrView& b) {
  return std::ranges::equal(a.offsets, b.offsets) && std::ranges::equal(a.targets, b.targets) &&
         std::ranges::equal(a.weights, b.weights);
}

}  // namespace

TEST_CASE("the projection of ScHoLP's example is ScHoLP's") {
  const SimplexLog log = test::scholp_example();
  const Projection projection = project(log.view());
  const GraphView graph = projection.graph;
  CHECK(graph.edge_count() == 15);
  for (std::size_t u = 0; u < 9; ++u) {
    for (const NodeId v : graph.out().row_targets(u)) {
      const auto [low, high] = std::minmax({u, index(v)});
      const bool twice = (low == 0 && (high == 1 || high == 2 || high == 5)) || (low == 1 && high == 5);
      CHECK(weight_of(graph, u, index(v)) == (twice ? 2 : 1));
    }
  }
  CHECK(projection.simplicial_degree(node_id(0)) == 5);
  CHECK(projection.active_node_count() == 9);
}

TEST_CASE("a projection counts the simplices that every two nodes share, in all weightings") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const auto max_size = *rc::gen::inRange(1, 7);
    test::Simplices kept;
    for (const auto& simplex : drawn.simplices) {
      if (simplex.size() <= static_cast<std::size_t>(max_size)) kept.push_back(simplex);
    }
    const Projection counts = project(log.view(), {TieWeight::count, max_size});
    const Projection links = project(log.view(), {TieWeight::none, max_size});
    const Projection shares = project(log.view(), {TieWeight::share, max_size});
    RC_ASSERT(counts.incidence.too_large == drawn.simplices.size() - kept.size());
    std::size_t pairs = 0;
    for (std::size_t u = 0; u < drawn.nodes; ++u) {
      RC_ASSERT(counts.simplicial_degree(node_id(u)) == test::shared(kept, {u}));
      double strength = 0;
      for (std::size_t v = 0; v < drawn.nodes; ++v) {
        if (u == v) {
          RC_ASSERT(weight_of(counts.graph, u, v) == 0);
          continue;
        }
        const std::size_t both = test::shared(kept, {u, v});
        pairs += both > 0 ? 1 : 0;
        RC_ASSERT(weight_of(counts.graph, u, v) == static_cast<float>(both));
        RC_ASSERT(weight_of(links.graph, u, v) == (both > 0 ? 1 : 0));
        RC_ASSERT(weight_of(shares.graph, u, v) == weight_of(shares.graph, v, u));
        strength += weight_of(shares.graph, u, v);
      }
      std::size_t alone = 0;
      for (const auto& simplex : kept) alone += simplex == std::vector<std::size_t>{u} ? 1 : 0;
      RC_ASSERT(std::abs(strength - static_cast<double>(test::shared(kept, {u}) - alone)) < 1e-4);
    }
    RC_ASSERT(counts.graph.view().edge_count() * 2 == pairs);
    RC_ASSERT(!links.graph.view().weighted());
  }));
}

TEST_CASE("a projection is a valid graph, the same for 1, 2, 3 and 8 threads, and that of all pairs listed") {
  const auto set = test::public_set("contact-primary-school");
  if (!set) return;
  const SimplexView log = set->simplices->view();
  RunContext context;
  const BuiltGraph listed = projected_graph(context, log, set->nodes, {});
  const Projection alone = project(log, {.weights = TieWeight::share}, 1);
  for (const int threads : {1, 2, 3, 8}) {
    const Projection projection = project(log, {}, threads);
    CHECK(same_matrix(projection.graph.view().out(), listed.graph.view().out()));
    const Projection shares = project(log, {.weights = TieWeight::share}, threads);
    CHECK(same_matrix(shares.graph.view().out(), alone.graph.view().out()));
    detail::check_symmetric(context, shares.graph);
  }
}

TEST_CASE("a stretch of time has the simplices after its beginning, up to its end") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const auto after = *rc::gen::inRange<Time>(-1, 21);
    const auto until = *rc::gen::inRange<Time>(-1, 21);
    test::Simplices kept;
    for (std::size_t i = 0; i < drawn.times.size(); ++i) {
      if (drawn.times[i] > after && drawn.times[i] <= until) kept.push_back(drawn.simplices[i]);
    }
    const SimplexView part = simplices_between(log.view(), after, until);
    RC_ASSERT(part.size() == kept.size());
    const SimplexLog expected = log_of(drawn.nodes, kept);
    const Projection a = project(part);
    const Projection b = project(expected.view());
    RC_ASSERT(same_matrix(a.graph.view().out(), b.graph.view().out()));
    RC_ASSERT(same_matrix(a.incidence.nodes_of.view(), b.incidence.nodes_of.view()));
    RC_ASSERT(same_matrix(a.incidence.simplices_of.view(), b.incidence.simplices_of.view()));
  }));
}

TEST_CASE("the time of a share of the simplices is linear between two of them, halves going to even ticks") {
  // numpy.round(numpy.percentile(times, 100 q)) of NumPy 2
  const auto quantile = [](const std::vector<Time>& times, double q) {
    const SimplexLog log = log_of(1, test::Simplices(times.size(), {0}), times);
    return time_quantile(log.view(), q);
  };
  CHECK(quantile({0, 10, 20, 30, 41}, 0.8) == 32);
  CHECK(quantile({0, 1}, 0.5) == 0);
  CHECK(quantile({1, 2}, 0.5) == 2);
  CHECK(quantile({-3, -2}, 0.5) == -2);
  CHECK(quantile({7}, 0.3) == 7);
  CHECK(quantile({5, 8, 13}, 0) == 5);
  CHECK(quantile({5, 8, 13}, 1) == 13);
  CHECK(quantile({9'007'199'254'740'993, 9'007'199'254'740'995}, 1) == 9'007'199'254'740'995);
  CHECK_THROWS_AS(quantile({1}, std::numeric_limits<double>::quiet_NaN()), InvalidOption);
  CHECK_THROWS_AS(quantile({1}, 1.1), InvalidOption);
  CHECK_THROWS_AS(quantile({}, 0.5), InvalidData);
}

TEST_CASE("what no projection can be made of is refused, and nothing is left of no simplices") {
  const SimplexLog log = log_of(3, {{0, 1}});
  RunContext context;
  CHECK_THROWS_AS(project_simplices(context, log.view(), test::names_of(3), {TieWeight::count, 0}), InvalidOption);
  CHECK_THROWS_WITH_AS(project_simplices(context, log.view(), test::names_of(4)),
                       "the simplices are of 3 nodes, and there are 4 names", InvalidData);
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  CHECK_THROWS_AS(project_simplices(small, log.view(), test::names_of(3)), BudgetExceeded);
  const SimplexLog empty = log_of(3, {});
  const Projection of_none = project(empty.view());
  CHECK(of_none.graph.view().edge_count() == 0);
  CHECK(of_none.active_node_count() == 0);
  const SimplexLog nobody = log_of(0, {});
  const Projection of_nobody = project(nobody.view());
  CHECK(of_nobody.graph.view().node_count() == 0);
}

TEST_CASE("public sets project to the published numbers of edges" * doctest::test_suite("accuracy")) {
  struct Set {
    const char* name;
    std::size_t edges;
    double mean_weight;
  };
  for (const Set& set : {Set{"email-Enron", 1800, 16.04}, Set{"contact-high-school", 5818, 32.64},
                         Set{"contact-primary-school", 8317, 15.37}, Set{"NDC-classes", 6222, 44.50},
                         Set{"tags-ask-ubuntu", 132'703, 6.29}, Set{"threads-ask-ubuntu", 187'157, 1.07}}) {
    const auto data = test::public_set(set.name);
    if (!data) continue;
    CAPTURE(set.name);
    const Projection projection = project(data->simplices->view());
    const CsrView a = projection.graph.view().out();
    CHECK(projection.graph.view().edge_count() == set.edges);
    const double total = std::accumulate(a.weights.begin(), a.weights.end(), 0.0);
    CHECK(std::abs(total / static_cast<double>(a.nonzero_count()) - set.mean_weight) < 0.00501);
  }
}
