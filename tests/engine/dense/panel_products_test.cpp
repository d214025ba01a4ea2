#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/panel_products.hpp>
#include <adjoin/engine/dense/products.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

#include "matrices.hpp"

using namespace adjoin;
using test::random_matrix;

namespace {

double plain_dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += static_cast<double>(a[j]) * static_cast<double>(b[j]);
  return sum;
}

}  // namespace

TEST_CASE("products of a panel equal plain loops, and are the same number wherever row and vector stand") {
  RunContext context;
  for (const std::size_t columns : {1UL, 3UL, 16UL, 33UL, 128UL, 511UL, 512UL, 513UL, 1100UL}) {
    CAPTURE(columns);
    const Matrix x = random_matrix(41, columns, columns);
    const std::size_t vectors = 7;
    std::vector<float> panel(panel_width * columns, 0.0F);
    std::vector<float> shifted(panel_width * columns, 0.0F);
    for (std::size_t v = 0; v < vectors; ++v) {
      put_in_panel(x.row(v), 2, v, panel);
      put_in_panel(x.row(v), 2, panel_width - 1 - v, shifted);
    }
    const std::size_t begin = 2;
    const std::size_t count = x.rows() - begin;
    std::vector<float> out(count * panel_width, std::numeric_limits<float>::quiet_NaN());
    panel_products(x.view(), begin, count, panel.data(), vectors, out.data());
    std::vector<float> one(panel_width);
    for (std::size_t i = 0; i < count; ++i) {
      panel_products(x.view(), begin + i, 1, shifted.data(), panel_width, one.data());
      for (std::size_t v = 0; v < vectors; ++v) {
        const double expected = plain_dot(x.row(begin + i), x.row(v)) / 2;
        // Rounding goes by the lengths of the vectors, not by what is left of them in the sum.
        const double lengths = std::sqrt(plain_dot(x.row(begin + i), x.row(begin + i)) * plain_dot(x.row(v), x.row(v)));
        CHECK(std::abs(static_cast<double>(out[i * panel_width + v]) - expected) <= 1e-6 * lengths);
        CHECK(out[i * panel_width + v] == one[panel_width - 1 - v]);
      }
      panel_products(x.view(), begin + i, 1, panel.data(), 1, one.data());
      CHECK(out[i * panel_width] == one[0]);
    }
    CHECK(dot_function()(x.row(0).data(), x.row(1).data(), columns) ==
          doctest::Approx(plain_dot(x.row(0), x.row(1))).epsilon(1e-5).scale(1));
  }
}

TEST_CASE("rows over a bound are found in order, equality included") {
  RunContext context;
  const std::size_t count = 9;
  std::vector<float> products(count * panel_width, 1.0F);
  std::vector<float> bound(panel_width, 2.0F);
  std::vector<float> scale(count, 1.0F);
  products[2 * panel_width + 31] = 2;
  products[4 * panel_width] = 3;
  scale[5] = 0.5F;                                         // 1 is 2 * 0.5
  products[7 * panel_width + 17] = std::nextafterf(2, 0);  // just under
  std::vector<std::uint32_t> rows(count);
  rows.resize(rows_over_bound(products.data(), count, bound.data(), scale.data(), rows.data()));
  CHECK(rows == std::vector<std::uint32_t>{2, 4, 5});
}
