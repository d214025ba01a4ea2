#include <cstring>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/matrix_product.hpp>

#include "matrices.hpp"

using namespace adjoin;
using test::random_matrix;
using test::same_bits;

namespace {

/// A matrix in memory of its own or amid other columns, to be used as it is or transposed.
struct Drawn {
  Drawn(std::size_t rows, std::size_t columns, bool transpose, bool amid, std::uint64_t key)
      : held(random_matrix(transpose ? columns : rows, (transpose ? rows : columns) + (amid ? 5 : 0), key)),
        side{held.view().column_block(amid ? 2 : 0, transpose ? rows : columns), transpose} {}
  double operator()(std::size_t i, std::size_t j) const {
    return static_cast<double>(side.transposed ? side.matrix(j, i) : side.matrix(i, j));
  }
  Matrix held;
  ProductSide side;
};

std::size_t differences(const Matrix& out, const Drawn& a, const Drawn& b, const Matrix& before, bool add) {
  const std::size_t depth = a.side.columns();
  std::size_t count = 0;
  for (std::size_t i = 0; i < out.rows(); ++i) {
    for (std::size_t j = 0; j < out.columns(); ++j) {
      double sum = add ? static_cast<double>(before(i, j)) : 0;
      for (std::size_t p = 0; p < depth; ++p) sum += a(i, p) * b(p, j);
      const double tolerance = 1e-6 * (20 + static_cast<double>(depth));
      if (!(std::abs(static_cast<double>(out(i, j)) - sum) < tolerance)) ++count;
    }
  }
  return count;
}

Matrix product(int threads, const Drawn& a, const Drawn& b, const Matrix& before, bool add) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  Matrix out(before.rows(), before.columns());
  if (before.bytes() > 0) std::memcpy(out.view().data(), before.view().data(), before.bytes());
  std::vector<float> scratch(matrix_product_scratch(out.rows(), out.columns(), a.side.columns()));
  matrix_product(context, a.side, b.side, add, out.view(), scratch);
  return out;
}

}  // namespace

TEST_CASE("products of drawn shapes, either side transposed, equal sums in double precision") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::size_t>(0, 230);
    const auto k = *rc::gen::inRange<std::size_t>(0, 300);
    const auto d = *rc::gen::inRange<std::size_t>(0, 150);
    const Drawn a(n, k, *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>(), 1);
    const Drawn b(k, d, *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>(), 2);
    const Matrix before = random_matrix(n, d, 3);
    const bool add = *rc::gen::arbitrary<bool>();
    RC_ASSERT(differences(product(2, a, b, before, add), a, b, before, add) == 0U);
  }));
}

TEST_CASE("long products are shared out among threads and have the same bits for 1, 2, 3 and 8 of them") {
  struct {
    std::size_t n, k, d;
  } const shapes[] = {{7, 5000, 9}, {40, 4097, 270}, {500, 300, 64}, {193, 2048, 257}, {1, 3, 1}};
  for (const auto& [n, k, d] : shapes) {
    for (const bool transpose : {false, true}) {
      for (const bool add : {false, true}) {
        CAPTURE(n);
        CAPTURE(transpose);
        CAPTURE(add);
        const Drawn a(n, k, transpose, false, 4);
        const Drawn b(k, d, transpose, true, 5);
        const Matrix before = random_matrix(n, d, 6);
        const Matrix one = product(1, a, b, before, add);
        CHECK(differences(one, a, b, before, add) == 0);
        for (const int threads : {2, 3, 8}) CHECK(same_bits(one, product(threads, a, b, before, add)));
      }
    }
  }
  CHECK(matrix_product_scratch(7, 9, 5000) > 0);  // or nothing above was shared out
  CHECK(matrix_product_scratch(100'000, 64, 128) == 0);
}
