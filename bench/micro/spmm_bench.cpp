// SpMM and the passes around it, beside the bandwidth of a plain copy measured in the same process.
//   spmm_bench --benchmark_repetitions=7 --benchmark_enable_random_interleaving=true
// Counters: gathered = the bytes of X that non-zeros name, a second (4 * non-zeros * d; 2 * for bfloat16); of_copy =
// gathered over the copy's counted bytes (read + written).
#include <chrono>
#include <cstring>
#include <map>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <adjoin/engine/dense/half_matrix.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/renumber.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

using namespace adjoin;

namespace {

RunContext& shared_context() {
  static RunContext context;
  return context;
}

enum class Kind : std::uint8_t { rmat, uniform };

/// R-MAT, or a uniform graph of as many nodes and drawn edges, with ids as they come or by falling degree.
const Graph& graph_of(Kind kind, int scale, NodeOrder order) {
  static std::map<std::tuple<Kind, int, NodeOrder>, Graph> graphs;
  const std::tuple key{kind, scale, order};
  const auto found = graphs.find(key);
  if (found != graphs.end()) return found->second;
  Dataset dataset;
  if (kind == Kind::rmat) {
    RmatOptions options;
    options.scale = scale;
    dataset.graph = generate_rmat(shared_context(), options).graph;
  } else {
    ErdosRenyiOptions options;
    options.nodes = std::uint64_t{1} << scale;
    options.edges = 16 * options.nodes;
    dataset.graph = generate_erdos_renyi(shared_context(), options).graph;
  }
  dataset.nodes = dataset.graph->view().shared_nodes();
  if (order == NodeOrder::degree) dataset = in_order(shared_context(), std::move(dataset), order);
  return graphs.emplace(key, std::move(*dataset.graph)).first->second;
}

const Graph& rmat(int scale) {
  return graph_of(Kind::rmat, scale, NodeOrder::name);
}

SignMatrix signs(std::size_t rows, std::size_t columns) {
  const std::vector<float> ones(rows, 1.0F);
  return random_signs(shared_context(), [](std::size_t row) { return std::uint64_t{row}; }, 3, 1, ones, columns);
}

template <class Scalar>
BasicMatrix<Scalar> filled(std::size_t rows, std::size_t columns) {
  Matrix x(rows, columns, 0.0F);
  add_rows(shared_context(), 1, signs(rows, columns), false, x.view());
  if constexpr (std::is_same_v<Scalar, float>) {
    return x;
  } else {
    HalfMatrix halves(rows, columns);
    convert(shared_context(), x.view(), halves.view());
    return halves;
  }
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

template <class Scalar>
void state_gathered(benchmark::State& state, const CsrView& a, std::size_t d) {
  const double gathered = static_cast<double>(a.nonzero_count() * d * sizeof(Scalar));
  state.counters["gathered"] =
      benchmark::Counter(gathered, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
  state.counters["of_copy"] =
      benchmark::Counter(gathered / copy_bandwidth(), benchmark::Counter::kIsIterationInvariantRate);
}

template <class In, class Out>
void spmm_over(benchmark::State& state, const Graph& graph, std::size_t d) {
  const CsrView a = graph.view().out();
  const BasicMatrix<In> x = filled<In>(a.row_count(), d);
  BasicMatrix<Out> y(a.row_count(), d, Out{});
  for (auto _ : state) spmm(shared_context(), a, {}, x.view(), y.view());
  state_gathered<In>(state, a, d);
}

template <class In, class Out>
void spmm_rmat(benchmark::State& state) {
  spmm_over<In, Out>(state, rmat(static_cast<int>(state.range(0))), static_cast<std::size_t>(state.range(1)));
}

/// Whether rows of much-used nodes that lie together are gathered faster.
template <Kind kind, NodeOrder order, class Scalar>
void spmm_order(benchmark::State& state) {
  spmm_over<Scalar, Scalar>(state, graph_of(kind, static_cast<int>(state.range(0)), order),
                            static_cast<std::size_t>(state.range(1)));
}

void convert_to_half(benchmark::State& state) {
  const Matrix x = filled<float>(1 << 20, static_cast<std::size_t>(state.range(0)));
  HalfMatrix y(x.rows(), x.columns(), Bf16{});
  for (auto _ : state) convert(shared_context(), x.view(), y.view());
  state.SetBytesProcessed(static_cast<std::int64_t>(x.bytes() + y.bytes()) * state.iterations());
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
  Matrix x = filled<float>(1 << 20, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) standardize_columns(shared_context(), x.view(), {});
  state.SetBytesProcessed(static_cast<std::int64_t>(3 * x.bytes()) * state.iterations());
}

}  // namespace

BENCHMARK(stream_copy)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(spmm_rmat<float, float>)
    ->ArgsProduct({{18, 20}, {64, 128, 256, 512}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(spmm_rmat<Bf16, Bf16>)
    ->ArgsProduct({{18, 20}, {64, 128, 256, 512}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(spmm_rmat<Bf16, float>)->ArgsProduct({{18, 20}, {128}})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(spmm_rmat<float, Bf16>)->ArgsProduct({{18, 20}, {128}})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(spmm_order<Kind::rmat, NodeOrder::name, float>)
    ->Args({20, 128})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(spmm_order<Kind::rmat, NodeOrder::degree, float>)
    ->Args({20, 128})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(spmm_order<Kind::uniform, NodeOrder::name, float>)
    ->Args({20, 128})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(spmm_order<Kind::uniform, NodeOrder::degree, float>)
    ->Args({20, 128})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(spmm_order<Kind::rmat, NodeOrder::degree, Bf16>)
    ->Args({20, 128})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(spmm_order<Kind::uniform, NodeOrder::name, Bf16>)
    ->Args({20, 128})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(convert_to_half)->Arg(128)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(spmm_signs)->ArgsProduct({{18, 20}, {128, 512}})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(draw_signs)->Arg(128)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(standardize)->Arg(128)->Unit(benchmark::kMillisecond)->UseRealTime();

BENCHMARK_MAIN();
