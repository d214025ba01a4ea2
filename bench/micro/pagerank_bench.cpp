// Rooted PageRank by push: 1,000 roots of an R-MAT graph, one pair each.
//   pagerank_bench --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
// Counters: roots a second. Arguments: scale of the graph, and -log10 of epsilon.
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include <benchmark/benchmark.h>

#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/engine/graph/generators.hpp>

using namespace adjoin;

namespace {

constexpr std::size_t root_count = 1000;

RunContext& shared_context() {
  static RunContext context;
  return context;
}

const Graph& shared_graph(int scale) {
  static std::map<int, Graph> made;
  const auto found = made.find(scale);
  if (found != made.end()) return found->second;
  RmatOptions options;
  options.scale = scale;
  return made.emplace(scale, generate_rmat(shared_context(), options).graph).first->second;
}

/// Nodes at equal distances among those with neighbours, each with the next.
std::vector<Edge> spread_pairs(GraphView graph) {
  std::vector<NodeId> linked;
  for (std::size_t node = 0; node < graph.node_count(); ++node) {
    if (graph.out_degree(node_id(node)) > 0) linked.push_back(node_id(node));
  }
  std::vector<Edge> pairs(root_count);
  for (std::size_t i = 0; i < root_count; ++i) {
    const std::size_t place = i * (linked.size() / root_count);
    pairs[i] = {linked[place], linked[place + 1]};
  }
  return pairs;
}

void push(benchmark::State& state) {
  const Graph& graph = shared_graph(static_cast<int>(state.range(0)));
  const std::vector<Edge> pairs = spread_pairs(graph);
  PageRankOptions options;
  options.epsilon = std::pow(10.0, -static_cast<double>(state.range(1)));
  options.symmetric = false;
  for (auto _ : state) benchmark::DoNotOptimize(rooted_pagerank_scores(shared_context(), graph, pairs, options));
  state.SetItemsProcessed(static_cast<std::int64_t>(root_count) * state.iterations());
}

}  // namespace

BENCHMARK(push)
    ->ArgNames({"scale", "digits"})
    ->Args({18, 5})
    ->Args({18, 6})
    ->Args({18, 7})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

BENCHMARK_MAIN();
