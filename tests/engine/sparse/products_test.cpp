// SpMM, its combining form and SpMV against plain loops in double precision.
#include <algorithm>
#include <cmath>
#include <cstring>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/sparse/scaling.hpp>
#include <adjoin/engine/sparse/spmm.hpp>
#include <adjoin/engine/sparse/spmv.hpp>
#include <adjoin/engine/sparse/sum.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

#include "matrices.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using test::poisoned;
using test::random_matrix;
using test::row_scales;

namespace {

using Dense = std::vector<std::vector<double>>;

Dense to_dense(const CsrView& a) {
  Dense dense(a.row_count(), std::vector<double>(a.column_count, 0.0));
  for (std::size_t i = 0; i < a.row_count(); ++i) {
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
      dense[i][index(a.targets[e])] += a.weighted() ? static_cast<double>(a.weights[e]) : 1.0;
    }
  }
  return dense;
}

/// The slow, obviously right product.
Dense product(const CsrView& a, std::span<const float> row_scale, const Matrix& x) {
  const Dense dense = to_dense(a);
  Dense y(a.row_count(), std::vector<double>(x.columns(), 0.0));
  for (std::size_t i = 0; i < a.row_count(); ++i) {
    for (std::size_t k = 0; k < a.column_count; ++k) {
      if (dense[i][k] == 0) continue;
      for (std::size_t j = 0; j < x.columns(); ++j) y[i][j] += dense[i][k] * static_cast<double>(x(k, j));
    }
    for (double& value : y[i]) value *= row_scale.empty() ? 1.0 : static_cast<double>(row_scale[i]);
  }
  return y;
}

double length(const std::vector<double>& row) {
  double sum = 0;
  for (const double value : row) sum += value * value;
  return std::sqrt(sum);
}

constexpr std::size_t odd_columns[] = {1, 7, 15, 16, 17, 31, 33, 64, 100, 128, 129, 200, 256, 400, 512, 1000};

}  // namespace

TEST_CASE("SpMM equals a plain product at every width, weighted or not, scaled or not") {
  RunContext context;
  for (const std::size_t columns : odd_columns) {
    for (const bool weighted : {false, true}) {
      for (const bool scaled_rows : {false, true}) {
        CAPTURE(columns);
        CAPTURE(weighted);
        const Csr a = test::random_csr(60, 45, 0.2, weighted, columns, true);
        const Matrix x = random_matrix(45, columns, columns);
        const std::vector<float> row_scale = scaled_rows ? row_scales(60) : std::vector<float>{};
        Matrix y = poisoned(60, columns);
        spmm(context, a.view(), row_scale, x.view(), y.view());
        const Dense expected = product(a.view(), row_scale, x);
        for (std::size_t i = 0; i < 60; ++i) {
          for (std::size_t j = 0; j < columns; ++j) {
            REQUIRE(y(i, j) == doctest::Approx(expected[i][j]).epsilon(2e-5).scale(1));
          }
        }
      }
    }
  }
}

TEST_CASE("SpMM keeps to the columns of views that are part of a wider matrix") {
  RunContext context;
  const Csr a = test::random_csr(30, 30, 0.3, true, 4);
  const Matrix wide = random_matrix(30, 50, 1);
  Matrix out = poisoned(30, 60);
  spmm(context, a.view(), {}, wide.view().column_block(5, 20), out.view().column_block(11, 20));
  for (std::size_t i = 0; i < 30; ++i) {
    for (std::size_t j = 0; j < 60; ++j) CHECK(std::isnan(out(i, j)) == (j < 11 || j >= 31));
  }
}

TEST_CASE("SpMM of an output large enough to be streamed past the cache equals the small one") {
  RunContext context;
  const std::size_t n = 20'000;
  const Csr a = test::random_csr(n, 40, 0.1, false, 6);
  const Matrix x = random_matrix(40, 128, 2);
  Matrix aligned = poisoned(n, 128);  // 10 MB: streamed
  spmm(context, a.view(), {}, x.view(), aligned.view());
  Matrix wide = poisoned(n, 129);  // rows not aligned: stored
  spmm(context, a.view(), {}, x.view(), wide.view().column_block(0, 128));
  for (std::size_t i = 0; i < n; ++i) {
    REQUIRE(std::memcmp(aligned.row(i).data(), wide.row(i).data(), 128 * sizeof(float)) == 0);
  }
}

