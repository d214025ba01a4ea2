// A times A: R-MAT, whose hubs make long rows, and a uniform graph of as many nodes and drawn edges.
//   spgemm_bench --benchmark_repetitions=7 --benchmark_enable_random_interleaving=true
// Counters: products a second; entries of the result; per_entry = products that fall into one entry.
#include <benchmark/benchmark.h>

#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/sparse/spgemm.hpp>

using namespace adjoin;

namespace {

RunContext& shared_context() {
  static RunContext context;
  return context;
}

void square(benchmark::State& state, const Graph& graph) {
  const CsrView a = graph.view().out();
  double products = 0;
  for (const NodeId target : a.targets) products += static_cast<double>(a.row_size(index(target)));
  std::size_t entries = 0;
  for (auto _ : state) entries = spgemm(shared_context(), a, a).targets.size();
  state.counters["products"] =
      benchmark::Counter(products, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
  state.counters["entries"] = static_cast<double>(entries);
  state.counters["per_entry"] = products / static_cast<double>(entries);
}

void square_rmat(benchmark::State& state) {
  RmatOptions options;
  options.scale = static_cast<int>(state.range(0));
  options.edge_factor = static_cast<double>(state.range(1));
  square(state, generate_rmat(shared_context(), options).graph);
}

void square_uniform(benchmark::State& state) {
  ErdosRenyiOptions options;
  options.nodes = std::uint64_t{1} << state.range(0);
  options.edges = options.nodes * static_cast<std::uint64_t>(state.range(1));
  square(state, generate_erdos_renyi(shared_context(), options).graph);
}

}  // namespace

BENCHMARK(square_rmat)
    ->ArgNames({"scale", "edge_factor"})
    ->Args({14, 16})
    ->Args({18, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(square_uniform)
    ->ArgNames({"scale", "edge_factor"})
    ->Args({14, 16})
    ->Args({18, 4})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

BENCHMARK_MAIN();
