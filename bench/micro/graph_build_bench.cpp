// From edges to a graph, in memory: naming the nodes, building the CSR, transposing it.
#include <utility>

#include <benchmark/benchmark.h>

#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

using namespace adjoin;

namespace {

RunContext& shared_context() {
  static RunContext context;
  return context;
}

/// The edges of an R-MAT graph, each once, in random order: what a file of it holds.
Array<NamedEdge<std::uint32_t>> shuffled_edges(int scale) {
  RmatOptions options;
  options.scale = scale;
  const Graph graph = generate_rmat(shared_context(), options).graph;
  const CsrView a = graph.view().out();
  Array<NamedEdge<std::uint32_t>> edges(graph.view().edge_count());
  std::size_t count = 0;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (const NodeId target : a.row_targets(row)) {
      if (row < index(target)) {
        edges[count++] = {static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(index(target))};
      }
    }
  }
  RandomSequence random(1, RandomStream::tests, 0);
  for (std::size_t i = edges.size(); i > 1; --i) std::swap(edges[i - 1], edges[random.next_below(i)]);
  return edges;
}

void name_nodes(benchmark::State& state) {
  const auto edges = shuffled_edges(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    auto copy = edges.copy();
    state.ResumeTiming();
    benchmark::DoNotOptimize(index_nodes(shared_context(), std::move(copy)));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(edges.size()) * state.iterations());
}

void build(benchmark::State& state) {
  auto indexed = index_nodes(shared_context(), shuffled_edges(static_cast<int>(state.range(0))));
  for (auto _ : state) {
    state.PauseTiming();
    auto copy = indexed.edges.copy();
    auto nodes = NodeIndex::range(indexed.nodes.size());
    state.ResumeTiming();
    benchmark::DoNotOptimize(build_graph(shared_context(), std::move(copy), {}, std::move(nodes), {}));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(indexed.edges.size()) * state.iterations());
}

void transpose_rmat(benchmark::State& state) {
  RmatOptions options;
  options.scale = static_cast<int>(state.range(0));
  const Graph graph = generate_rmat(shared_context(), options).graph;
  for (auto _ : state) benchmark::DoNotOptimize(transpose(shared_context(), graph.view().out()));
}

}  // namespace

BENCHMARK(name_nodes)->Arg(18)->Arg(20)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(build)->Arg(18)->Arg(20)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(transpose_rmat)->Arg(18)->Arg(20)->Unit(benchmark::kMillisecond)->UseRealTime();

BENCHMARK_MAIN();
