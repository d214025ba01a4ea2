#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/graph/as_simplices.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

namespace {

SimplexLog simplices_of(RunContext& context, std::size_t nodes, const std::vector<std::vector<std::size_t>>& groups) {
  SimplexArrays arrays;
  std::vector<EdgeOffset> offsets{edge_offset(0)};
  std::vector<NodeId> members;
  for (const auto& group : groups) {
    for (const std::size_t node : group) members.push_back(node_id(node));
    offsets.push_back(edge_offset(members.size()));
  }
  return {context, nodes, {test::to_array(offsets), test::to_array(members), {}, 0}};
}

float weight_between(const CsrView& a, std::size_t i, std::size_t j) {
  for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
    if (index(a.targets[e]) == j) return a.weights[e];
  }
  return 0;
}

}  // namespace

TEST_CASE("the projected graph joins nodes by the number of simplices that they share") {
  RunContext context;
  // Figure 1 of Benson et al. 2018 is such a drawing: a triangle that is filled, one that is open, pairs seen twice.
  const SimplexLog log = simplices_of(context, 6, {{0, 1, 2}, {0, 1}, {1, 0, 3}, {4}, {3, 2}});
  const auto nodes = std::make_shared<const NodeIndex>(NodeIndex::range(6));
  const Graph graph = projected_graph(context, log.view(), nodes, {}).graph;
  const CsrView a = graph.view().out();
  CHECK(graph.view().edge_count() == 6);
  CHECK(weight_between(a, 0, 1) == 3);
  CHECK(weight_between(a, 1, 2) == 1);
  CHECK(weight_between(a, 2, 3) == 1);
  CHECK(weight_between(a, 3, 1) == 1);
  CHECK(weight_between(a, 4, 5) == 0);
  CHECK(a.row_size(4) == 0);
}

TEST_CASE("a projected graph has the pairs of all simplices and no other, for random ones") {
  CHECK(rc::check([] {
    RunContext context;
    const auto n = *rc::gen::inRange<std::size_t>(1, 20);
    const auto groups = *rc::gen::container<std::vector<std::vector<std::size_t>>>(
        rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, n))));
    const SimplexLog log = simplices_of(context, n, groups);
    const Graph graph =
        projected_graph(context, log.view(), std::make_shared<const NodeIndex>(NodeIndex::range(n)), {}).graph;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const auto both = [&](const auto& group) {
          return i != j && std::ranges::find(group, i) != group.end() && std::ranges::find(group, j) != group.end();
        };
        RC_ASSERT(weight_between(graph.view().out(), i, j) == static_cast<float>(std::ranges::count_if(groups, both)));
      }
    }
  }));
}

TEST_CASE("pairs that no memory holds are refused before they are listed, and so is a direction") {
  RunSettings settings;
  settings.memory_budget = std::uint64_t{1} << 30;
  RunContext context(settings);
  std::vector<std::size_t> group(40'000);
  for (std::size_t i = 0; i < group.size(); ++i) group[i] = i;
  const SimplexLog log = simplices_of(context, group.size(), {group});
  const auto nodes = std::make_shared<const NodeIndex>(NodeIndex::range(group.size()));
  CHECK_THROWS_AS(projected_graph(context, log.view(), nodes, {}), BudgetExceeded);
  BuildOptions directed;
  directed.directed = true;
  CHECK_THROWS_AS(projected_graph(context, log.view(), nodes, directed), InvalidOption);
  CHECK_THROWS_AS(as_graph(context, Dataset{}, {}), InvalidData);
}

TEST_CASE("edges and events become simplices of two nodes, those of an edge once") {
  RunContext context;
  Dataset data;
  data.nodes = std::make_shared<const NodeIndex>(NodeIndex::range(4));
  CHECK_THROWS_AS(as_simplices(context, data), InvalidData);
  BuildOptions keep;
  keep.self_loops = SelfLoops::keep;
  const std::vector<Edge> edges{
      {node_id(0), node_id(1)}, {node_id(1), node_id(0)}, {node_id(2), node_id(1)}, {node_id(3), node_id(3)}};
  data.graph = build_graph(context, test::to_array(edges), {}, data.nodes, keep).graph;
  const SimplexLog of_edges = as_simplices(context, data);
  REQUIRE(of_edges.size() == 3);
  CHECK(of_edges.view().simplex(0).size() == 2);
  CHECK(of_edges.view().simplex(2).size() == 1);

  data.events = EventLog(context, 4,
                         {test::to_array(std::vector{node_id(3), node_id(0)}),
                          test::to_array(std::vector{node_id(1), node_id(2)}),
                          test::to_array(std::vector<Time>{7, 5}),
                          {},
                          {},
                          {},
                          0});
  const SimplexLog of_events = as_simplices(context, data);
  REQUIRE(of_events.size() == 2);
  CHECK(of_events.view().times[0] == 5);
  CHECK(of_events.view().simplex(1)[0] == node_id(1));
}
