// Products that read or write bfloat16. They have an exact twin: the product of the same rows as floats, rounded at the
// end, which products_test.cpp compares with plain loops.
#include <algorithm>
#include <limits>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/dense/half_matrix.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/backend.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

#include "matrices.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using test::poisoned;
using test::row_scales;
using test::same_bits;

namespace {

constexpr std::size_t half_columns[] = {1,  2,  7,   8,   15,  16,  17,  24,  31,  32,  33,  48,
                                        63, 64, 100, 128, 129, 160, 200, 256, 400, 512, 1000};

/// Numbers that bfloat16 holds exactly, in both forms.
struct Rows {
  HalfMatrix halves;
  Matrix floats;
};

Rows random_rows(std::size_t rows, std::size_t columns, std::uint64_t key) {
  Rows x{HalfMatrix(rows, columns), Matrix(rows, columns)};
  RandomSequence random(5, RandomStream::tests, key);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      x.halves(i, j) = to_bf16(static_cast<float>(random.next_normal()));
      x.floats(i, j) = to_float(x.halves(i, j));
    }
  }
  return x;
}

HalfMatrix poisoned_halves(std::size_t rows, std::size_t columns) {
  return {rows, columns, to_bf16(std::numeric_limits<float>::quiet_NaN())};
}

/// The slow, obviously right rounding of a whole matrix.
HalfMatrix rounded(const Matrix& x) {
  HalfMatrix y(x.rows(), x.columns());
  for (std::size_t i = 0; i < x.rows(); ++i) std::ranges::transform(x.row(i), y.row(i).begin(), to_bf16);
  return y;
}

}  // namespace

TEST_CASE("SpMM of bfloat16 has the bits of the same rows as floats, rounded once where it writes bfloat16") {
  RunContext context;
  for (const std::size_t columns : half_columns) {
    for (const bool weighted : {false, true}) {
      CAPTURE(columns);
      CAPTURE(weighted);
      const Csr a = test::random_csr(60, 45, 0.2, weighted, columns, true);
      const Rows x = random_rows(45, columns, columns);
      const std::vector<float> row_scale = weighted ? row_scales(60) : std::vector<float>{};
      Matrix expected = poisoned(60, columns);
      spmm(context, a.view(), row_scale, x.floats.view(), expected.view());

      Matrix to_floats = poisoned(60, columns);
      spmm(context, a.view(), row_scale, x.halves.view(), to_floats.view());
      CHECK(same_bits(to_floats, expected));
      HalfMatrix to_halves = poisoned_halves(60, columns);
      spmm(context, a.view(), row_scale, x.halves.view(), to_halves.view());
      CHECK(same_bits(to_halves, rounded(expected)));
      HalfMatrix from_floats = poisoned_halves(60, columns);
      spmm(context, a.view(), row_scale, x.floats.view(), from_floats.view());
      CHECK(same_bits(from_floats, rounded(expected)));

      const SignMatrix signs =
          random_signs(context, [](std::size_t row) { return row; }, 3, 2.0F, row_scales(45), columns);
      spmm(context, a.view(), row_scale, signs, expected.view());
      HalfMatrix from_signs = poisoned_halves(60, columns);
      spmm(context, a.view(), row_scale, signs, from_signs.view());
      CHECK(same_bits(from_signs, rounded(expected)));
    }
  }
}

TEST_CASE("SpMM of any drawn matrix has the same bits from bfloat16 as from floats") {
  RunContext context;
  CHECK(rc::check([&] {
    const auto rows = *rc::gen::inRange<std::size_t>(0, 80);
    const auto middle = *rc::gen::inRange<std::size_t>(1, 80);
    const auto columns = *rc::gen::inRange<std::size_t>(1, 300);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const Csr a = test::random_csr(rows, middle, 0.15, *rc::gen::arbitrary<bool>(), seed, true);
    const Rows x = random_rows(middle, columns, seed);
    Matrix expected = poisoned(rows, columns);
    HalfMatrix y = poisoned_halves(rows, columns);
    spmm(context, a.view(), {}, x.floats.view(), expected.view());
    spmm(context, a.view(), {}, x.halves.view(), y.view());
    RC_ASSERT(same_bits(y, rounded(expected)));
  }));
}

TEST_CASE("SpMM of bfloat16 keeps to the columns of views that are part of a wider matrix") {
  RunContext context;
  const Csr a = test::random_csr(30, 30, 0.3, true, 4);
  const Rows wide = random_rows(30, 110, 1);
  Matrix expected = poisoned(30, 77);
  spmm(context, a.view(), {}, wide.floats.view().column_block(5, 77), expected.view());
  HalfMatrix out = poisoned_halves(30, 120);
  spmm(context, a.view(), {}, wide.halves.view().column_block(5, 77), out.view().column_block(11, 77));
  const Bf16 untouched = to_bf16(std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < 30; ++i) {
    for (std::size_t j = 0; j < 120; ++j) {
      const bool inside = j >= 11 && j < 88;
      REQUIRE(out(i, j) == (inside ? to_bf16(expected(i, j - 11)) : untouched));
    }
  }
}

