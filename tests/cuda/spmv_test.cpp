// Sparse times vector on a GPU against the processor's: doubles to 1e-12 of the sum of what is added, floats to their
// rounding.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/runtime/cuda/device_array.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/cuda/spmv.hpp>
#include <adjoin/engine/sparse/spmv.hpp>

#include "gpu.hpp"
#include "random_graphs.hpp"

using namespace adjoin;

namespace {

template <class Scalar>
std::vector<Scalar> random_vector(std::size_t size, std::uint64_t seed) {
  RandomSequence random(seed, RandomStream::tests, 3);
  std::vector<Scalar> values(size);
  for (Scalar& value : values) value = static_cast<Scalar>(2 * random.next_uniform() - 1);
  return values;
}

template <class Scalar>
std::vector<Scalar> poisoned_numbers(std::size_t size) {
  return std::vector<Scalar>(size, std::numeric_limits<Scalar>::quiet_NaN());
}

/// What `operation` writes into `size` poisoned numbers on the device.
template <class Scalar, class Operation>
std::vector<Scalar> written(RunContext& context, std::size_t size, Operation&& operation) {
  CudaContext& device = CudaContext::of(context);
  DeviceArray<Scalar> out(device, context.threads(), std::span<const Scalar>(poisoned_numbers<Scalar>(size)));
  operation(device, out.data());
  const Array<Scalar> back = out.download(context.threads());
  return {back.begin(), back.end()};
}

/// Row by row, the sum of |entry * x|: what rounding is measured by.
std::vector<double> magnitudes(const CsrView& a, const std::vector<double>& x) {
  std::vector<double> sums(a.row_count(), 0);
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      sums[row] += (a.weighted() ? double{a.weights[e]} : 1) * std::abs(x[index(a.targets[e])]);
    }
  }
  return sums;
}

void check_products(RunContext& context, const CsrView& a, std::uint64_t seed) {
  const CudaCsr there(CudaContext::of(context), context.threads(), a);
  const LongRows long_rows(CudaContext::of(context), context.threads(), a);
  const std::vector<double> x = random_vector<double>(a.column_count, seed);
  const std::vector<float> x_floats(x.begin(), x.end());
  const std::vector<double> scale = magnitudes(a, x);

  std::vector<double> expected = poisoned_numbers<double>(a.row_count());
  spmv(context, a, std::span<const double>(x), std::span<double>(expected));
  const DeviceArray<double> x_there(CudaContext::of(context), context.threads(), std::span<const double>(x));
  const auto product = [&](CudaContext& device, double* y) { spmv(device, there, long_rows, x_there.data(), y); };
  const std::vector<double> found = written<double>(context, a.row_count(), product);
  CHECK(found == written<double>(context, a.row_count(), product));
  bool close = true;
  for (std::size_t i = 0; i < found.size(); ++i) close &= std::abs(found[i] - expected[i]) <= 1e-12 * scale[i];
  CHECK(close);

  std::vector<float> expected_floats = poisoned_numbers<float>(a.row_count());
  spmv(context, a, std::span<const float>(x_floats), std::span<float>(expected_floats));
  const DeviceArray<float> floats_there(CudaContext::of(context), context.threads(), std::span<const float>(x_floats));
  const auto float_product = [&](CudaContext& device, float* y) {
    spmv(device, there, long_rows, floats_there.data(), y);
  };
  const std::vector<float> found_floats = written<float>(context, a.row_count(), float_product);
  CHECK(found_floats == written<float>(context, a.row_count(), float_product));
  close = true;
  for (std::size_t i = 0; i < found_floats.size(); ++i) {
    const double error = std::abs(double{found_floats[i]} - double{expected_floats[i]});
    close &= error <= 1e-12 * scale[i] + 1.2e-7 * std::abs(double{expected_floats[i]});
  }
  CHECK(close);

  std::vector<float> expected_sums = poisoned_numbers<float>(a.row_count());
  row_sums(context, a, expected_sums);
  const auto sum = [&](CudaContext& device, float* sums) { row_sums(device, there, long_rows, sums); };
  const std::vector<float> found_sums = written<float>(context, a.row_count(), sum);
  CHECK(found_sums == written<float>(context, a.row_count(), sum));
  close = true;
  for (std::size_t i = 0; i < found_sums.size(); ++i) {
    close &= std::abs(double{found_sums[i]} - double{expected_sums[i]}) <= 2.4e-7 * double{expected_sums[i]};
  }
  CHECK(close);
}

}  // namespace

TEST_CASE("products with a vector and sums of rows on a GPU are those of the processor") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  for (const std::size_t rows : {0UL, 1UL, 31UL, 33UL, 300UL}) {
    for (const std::size_t columns : {1UL, 31UL, 33UL, 128UL, 200UL, 1000UL}) {
      for (const double density : {0.0, 0.02, 0.5}) {
        for (const bool weighted : {false, true}) {
          CAPTURE(rows);
          CAPTURE(columns);
          CAPTURE(density);
          CAPTURE(weighted);
          const Csr a = test::random_csr(rows, columns, density, weighted, rows + columns, columns % 2 == 1);
          check_products(context, a.view(), 11);
        }
      }
    }
  }
}

TEST_CASE("products with hubs of one to many segments on a GPU are those of the processor") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  for (const std::size_t columns : {1023UL, 1024UL, 1025UL, 2048UL, 6001UL, 70'001UL}) {
    for (const bool weighted : {false, true}) {
      CAPTURE(columns);
      CAPTURE(weighted);
      const Csr a = test::random_csr(41, columns, columns > 2000 ? 0.3 : 0.01, weighted, columns, true);
      check_products(context, a.view(), 12);
    }
  }
}
