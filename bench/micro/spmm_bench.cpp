// SpMM and the passes around it, beside the bandwidth of a plain copy measured in the same process.
//   spmm_bench --benchmark_repetitions=7 --benchmark_enable_random_interleaving=true
// Counters: gathered = 4 * non-zeros * d bytes a second; of_copy = gathered over the copy's counted bytes (read +
// written).
#include <chrono>
#include <cstring>
#include <map>
#include <vector>

#include <benchmark/benchmark.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

using namespace adjoin;

namespace {

RunContext& shared_context() {
  static RunContext context;
  return context;
}

const Graph& rmat(int scale) {
  static std::map<int, Graph> graphs;
  const auto found = graphs.find(scale);
  if (found != graphs.end()) return found->second;
  RmatOptions options;
  options.scale = scale;
  return graphs.emplace(scale, generate_rmat(shared_context(), options).graph).first->second;
}

SignMatrix signs(std::size_t rows, std::size_t columns) {
  const std::vector<float> ones(rows, 1.0F);
  return random_signs(shared_context(), [](std::size_t row) { return std::uint64_t{row}; }, 3, 1, ones, columns);
}

Matrix filled(std::size_t rows, std::size_t columns) {
  Matrix x(rows, columns, 0.0F);
  add_rows(shared_context(), 1, signs(rows, columns), false, x.view());
  return x;
}

void copy_once(const Matrix& from, Matrix& to) {
  const std::size_t grain = std::size_t{1} << 18;
  shared_context().threads().for_chunks(from.rows() * from.columns(), grain, [&](Chunk chunk) {
    std::memcpy(to.view().data() + chunk.begin, from.view().data() + chunk.begin, chunk.size() * sizeof(float));
  });
}

/// Bytes read and written a second by the best of several copies of 512 MiB.
double copy_bandwidth() {
  static const double best = [] {
    const Matrix from(1 << 20, 128, 1.0F);
    Matrix to(1 << 20, 128, 0.0F);
    double most = 0;
    for (int repeat = 0; repeat < 7; ++repeat) {
      const auto began = std::chrono::steady_clock::now();
      copy_once(from, to);
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
      most = std::max(most, 2.0 * static_cast<double>(from.bytes()) / seconds);
    }
    return most;
  }();
  return best;
}

void stream_copy(benchmark::State& state) {
  const Matrix from(1 << 20, 128, 1.0F);
  Matrix to(1 << 20, 128, 0.0F);
  for (auto _ : state) copy_once(from, to);
  state.SetBytesProcessed(static_cast<std::int64_t>(2 * from.bytes()) * state.iterations());
}

void spmm_rmat(benchmark::State& state) {
  const Graph& graph = rmat(static_cast<int>(state.range(0)));
  const auto d = static_cast<std::size_t>(state.range(1));
  const CsrView a = graph.view().out();
  const Matrix x = filled(a.row_count(), d);
  Matrix y(a.row_count(), d, 0.0F);
  for (auto _ : state) spmm(shared_context(), a, {}, x.view(), y.view());
  const double gathered = static_cast<double>(a.nonzero_count() * d * sizeof(float));
  state.counters["gathered"] =
      benchmark::Counter(gathered, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
  state.counters["of_copy"] =
      benchmark::Counter(gathered / copy_bandwidth(), benchmark::Counter::kIsIterationInvariantRate);
}

void spmm_signs(benchmark::State& state) {
  const Graph& graph = rmat(static_cast<int>(state.range(0)));
  const auto d = static_cast<std::size_t>(state.range(1));
  const CsrView a = graph.view().out();
  const SignMatrix x = signs(a.row_count(), d);
  Matrix y(a.row_count(), d, 0.0F);
  for (auto _ : state) spmm(shared_context(), a, {}, x, y.view());
}

void draw_signs(benchmark::State& state) {
  const auto d = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(signs(1 << 20, d));
  state.SetItemsProcessed((1 << 20) * state.range(0) * state.iterations());
}

void standardize(benchmark::State& state) {
  Matrix x = filled(1 << 20, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) standardize_columns(shared_context(), x.view(), {});
  state.SetBytesProcessed(static_cast<std::int64_t>(3 * x.bytes()) * state.iterations());
}

}  // namespace

BENCHMARK(stream_copy)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(spmm_rmat)->ArgsProduct({{18, 20}, {64, 128, 256, 512}})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(spmm_signs)->ArgsProduct({{18, 20}, {128, 512}})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(draw_signs)->Arg(128)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(standardize)->Arg(128)->Unit(benchmark::kMillisecond)->UseRealTime();

BENCHMARK_MAIN();
