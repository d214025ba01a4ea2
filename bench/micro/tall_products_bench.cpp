// Products of tall matrices, beside those of Eigen compiled for this machine, in the same process.
//   tall_products_bench --benchmark_repetitions=7 --benchmark_enable_random_interleaving=true
// Counters: items a second are multiply-adds (for the Gram matrix, those of its upper triangle). The matrix has 2^17
// rows; one thread, so that the numbers compare with the peer's.
#include <vector>

#include <benchmark/benchmark.h>

#include <adjoin/engine/dense/decompose.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/normal_matrix.hpp>
#include <adjoin/engine/dense/tall_products.hpp>

#include <Eigen/Core>

using namespace adjoin;

namespace {

constexpr std::size_t rows = std::size_t{1} << 17;

RunContext& one_thread() {
  static RunContext context = [] {
    RunSettings settings;
    settings.threads = 1;
    return RunContext(settings);
  }();
  return context;
}

Matrix normals(std::size_t columns) {
  Matrix x(rows, columns);
  fill_with_normals(one_thread(), [](std::size_t row) { return std::uint64_t{row}; }, RandomStream::tests, x.view());
  return x;
}

using EigenMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const EigenMatrix> as_eigen(const Matrix& x) {
  return {x.view().data(), static_cast<Eigen::Index>(x.rows()), static_cast<Eigen::Index>(x.columns())};
}

void gram(benchmark::State& state) {
  const Matrix x = normals(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(gram_matrix(one_thread(), x.view()));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows) * state.range(0) * (state.range(0) + 1) /
                          2);
}

void gram_eigen(benchmark::State& state) {  // in floats, the whole square
  const Matrix x = normals(static_cast<std::size_t>(state.range(0)));
  EigenMatrix g;
  for (auto _ : state) g.noalias() = as_eigen(x).transpose() * as_eigen(x);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows) * state.range(0) * state.range(0));
}

SmallMatrix small(std::size_t d) {
  SmallMatrix t(d, d);
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) t(i, j) = i == j ? 1 : 0.01;
  }
  return t;
}

void multiply(benchmark::State& state) {
  const auto d = static_cast<std::size_t>(state.range(0));
  const Matrix x = normals(d);
  const SmallMatrix t = small(d);
  Matrix y(rows, d);
  for (auto _ : state) multiply_tall(one_thread(), x.view(), t, y.view());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows) * state.range(0) * state.range(0));
}

void multiply_eigen(benchmark::State& state) {
  const Matrix x = normals(static_cast<std::size_t>(state.range(0)));
  const EigenMatrix t = EigenMatrix::Constant(state.range(0), state.range(0), 0.01F);
  EigenMatrix y(static_cast<Eigen::Index>(rows), state.range(0));
  for (auto _ : state) y.noalias() = as_eigen(x) * t;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows) * state.range(0) * state.range(0));
}

void draw(benchmark::State& state) {
  Matrix x(rows, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    fill_with_normals(one_thread(), [](std::size_t row) { return std::uint64_t{row}; }, RandomStream::tests, x.view());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows) * state.range(0));
}

void orthonormalize(benchmark::State& state) {
  Matrix x = normals(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) orthonormalize_columns(one_thread(), x.view());
}

}  // namespace

BENCHMARK(gram)->Arg(144)->Arg(512)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(gram_eigen)->Arg(144)->Arg(512)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(multiply)->Arg(144)->Arg(512)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(multiply_eigen)->Arg(144)->Arg(512)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(orthonormalize)->Arg(144)->Arg(512)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(draw)->Arg(144)->Unit(benchmark::kMillisecond)->UseRealTime();

BENCHMARK_MAIN();
