// Triangles counted on a GPU: exactly those that the processor counts.
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/graph/triangles.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>
#include <adjoin/engine/runtime/error.hpp>

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

std::vector<std::uint64_t> of_nodes(RunContext& context, GraphView graph) {
  const Array<std::uint64_t> counts = triangles_of_nodes(context, graph);
  return {counts.begin(), counts.end()};
}

void check_graph(RunContext& on_gpu, const Graph& graph) {
  RunContext on_cpu(test::on_cpu());
  const std::vector<std::uint64_t> expected = of_nodes(on_cpu, graph);
  CHECK(of_nodes(on_gpu, graph) == expected);
  CHECK(count_triangles(on_gpu, graph) == std::accumulate(expected.begin(), expected.end(), std::uint64_t{0}) / 3);
}

}  // namespace

TEST_CASE("triangles of drawn graphs with self-loops on a GPU are those of the processor") {
  if (!test::has_gpu()) return;
  RunContext on_gpu(test::on_gpu());
  for (const std::size_t nodes : {1UL, 2UL, 3UL, 31UL, 33UL, 200UL, 1000UL}) {
    for (const std::size_t edges : {0UL, 1UL, 40UL, 1000UL, 20'000UL}) {
      CAPTURE(nodes);
      CAPTURE(edges);
      check_graph(on_gpu, graph_of(nodes, test::random_edges(nodes, edges, nodes + edges)));
    }
  }
  check_graph(on_gpu, graph_of(0, {}));
}

TEST_CASE("triangles around hubs of more than 1024 and 5000 neighbours on a GPU are those of the processor") {
  if (!test::has_gpu()) return;
  RunContext on_gpu(test::on_gpu());
  constexpr std::size_t nodes = 6000;
  std::vector<Edge> edges = test::random_edges(nodes, 20'000, 3);
  for (std::size_t v = 0; v < nodes; ++v) {
    if (v != 7 && v < 5500) edges.push_back({node_id(7), node_id(v)});
    if (v != 5 && v % 4 == 0) edges.push_back({node_id(5), node_id(v)});
  }
  check_graph(on_gpu, graph_of(nodes, edges));
}

TEST_CASE("triangles of dense and of skewed graphs on a GPU are those of the processor") {
  if (!test::has_gpu()) return;
  RunContext on_gpu(test::on_gpu());
  const std::size_t n = test::size_on_gpu(300UL, 100UL);
  std::vector<Edge> complete;
  for (std::size_t u = 0; u < n; ++u) {
    for (std::size_t v = 0; v < u; ++v) complete.push_back({node_id(u), node_id(v)});
  }
  const Graph all = graph_of(n, complete);
  CHECK(count_triangles(on_gpu, all) == n * (n - 1) * (n - 2) / 6);
  check_graph(on_gpu, all);
  RunContext context(test::on_cpu());
  RmatOptions options;
  options.scale = test::size_on_gpu(12, 9);
  const Graph skewed = generate_rmat(context, options).graph;
  check_graph(on_gpu, skewed);
}

TEST_CASE("triangles of a graph for which a GPU has no room are counted by the processor") {
  if (!test::has_gpu()) return;
  const Graph graph = graph_of(200, test::random_edges(200, 5000, 1));
  std::size_t counted_there = 0;
  for (std::uint64_t memory = 1 << 10; memory < 1 << 18; memory += memory / 3) {
    CAPTURE(memory);
    RunSettings settings;  // on a GPU if it fits
    settings.device_memory = memory;
    RunContext with_little(settings);
    check_graph(with_little, graph);
    const std::uint64_t peak = CudaContext::of(with_little).peak_bytes();
    CHECK(peak <= memory);
    if (memory == 1 << 10) {
      CHECK(peak == 0);
      settings.device = test::on_gpu().device;
      RunContext by_name(settings);
      CHECK_THROWS_WITH_AS(count_triangles(by_name, graph),
                           "this graph does not fit into the 1.00 KiB that are free on cuda:0; use --device cpu",
                           DeviceError);
    }
    counted_there += peak > 0 ? 1 : 0;
  }
  CHECK(counted_there > 0);
}