TEST_CASE("the combining SpMM adds terms and product, whole or as unit rows, also over one of its terms") {
  RunContext context;
  for (const std::size_t columns : {1UL, 17UL, 128UL, 200UL, 5000UL}) {
    for (const bool normalize : {false, true}) {
      CAPTURE(columns);
      CAPTURE(normalize);
      const Csr a = test::random_csr(40, 40, 0.15, true, columns);
      const Matrix x = random_matrix(40, columns, columns);
      const Matrix first = random_matrix(40, columns, columns + 1);
      Matrix out = random_matrix(40, columns, columns + 2);
      const Matrix second = random_matrix(40, columns, columns + 2);  // the same values as out
      const std::vector<float> row_scale = row_scales(40);
      const std::vector<RowTerm> terms{{first.view(), 0.5F, normalize}, {out.view(), -2.0F, false}};
      spmm_combine(context, a.view(), row_scale, x.view(), 3.0F, normalize, terms, out.view());
      const Dense expected = product(a.view(), row_scale, x);
      const auto as_doubles = [](std::span<const float> row) { return std::vector<double>(row.begin(), row.end()); };
      const auto factor = [&](double coefficient, const std::vector<double>& row) {
        if (!normalize) return coefficient;
        return length(row) > 0 ? coefficient / length(row) : 0.0;
      };
      for (std::size_t i = 0; i < 40; ++i) {
        const double f1 = factor(0.5, as_doubles(first.row(i)));
        const double f3 = factor(3.0, expected[i]);
        for (std::size_t j = 0; j < columns; ++j) {
          const double value = f1 * first(i, j) - 2.0 * second(i, j) + f3 * expected[i][j];
          REQUIRE(out(i, j) == doctest::Approx(value).epsilon(3e-5).scale(1));
        }
      }
    }
  }
}

TEST_CASE("a term of the combining SpMM may have a scale of its own for each row") {
  RunContext context;
  const Csr a = test::random_csr(60, 60, 0.1, true, 4);
  const Matrix x = random_matrix(60, 33, 1);
  std::vector<float> scale(60);
  for (std::size_t i = 0; i < 60; ++i) scale[i] = static_cast<float>(i) - 20;
  Matrix product(60, 33);
  spmm(context, a.view(), {}, x.view(), product.view());
  Matrix out = poisoned(60, 33);
  const std::vector<RowTerm> terms{{x.view(), 0.5F, false, scale}, {x.view(), 2}};
  spmm_combine(context, a.view(), {}, x.view(), -1, false, terms, out.view());
  for (std::size_t i = 0; i < 60; ++i) {
    for (std::size_t j = 0; j < 33; ++j) {
      const float expected = (0.5F * scale[i] + 2) * x(i, j) - product(i, j);
      CHECK(out(i, j) == doctest::Approx(expected).epsilon(1e-5).scale(10));
    }
  }
}

TEST_CASE("signs have the same products as the floats that they stand for") {
  RunContext context;
  for (const std::size_t columns : {1UL, 17UL, 128UL, 200UL, 5000UL}) {
    for (const bool weighted : {false, true}) {
      CAPTURE(columns);
      const Csr a = test::random_csr(40, 30, 0.3, weighted, columns);
      const std::vector<float> scale = row_scales(30);
      const SignMatrix signs = random_signs(context, [](std::size_t row) { return row; }, 3, 2.0F, scale, columns);
      Matrix floats(30, columns, 0.0F);
      add_rows(context, 1, signs, false, floats.view());
      const std::vector<float> row_scale = row_scales(40);
      Matrix product_of_signs = poisoned(40, columns);
      Matrix product_of_floats = poisoned(40, columns);
      spmm(context, a.view(), row_scale, signs, product_of_signs.view());
      spmm(context, a.view(), row_scale, floats.view(), product_of_floats.view());
      for (std::size_t i = 0; i < 40; ++i)
        REQUIRE(std::ranges::equal(product_of_signs.row(i), product_of_floats.row(i)));

      const Matrix other = random_matrix(40, columns, 9);
      const std::vector<RowTerm> terms{{other.view(), 0.5F, true}};
      spmm_combine(context, a.view(), row_scale, signs, 3, true, terms, product_of_signs.view());
      spmm_combine(context, a.view(), row_scale, floats.view(), 3, true, terms, product_of_floats.view());
      for (std::size_t i = 0; i < 40; ++i)
        REQUIRE(std::ranges::equal(product_of_signs.row(i), product_of_floats.row(i)));
    }
  }
}

