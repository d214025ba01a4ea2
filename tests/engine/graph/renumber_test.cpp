#include <map>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/graph/renumber.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

namespace {

/// Weight by the names of both ends.
std::map<std::pair<std::string, std::string>, float> by_name(GraphView graph) {
  std::map<std::pair<std::string, std::string>, float> edges;
  const CsrView a = graph.out();
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      edges[{graph.nodes().name(node_id(row)), graph.nodes().name(a.targets[e])}] = a.weighted() ? a.weights[e] : 1;
    }
  }
  return edges;
}

Dataset random_dataset(RunContext& context, std::size_t n, bool directed, bool text_names, std::uint64_t seed) {
  const std::vector<Edge> edges = test::random_edges(n, 3 * n, seed);
  std::vector<float> weights;
  for (std::size_t e = 0; e < edges.size(); ++e) weights.push_back(static_cast<float>(e + 1));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < n; ++i) names.push_back((text_names ? "n" : "") + std::to_string(3 * i + 1));
  BuildOptions options;
  options.directed = directed;
  options.self_loops = SelfLoops::keep;
  Dataset data;
  data.graph =
      build_graph(context, test::to_array(edges), test::to_array(weights), NodeIndex::from_names(names), options).graph;
  data.nodes = data.graph->view().shared_nodes();
  data.features = Matrix(n, 2);
  for (std::size_t i = 0; i < n; ++i) {
    const std::string name = data.nodes->name(node_id(i));
    data.features(i, 0) = static_cast<float>(std::stoi(text_names ? name.substr(1) : name));
  }
  return data;
}

}  // namespace

TEST_CASE("in order of degree every node keeps its name, edges and features, and degrees fall") {
  CHECK(rc::check([] {
    RunContext context;
    const auto n = *rc::gen::inRange<std::size_t>(1, 60);
    const bool directed = *rc::gen::arbitrary<bool>();
    const bool text_names = *rc::gen::arbitrary<bool>();
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const Dataset original = random_dataset(context, n, directed, text_names, seed);
    const auto expected = by_name(original.graph->view());
    Dataset data = in_order(context, random_dataset(context, n, directed, text_names, seed), NodeOrder::degree);
    const NodeIndex& nodes = *data.nodes;
    RC_ASSERT(by_name(data.graph->view()) == expected);
    std::size_t last = ~std::size_t{0};
    std::size_t last_place = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const std::string name = nodes.name(node_id(i));
      RC_ASSERT(nodes.find(name) == node_id(i));
      RC_ASSERT(nodes.name_hash(node_id(i)) == original.nodes->name_hash(*original.nodes->find(name)));
      RC_ASSERT(data.features(i, 0) == static_cast<float>(std::stoi(text_names ? name.substr(1) : name)));
      const GraphView graph = data.graph->view();
      const std::size_t degree = graph.out().row_size(i) + (directed ? graph.in(context).row_size(i) : std::size_t{0});
      RC_ASSERT(degree <= last);
      const std::size_t place = index(*original.nodes->find(name));
      if (i > 0 && degree == last) RC_ASSERT(place > last_place);
      last = degree;
      last_place = place;
    }
    RC_ASSERT(!nodes.find("nobody"));
    const Dataset back = in_order(context, std::move(data), NodeOrder::name);
    RC_ASSERT(back.nodes->places().empty());
    RC_ASSERT(std::ranges::equal(back.graph->view().out().targets, original.graph->view().out().targets));
    RC_ASSERT(std::ranges::equal(back.graph->view().out().weights, original.graph->view().out().weights));
  }));
}

TEST_CASE("nodes that are added bring ids back to the order of names") {
  RunContext context;
  Dataset data = in_order(context, random_dataset(context, 12, false, true, 5), NodeOrder::degree);
  const auto expected = by_name(data.graph->view());
  data = with_nodes(context, std::move(data), {"a", "z", "n1"});
  CHECK(data.nodes->size() == 14);
  CHECK(data.nodes->name(node_id(0)) == "a");
  CHECK(data.features(0, 0) == 0);
  CHECK(data.features(1, 0) == 1);  // n1
  CHECK(by_name(data.graph->view()) == expected);
}

TEST_CASE("degrees of events and simplices are the numbers of those that a node is in") {
  RunContext context;
  Dataset data;
  data.nodes = std::make_shared<const NodeIndex>(NodeIndex::range(3));
  data.events = EventLog(context, 3,
                         {test::to_array(std::vector{node_id(2), node_id(2)}),
                          test::to_array(std::vector{node_id(1), node_id(1)}),
                          test::to_array(std::vector<Time>{1, 2}),
                          {},
                          {},
                          {},
                          0});
  data = in_order(context, std::move(data), NodeOrder::degree);
  CHECK(data.nodes->name(node_id(0)) == "1");
  CHECK(data.nodes->name(node_id(2)) == "0");
  CHECK(data.events->view().sources[0] == node_id(1));
  CHECK(data.events->view().targets[1] == node_id(0));
}

TEST_CASE("places that are no permutation are refused") {
  const auto places = [](std::vector<std::size_t> values) {
    std::vector<NodeId> ids;
    for (const std::size_t value : values) ids.push_back(node_id(value));
    return NodeIndex::range(3).reordered(ids);
  };
  CHECK(places({2, 0, 1}).name(node_id(0)) == "2");
  CHECK(places({0, 1, 2}).places().empty());
  CHECK_THROWS_AS(places({0, 1}), InvalidData);
  CHECK_THROWS_AS(places({0, 1, 1}), InvalidData);
  CHECK_THROWS_AS(places({0, 1, 3}), InvalidData);
}
