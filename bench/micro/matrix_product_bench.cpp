// Products of a layer of a neural network and of its gradients, beside those of Eigen compiled for this machine, in the
// same process.
//   matrix_product_bench --benchmark_repetitions=7 --benchmark_enable_random_interleaving=true
// Counters: items a second are multiply-adds. Arguments: n, k, d of n x k times k x d. One thread, so that the numbers
// compare with the peer's.
#include <algorithm>
#include <vector>

#include <benchmark/benchmark.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/matrix_product.hpp>
#include <adjoin/engine/dense/normal_matrix.hpp>

#include <Eigen/Core>

using namespace adjoin;

namespace {

RunContext& one_thread() {
  static RunContext context = [] {
    RunSettings settings;
    settings.threads = 1;
    return RunContext(settings);
  }();
  return context;
}

Matrix normals(std::size_t rows, std::size_t columns) {
  Matrix x(rows, columns);
  fill_with_normals(one_thread(), [](std::size_t row) { return std::uint64_t{row}; }, RandomStream::tests, x.view());
  return x;
}

using EigenMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const EigenMatrix> as_eigen(const Matrix& x) {
  return {x.view().data(), static_cast<Eigen::Index>(x.rows()), static_cast<Eigen::Index>(x.columns())};
}

/// Which side is transposed: none for a layer, the first for the gradient of its weight, the second for that of its
/// input.
enum class Side { none, first, second };

struct Product {
  Product(const benchmark::State& state, Side side)
      : n(static_cast<std::size_t>(state.range(0))),
        k(static_cast<std::size_t>(state.range(1))),
        d(static_cast<std::size_t>(state.range(2))),
        a(side == Side::first ? normals(k, n) : normals(n, k)),
        b(side == Side::second ? normals(d, k) : normals(k, d)) {}
  std::size_t n;
  std::size_t k;
  std::size_t d;
  Matrix a;
  Matrix b;
};

void count(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1) * state.range(2));
}

void ours(benchmark::State& state, Side side) {
  const Product product(state, side);
  Matrix out(product.n, product.d);
  std::vector<float> scratch(matrix_product_scratch(product.n, product.d, product.k));
  for (auto _ : state) {
    matrix_product(one_thread(), {product.a.view(), side == Side::first}, {product.b.view(), side == Side::second},
                   false, out.view(), scratch);
  }
  count(state);
}

void eigen(benchmark::State& state, Side side) {
  const Product product(state, side);
  const auto a = as_eigen(product.a);
  const auto b = as_eigen(product.b);
  EigenMatrix out;
  for (auto _ : state) {
    if (side == Side::none) out.noalias() = a * b;
    if (side == Side::first) out.noalias() = a.transpose() * b;
    if (side == Side::second) out.noalias() = a * b.transpose();
    benchmark::DoNotOptimize(out.data());
  }
  count(state);
}

void layers(benchmark::internal::Benchmark* bench) {
  bench->Args({2708, 1433, 16})->Args({2708, 1433, 256})->Args({50'000, 128, 128})->Unit(benchmark::kMillisecond);
}
void weights(benchmark::internal::Benchmark* bench) {
  bench->Args({1433, 2708, 16})->Args({1433, 2708, 256})->Args({128, 50'000, 128})->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(ours, layer, Side::none)->Apply(layers);
BENCHMARK_CAPTURE(eigen, layer, Side::none)->Apply(layers);
BENCHMARK_CAPTURE(ours, weight_gradient, Side::first)->Apply(weights);
BENCHMARK_CAPTURE(eigen, weight_gradient, Side::first)->Apply(weights);
BENCHMARK_CAPTURE(ours, input_gradient, Side::second)->Apply(layers);
BENCHMARK_CAPTURE(eigen, input_gradient, Side::second)->Apply(layers);

}  // namespace

BENCHMARK_MAIN();
