// Triangles counted on a GPU: exactly those that the processor counts.
#include <numeric>
#include <span>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/graph/triangles.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>

#include "gpu.hpp"
#include "random_graphs.hpp"

using namespace adjoin;

namespace {

Graph graph_of(std::size_t nodes, const std::vector<Edge>& edges) {
  RunContext context(test::on_cpu());
  BuildOptions options;
  options.self_loops = SelfLoops::keep;
  return build_graph(context, test::to_array(edges), {}, NodeIndex::range(nodes), options).graph;
}

std::vector<std::uint64_t> of_nodes(GraphView graph, const RunSettings& settings) {
  RunContext context(settings);
  const Array<std::uint64_t> counts = triangles_of_nodes(context, graph);
  return {counts.begin(), counts.end()};
}

std::uint64_t count_of(GraphView graph, const RunSettings& settings) {
  RunContext context(settings);
  return count_triangles(context, graph);
}

void check_graph(const Graph& graph) {
  const std::vector<std::uint64_t> expected = of_nodes(graph, test::on_cpu());
  CHECK(of_nodes(graph, test::on_gpu()) == expected);
  CHECK(count_of(graph, test::on_gpu()) == std::accumulate(expected.begin(), expected.end(), std::uint64_t{0}) / 3);
}

}  // namespace

TEST_CASE("triangles of drawn graphs with self-loops on a GPU are those of the processor") {
  if (!test::has_gpu()) return;
  for (const std::size_t nodes : {1UL, 2UL, 3UL, 31UL, 33UL, 200UL, 1000UL}) {
    for (const std::size_t edges : {0UL, 1UL, 40UL, 1000UL, 20'000UL}) {
      CAPTURE(nodes);
      CAPTURE(edges);
      check_graph(graph_of(nodes, test::random_edges(nodes, edges, nodes + edges)));
    }
  }
  check_graph(graph_of(0, {}));
}

TEST_CASE("triangles around hubs of more than 1024 and 5000 neighbours on a GPU are those of the processor") {
  if (!test::has_gpu()) return;
  constexpr std::size_t nodes = 6000;
  std::vector<Edge> edges = test::random_edges(nodes, 20'000, 3);
  for (std::size_t v = 0; v < nodes; ++v) {
    if (v != 7 && v < 5500) edges.push_back({node_id(7), node_id(v)});
    if (v != 5 && v % 4 == 0) edges.push_back({node_id(5), node_id(v)});
  }
  check_graph(graph_of(nodes, edges));
}

TEST_CASE("triangles of dense and of skewed graphs on a GPU are those of the processor") {
  if (!test::has_gpu()) return;
  std::vector<Edge> complete;
  for (std::size_t u = 0; u < 300; ++u) {
    for (std::size_t v = 0; v < u; ++v) complete.push_back({node_id(u), node_id(v)});
  }
  const Graph all = graph_of(300, complete);
  CHECK(count_of(all, test::on_gpu()) == 300UL * 299 * 298 / 6);
  check_graph(all);
  RunContext context(test::on_cpu());
  RmatOptions options;
  options.scale = 12;
  const Graph skewed = generate_rmat(context, options).graph;
  check_graph(skewed);
}

TEST_CASE("triangles of a graph for which a GPU has no room are counted by the processor") {
  if (!test::has_gpu()) return;
  const Graph graph = graph_of(200, test::random_edges(200, 5000, 1));
  RunSettings settings = test::on_gpu();
  settings.device_memory = 1 << 10;
  RunContext context(settings);
  const std::uint64_t count = count_triangles(context, graph);
  CHECK(CudaContext::of(context).peak_bytes() == 0);
  CHECK(count == count_of(graph, test::on_cpu()));
  CHECK(of_nodes(graph, settings) == of_nodes(graph, test::on_cpu()));
}
