// Products in heads against plain loops in double precision.
#include <cmath>
#include <cstring>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/sparse/head_products.hpp>

#include "matrices.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using test::random_matrix;

namespace {

bool near(float found, double expected) {
  return std::abs(static_cast<double>(found) - expected) <= 1e-4 * (1 + std::abs(expected));
}

}  // namespace

TEST_CASE("products in heads are what loops give, for any width and number of heads, set or added") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::size_t>(0, 20);
    const auto m = *rc::gen::inRange<std::size_t>(1, 20);
    const auto heads = *rc::gen::inRange<std::size_t>(1, 10);
    const std::size_t width = *rc::gen::element(1, 2, 3, 4, 7, 8, 12, 16, 24, 32, 48);
    const bool add = *rc::gen::arbitrary<bool>();
    const bool picked = *rc::gen::arbitrary<bool>();
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const Csr csr = test::random_csr(n, m, 0.3, true, seed, n > 0);
    const CsrView a = csr.view();
    const std::size_t entries = a.nonzero_count();
    const std::size_t columns = heads * width;
    const Matrix values = random_matrix(entries, heads, seed);
    const Matrix x = random_matrix(m, columns, seed + 1);
    const Matrix left = random_matrix(n, columns, seed + 2);
    std::vector<EdgeOffset> rows;
    for (std::size_t e = 0; e < entries && picked; ++e) rows.push_back(edge_offset(entries - 1 - e));
    Matrix sums = random_matrix(n, columns, seed + 3);
    Matrix dots = random_matrix(entries, heads, seed + 4);
    const Matrix sums_before = random_matrix(n, columns, seed + 3);
    const Matrix dots_before = random_matrix(entries, heads, seed + 4);
    RunSettings settings;
    settings.threads = 2;
    RunContext context(settings);
    spmm_heads(context, a, values.view(), rows, x.view(), add, sums.view());
    entry_dots(context, a, left.view(), x.view(), add, dots.view());
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        double expected = add ? static_cast<double>(sums_before(i, j)) : 0.0;
        for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
          const std::size_t row = picked ? index(rows[e]) : e;
          expected += static_cast<double>(values(row, j / width)) * static_cast<double>(x(index(a.targets[e]), j));
        }
        RC_ASSERT(near(sums(i, j), expected));
      }
      for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
        for (std::size_t head = 0; head < heads; ++head) {
          double expected = add ? static_cast<double>(dots_before(e, head)) : 0.0;
          for (std::size_t j = head * width; j < (head + 1) * width; ++j) {
            expected += static_cast<double>(left(i, j)) * static_cast<double>(x(index(a.targets[e]), j));
          }
          RC_ASSERT(near(dots(e, head), expected));
        }
      }
    }
  }));
}

TEST_CASE("products in heads have the same bits for 1, 2, 3 and 8 threads") {
  const Csr csr = test::random_csr(900, 900, 0.01, false, 3, true);
  const CsrView a = csr.view();
  const Matrix values = random_matrix(a.nonzero_count(), 8, 1);
  const Matrix x = random_matrix(900, 64, 2);
  const auto run = [&](int threads) {
    RunSettings settings;
    settings.threads = threads;
    RunContext context(settings);
    Matrix sums(900, 64);
    Matrix dots(a.nonzero_count(), 8);
    spmm_heads(context, a, values.view(), {}, x.view(), false, sums.view());
    entry_dots(context, a, x.view(), x.view(), false, dots.view());
    return std::pair(std::move(sums), std::move(dots));
  };
  const auto one = run(1);
  for (const int threads : {2, 3, 8}) {
    const auto more = run(threads);
    CHECK(std::memcmp(one.first.view().data(), more.first.view().data(), one.first.bytes()) == 0);
    CHECK(std::memcmp(one.second.view().data(), more.second.view().data(), one.second.bytes()) == 0);
  }
}