TEST_CASE("SpMM of bfloat16 into outputs large enough to be streamed past the cache equals the small ones") {
  RunContext context;
  const std::size_t n = 40'000;
  const Csr a = test::random_csr(n, 40, 0.1, false, 6);
  const Rows x = random_rows(40, 128, 2);
  HalfMatrix streamed = poisoned_halves(n, 128);  // 10 MB
  spmm(context, a.view(), {}, x.halves.view(), streamed.view());
  HalfMatrix from_floats = poisoned_halves(n, 128);
  spmm(context, a.view(), {}, x.floats.view(), from_floats.view());
  Matrix floats = poisoned(n, 128);
  spmm(context, a.view(), {}, x.halves.view(), floats.view());
  CHECK(same_bits(streamed, rounded(floats)));
  CHECK(same_bits(from_floats, streamed));
  HalfMatrix wide = poisoned_halves(n, 129);  // rows not aligned: stored
  spmm(context, a.view(), {}, x.halves.view(), wide.view().column_block(0, 128));
  for (std::size_t i = 0; i < n; ++i) REQUIRE(std::ranges::equal(streamed.row(i), wide.row(i).first(128)));
}

TEST_CASE("the combining SpMM takes bfloat16 for product, terms and result, also over one of its terms") {
  RunContext context;
  for (const std::size_t columns : {1UL, 17UL, 96UL, 128UL, 200UL, 5000UL}) {
    for (const bool normalize : {false, true}) {
      CAPTURE(columns);
      CAPTURE(normalize);
      const Csr a = test::random_csr(40, 40, 0.15, true, columns);
      const Rows x = random_rows(40, columns, columns);
      const Rows first = random_rows(40, columns, columns + 1);
      Rows out = random_rows(40, columns, columns + 2);
      const std::vector<float> row_scale = row_scales(40);
      Matrix floats = poisoned(40, columns);
      const std::vector<RowTerm> float_terms{{first.floats.view(), 0.5F, normalize}, {out.floats.view(), -2.0F, false}};
      spmm_combine(context, a.view(), row_scale, x.floats.view(), 3.0F, normalize, float_terms, floats.view());
      const std::vector<RowTerm> mixed_terms{{first.halves.view(), 0.5F, normalize}, {out.floats.view(), -2.0F, false}};
      Matrix mixed = poisoned(40, columns);
      spmm_combine(context, a.view(), row_scale, x.halves.view(), 3.0F, normalize, mixed_terms, mixed.view());
      const std::vector<RowTerm> half_terms{{first.halves.view(), 0.5F, normalize}, {out.halves.view(), -2.0F, false}};
      spmm_combine(context, a.view(), row_scale, x.halves.view(), 3.0F, normalize, half_terms, out.halves.view());
      // The squares of a unit row are added in another order, so the last bit may differ.
      for (std::size_t i = 0; i < 40; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
          REQUIRE(mixed(i, j) == doctest::Approx(floats(i, j)).epsilon(1e-5).scale(1));
          REQUIRE(to_float(out.halves(i, j)) == doctest::Approx(floats(i, j)).epsilon(4e-3).scale(1));
        }
      }
    }
  }
}

TEST_CASE("SpMM of bfloat16 gives the same bits for 1, 2, 3 and 8 threads") {
  const Csr a = test::random_csr(3000, 500, 0.05, true, 8, true);
  const Rows x = random_rows(500, 130, 3);
  std::vector<HalfMatrix> products;
  std::vector<HalfMatrix> sums;
  for (const int threads : {1, 2, 3, 8}) {
    RunSettings settings;
    settings.threads = threads;
    RunContext context(settings);
    products.push_back(poisoned_halves(3000, 130));
    spmm(context, a.view(), {}, x.halves.view(), products.back().view());
    sums.push_back(poisoned_halves(3000, 130));
    const std::vector<RowTerm> terms{{products.back().view(), 0.5F, true}};
    spmm_combine(context, a.view(), {}, x.halves.view(), 2, true, terms, sums.back().view());
    CHECK(same_bits(products.back(), products.front()));
    CHECK(same_bits(sums.back(), sums.front()));
  }
}

namespace {

/// What an algorithm does with its state, whatever holds it: two hops from signs and their sum.
template <class State, Backend Device>
Matrix two_hops(Device device, const CsrView& host, std::size_t columns) {
  auto a = device.upload(host);
  const std::vector<float> ones(host.row_count(), 1.0F);
  auto signs = device.random_signs([](std::size_t row) { return row; }, 3, 1, ones, columns);
  State first = device.template matrix<State>(host.row_count(), columns);
  State second = device.template matrix<State>(host.row_count(), columns);
  device.fill(second, 1);
  device.spmm(a, {}, signs, first);
  const std::vector<DenseTerm<State, typename Device::Vector>> terms{{&first, 0.5F, true}, {&second, 1, false}};
  device.spmm_combine(a, {}, first, 2, true, terms, second);
  return device.download(std::move(second));
}

}  // namespace

TEST_CASE("an algorithm over a backend keeps its state in floats or in bfloat16 without another line of code") {
  RunContext context;
  const Csr a = test::random_csr(50, 50, 0.1, false, 3);
  const auto floats = on_device(
      context, [&](auto device) { return two_hops<typename decltype(device)::DenseMatrix>(device, a.view(), 65); });
  const auto halves = on_device(
      context, [&](auto device) { return two_hops<typename decltype(device)::HalfMatrix>(device, a.view(), 65); });
  for (std::size_t i = 0; i < 50; ++i) {
    for (std::size_t j = 0; j < 65; ++j) CHECK(halves(i, j) == doctest::Approx(floats(i, j)).epsilon(1e-2).scale(1));
  }
}