TEST_CASE("SpMM gives the same bits for 1, 2, 3 and 8 threads") {
  const Csr a = test::random_csr(3000, 500, 0.05, true, 8, true);
  const Matrix x = random_matrix(500, 130, 3);
  std::vector<Matrix> results;
  for (const int threads : {1, 2, 3, 8}) {
    RunSettings settings;
    settings.threads = threads;
    RunContext context(settings);
    results.push_back(poisoned(3000, 130));
    spmm(context, a.view(), {}, x.view(), results.back().view());
  }
  for (const Matrix& result : results) {
    CHECK(std::memcmp(result.view().data(), results.front().view().data(), result.bytes()) == 0);
  }
}

TEST_CASE("matrices without rows or without entries have products") {
  RunContext context;
  const Csr none = test::random_csr(0, 5, 1, false, 1);
  const Matrix x = random_matrix(5, 3, 1);
  Matrix y(0, 3);
  spmm(context, none.view(), {}, x.view(), y.view());
  const Csr empty = test::random_csr(4, 5, 0, true, 1);
  Matrix zeros = poisoned(4, 3);
  spmm(context, empty.view(), {}, x.view(), zeros.view());
  for (std::size_t i = 0; i < 4; ++i) {
    for (const float value : zeros.row(i)) CHECK(value == 0);
  }
}

TEST_CASE("SpMV, row sums and scaling equal plain loops") {
  RunContext context;
  for (const bool weighted : {false, true}) {
    const Csr a = test::random_csr(70, 50, 0.2, weighted, 3, true);
    const Matrix x = random_matrix(50, 1, 4);
    const Dense expected = product(a.view(), {}, x);
    std::vector<float> y(70);
    spmv(context, a.view(), {x.view().data(), 50}, y);
    for (std::size_t i = 0; i < 70; ++i) CHECK(y[i] == doctest::Approx(expected[i][0]).epsilon(1e-5).scale(1));

    const Dense dense = to_dense(a.view());
    std::vector<float> sums(70);
    row_sums(context, a.view(), sums);
    const std::vector<float> by_row = row_scales(70);
    const std::vector<float> by_column = row_scales(50);
    const Csr scaled_both = scaled(context, a.view(), by_row, by_column);
    const Dense scaled_dense = to_dense(scaled_both.view());
    for (std::size_t i = 0; i < 70; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < 50; ++j) {
        sum += dense[i][j];
        CHECK(scaled_dense[i][j] == doctest::Approx(dense[i][j] * by_row[i] * by_column[j]).epsilon(1e-5).scale(1));
      }
      CHECK(sums[i] == doctest::Approx(sum).epsilon(1e-6));
    }
  }
}

TEST_CASE("the transpose is the transpose, with sorted rows, and twice is the matrix again") {
  for (const int threads : {1, 2, 8}) {
    RunSettings settings;
    settings.threads = threads;
    RunContext context(settings);
    for (const bool weighted : {false, true}) {
      const Csr a = test::random_csr(80, 33, 0.2, weighted, 12, true);
      const Csr t = transpose(context, a.view());
      const Dense dense = to_dense(a.view());
      const Dense flipped = to_dense(t.view());
      for (std::size_t i = 0; i < 80; ++i) {
        for (std::size_t j = 0; j < 33; ++j) CHECK(dense[i][j] == flipped[j][i]);
      }
      const Csr back = transpose(context, t.view());
      CHECK(std::ranges::equal(back.offsets, a.offsets));
      CHECK(std::ranges::equal(back.targets, a.targets));
      CHECK(std::ranges::equal(back.weights, a.weights));
    }
  }
}

TEST_CASE("the sum of two matrices is their entries' sum and has weights only where it must") {
  RunContext context;
  const Csr a = test::random_csr(60, 60, 0.1, false, 1);
  const Csr b = test::random_csr(60, 60, 0.1, true, 2);
  const Csr both = sum(context, a.view(), b.view());
  const Dense dense_a = to_dense(a.view());
  const Dense dense_b = to_dense(b.view());
  const Dense dense_both = to_dense(both.view());
  for (std::size_t i = 0; i < 60; ++i) {
    for (std::size_t j = 0; j < 60; ++j) {
      CHECK(dense_both[i][j] == doctest::Approx(dense_a[i][j] + dense_b[i][j]).epsilon(1e-6));
    }
  }
  const Csr nothing = test::random_csr(60, 60, 0, false, 1);
  CHECK(sum(context, a.view(), nothing.view()).weights.empty());
  CHECK_FALSE(sum(context, a.view(), a.view()).weights.empty());
}
