// Nearest rows: exact search beside its arithmetic, and the index beside exact search.
//   nearest_bench --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
// Counters: flops = 2 * queries * rows * d a second; recall of the ten
// nearest, on 500 rows. Arguments: rows, queries, d for exact_search; rows, clusters for the index, whose d is 128. The
// largest index takes minutes: --benchmark_filter leaves it out.
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include <adjoin/algorithms/embedding/nearest_index.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;

namespace {

RunContext& shared_context() {
  static RunContext context;
  return context;
}

constexpr std::size_t top = 10;
constexpr std::size_t columns_of_index = 128;
constexpr std::size_t queries_of_index = 10'000;

Matrix normal_matrix(std::size_t rows, std::size_t columns, std::uint64_t key) {
  Matrix x(rows, columns);
  shared_context().threads().for_chunks(rows, 1024, [&](Chunk chunk) {
    RandomSequence random(1, RandomStream::tests, key + chunk.index);
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      for (float& value : x.row(i)) value = static_cast<float>(random.next_normal());
    }
  });
  return x;
}

/// Rows around centres; each centre is the place of about rows / clusters rows.
const Matrix& clustered_matrix(std::size_t rows, std::size_t clusters) {
  static std::map<std::pair<std::size_t, std::size_t>, Matrix> made;
  const auto found = made.find({rows, clusters});
  if (found != made.end()) return found->second;
  const Matrix centres = normal_matrix(clusters, columns_of_index, 1ULL << 40U);
  Matrix x = normal_matrix(rows, columns_of_index, 0);
  RandomSequence random(1, RandomStream::tests, 1ULL << 41U);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto centre = centres.row(random.next_below(clusters));
    for (std::size_t j = 0; j < columns_of_index; ++j) x(i, j) = centre[j] + 0.5F * x(i, j);
  }
  return made.emplace(std::pair{rows, clusters}, std::move(x)).first->second;
}

std::vector<NodeId> spread_rows(std::size_t rows, std::size_t count) {
  std::vector<NodeId> nodes(count);
  for (std::size_t i = 0; i < count; ++i) nodes[i] = node_id(i * (rows / count));
  return nodes;
}

void exact_search(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto queries = static_cast<std::size_t>(state.range(1));
  const auto columns = static_cast<std::size_t>(state.range(2));
  const Matrix x = normal_matrix(rows, columns, 0);
  const ExactSearch search(shared_context(), x.view(), Similarity::cosine);
  const auto nodes = spread_rows(rows, queries);
  for (auto _ : state) benchmark::DoNotOptimize(search.nearest(shared_context(), nodes, top));
  const double operations = 2.0 * static_cast<double>(rows) * static_cast<double>(queries * columns);
  state.counters["flops"] =
      benchmark::Counter(operations, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
}

/// One index for all benches of the same rows, because building it is what takes long.
const NearestIndex& shared_index(const Matrix& x) {
  static std::map<const Matrix*, NearestIndex> made;
  const auto found = made.find(&x);
  if (found != made.end()) return found->second;
  return made.emplace(&x, NearestIndex(shared_context(), x.view(), Similarity::cosine, {})).first->second;
}

void index_build(benchmark::State& state) {
  const Matrix& x =
      clustered_matrix(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) NearestIndex(shared_context(), x.view(), Similarity::cosine, {});
  state.SetItemsProcessed(state.range(0) * state.iterations());
}

void index_query(benchmark::State& state) {
  const Matrix& x =
      clustered_matrix(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  const NearestIndex& nearest_index = shared_index(x);
  const auto nodes = spread_rows(x.rows(), queries_of_index);
  for (auto _ : state) benchmark::DoNotOptimize(nearest_index.nearest(shared_context(), nodes, top));
  state.SetItemsProcessed(static_cast<std::int64_t>(nodes.size()) * state.iterations());
  state.counters["recall"] = measure_recall(shared_context(), nearest_index, 500, top).recall;
}

}  // namespace

BENCHMARK(exact_search)
    ->Args({100'000, 1, 128})
    ->Args({100'000, 32, 128})
    ->Args({100'000, 4096, 128})
    ->Args({10'000, 10'000, 128})
    ->Args({100'000, 1024, 512})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(index_build)
    ->Args({10'000, 100})
    ->Args({100'000, 1000})
    ->Args({400'000, 4000})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(index_query)
    ->Args({10'000, 100})
    ->Args({100'000, 1000})
    ->Args({400'000, 4000})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

BENCHMARK_MAIN();
