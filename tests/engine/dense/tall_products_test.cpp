#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/decompose.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/normal_matrix.hpp>
#include <adjoin/engine/dense/tall_products.hpp>
#include <adjoin/engine/runtime/random.hpp>

#include "matrices.hpp"
#include "with_threads.hpp"

using namespace adjoin;
using test::same_bits;
using test::with_threads;

namespace {

Matrix normals(std::size_t rows, std::size_t columns, std::uint64_t salt = 0) {
  RunContext context = with_threads(1);
  Matrix x(rows, columns);
  fill_with_normals(context, [&](std::size_t i) { return i + salt; }, RandomStream::tests, x.view());
  return x;
}

Matrix copy_of(const Matrix& x) {
  Matrix y(x.rows(), x.columns());
  std::copy_n(x.view().data(), x.rows() * x.columns(), y.view().data());
  return y;
}

/// The slow twins: three plain loops in double.
SmallMatrix slow_gram(const Matrix& x) {
  SmallMatrix g(x.columns(), x.columns());
  for (std::size_t r = 0; r < x.rows(); ++r) {
    for (std::size_t i = 0; i < x.columns(); ++i) {
      for (std::size_t j = 0; j < x.columns(); ++j) g(i, j) += double{x(r, i)} * double{x(r, j)};
    }
  }
  return g;
}

double slow_product(const Matrix& x, const SmallMatrix& t, std::size_t i, std::size_t j) {
  double sum = 0;
  for (std::size_t k = 0; k < x.columns(); ++k) sum += double{x(i, k)} * t(k, j);
  return sum;
}

/// Gram and Schmidt's own way, in double.
std::vector<std::vector<double>> slow_orthonormal_columns(const Matrix& x) {
  std::vector<std::vector<double>> columns(x.columns(), std::vector<double>(x.rows()));
  const auto dot = [](const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  };
  for (std::size_t j = 0; j < x.columns(); ++j) {
    for (std::size_t i = 0; i < x.rows(); ++i) columns[j][i] = x(i, j);
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t k = 0; k < j; ++k) {
        const double along = dot(columns[j], columns[k]);
        for (std::size_t i = 0; i < x.rows(); ++i) columns[j][i] -= along * columns[k][i];
      }
    }
    const double length = std::sqrt(dot(columns[j], columns[j]));
    for (double& value : columns[j]) value /= length;
  }
  return columns;
}

double distance_from_orthonormal(const Matrix& x, std::size_t rank) {
  const SmallMatrix g = slow_gram(x);
  double largest = 0;
  for (std::size_t i = 0; i < g.rows(); ++i) {
    for (std::size_t j = 0; j < g.columns(); ++j) {
      if (i != j) largest = std::max(largest, std::abs(g(i, j)));
    }
  }
  std::size_t ones = 0;
  for (std::size_t i = 0; i < g.rows(); ++i) {
    if (std::abs(g(i, i) - 1) < 1e-4) ++ones;
  }
  CHECK(ones == rank);
  return largest;
}

}  // namespace

TEST_CASE("rows of normal numbers are those of their keys, and a wider matrix begins with a narrower one") {
  const Matrix many = normals(2000, 50, 3);
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < many.rows(); ++i) {
    RandomSequence random(42, RandomStream::tests, i + 3);
    for (const float value : many.row(i)) {
      CHECK(double{value} == doctest::Approx(random.next_normal()).epsilon(2e-6).scale(1));
      sum += double{value};
      squares += double{value} * double{value};
    }
  }
  CHECK(std::abs(sum / 1e5) < 0.01);
  CHECK(squares / 1e5 == doctest::Approx(1).epsilon(0.02));
  const Matrix wide = normals(9, 33, 7);
  const Matrix narrow = normals(9, 8, 7);
  for (std::size_t i = 0; i < 9; ++i) {
    CHECK(std::ranges::equal(narrow.row(i), wide.row(i).first(8)));
  }
}

TEST_CASE("the Gram matrix equals plain loops at every width and height") {
  RunContext context;
  for (const std::size_t columns : {1U, 3U, 31U, 32U, 33U, 64U, 70U, 130U}) {
    for (const std::size_t rows : {0U, 1U, 33U, 600U, 2500U}) {
      CAPTURE(columns);
      CAPTURE(rows);
      const Matrix x = normals(rows, columns);
      const SmallMatrix g = gram_matrix(context, x.view());
      const SmallMatrix expected = slow_gram(x);
      REQUIRE(g.rows() == columns);
      for (std::size_t i = 0; i < columns; ++i) {
        for (std::size_t j = 0; j < columns; ++j) CHECK(g(i, j) == doctest::Approx(expected(i, j)).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("the Gram matrix of some columns of a wider matrix leaves the others alone") {
  RunContext context;
  const Matrix x = normals(100, 40);
  const SmallMatrix all = gram_matrix(context, x.view());
  const SmallMatrix part = gram_matrix(context, x.view().column_block(5, 10));
  for (std::size_t i = 0; i < 10; ++i) {
    for (std::size_t j = 0; j < 10; ++j) CHECK(part(i, j) == doctest::Approx(all(i + 5, j + 5)).epsilon(1e-12));
  }
}

TEST_CASE("a tall matrix times a small one equals plain loops at every shape, in place as well") {
  RunContext context;
  for (const std::size_t depth : {1U, 5U, 64U, 100U}) {
    for (const std::size_t columns : {1U, 15U, 16U, 64U, 65U, 130U}) {
      CAPTURE(depth);
      CAPTURE(columns);
      const std::size_t rows = 413;
      Matrix x = normals(rows, depth);
      const Matrix small = normals(depth, columns, 1000);
      SmallMatrix t(depth, columns);
      for (std::size_t i = 0; i < depth; ++i) {
        for (std::size_t j = 0; j < columns; ++j) t(i, j) = double{small(i, j)};
      }
      Matrix y(rows, columns);
      multiply_tall(context, x.view(), t, y.view());
      for (std::size_t i = 0; i < rows; i += 7) {
        for (std::size_t j = 0; j < columns; ++j) {
          CHECK(y(i, j) == doctest::Approx(slow_product(x, t, i, j)).epsilon(1e-5).scale(10));
        }
      }
      if (depth != columns) continue;
      multiply_tall(context, x.view(), t, x.view());
      CHECK(same_bits(x, y));
    }
  }
}

TEST_CASE("orthonormal columns are those of Gram and Schmidt") {
  RunContext context;
  Matrix x = normals(300, 40);
  for (std::size_t i = 0; i < 300; ++i) x(i, 7) = x(i, 3) + 1e-3F * x(i, 7);  // nearly dependent
  const auto expected = slow_orthonormal_columns(x);
  CHECK(orthonormalize_columns(context, x.view()) == 40);
  CHECK(distance_from_orthonormal(x, 40) < 1e-5);
  for (std::size_t j = 0; j < 40; ++j) {
    const double tolerance = j < 7 ? 1e-6 : 2e-4;  // a thousandth was left of the column to work with
    for (std::size_t i = 0; i < 300; ++i) CHECK(std::abs(double{x(i, j)} - expected[j][i]) < tolerance);
  }
}

TEST_CASE("columns that depend on others become zero") {
  RunContext context;
  Matrix x = normals(200, 12);
  for (std::size_t i = 0; i < 200; ++i) {
    x(i, 4) = 2 * x(i, 1);
    x(i, 9) = 0;
  }
  CHECK(orthonormalize_columns(context, x.view()) == 10);
  CHECK(distance_from_orthonormal(x, 10) < 1e-5);
  for (std::size_t i = 0; i < 200; ++i) CHECK((x(i, 4) == 0 && x(i, 9) == 0));

  Matrix wide = normals(5, 9);  // five rows have room for five columns
  CHECK(orthonormalize_columns(context, wide.view()) == 5);
  CHECK(distance_from_orthonormal(wide, 5) < 1e-5);
}

TEST_CASE("tall products have the same bits for 1, 2, 3 and 8 threads") {
  const Matrix x = normals(5000, 100);
  RunContext one = with_threads(1);
  const SmallMatrix g = gram_matrix(one, x.view());
  Matrix q = copy_of(x);
  orthonormalize_columns(one, q.view());
  for (const int threads : {2, 3, 8}) {
    RunContext context = with_threads(threads);
    CHECK(same_bits(g, gram_matrix(context, x.view())));
    Matrix other = copy_of(x);
    orthonormalize_columns(context, other.view());
    CHECK(same_bits(q, other));
  }
}

TEST_CASE("eigenvectors of a symmetric matrix are unit vectors that it only stretches, values fall, entries add up") {
  RunContext context;
  const Matrix x = normals(50, 30);
  const SmallMatrix a = gram_matrix(context, x.view());
  const SymmetricEigen eigen = symmetric_eigen(a);
  CHECK(std::ranges::is_sorted(eigen.values, std::greater<>()));
  for (std::size_t j = 0; j < 30; ++j) {
    double squares = 0;
    double sum = 0;
    for (std::size_t i = 0; i < 30; ++i) {
      double product = 0;
      for (std::size_t k = 0; k < 30; ++k) product += a(i, k) * eigen.vectors(k, j);
      CHECK(product == doctest::Approx(eigen.values[j] * eigen.vectors(i, j)).epsilon(1e-9).scale(eigen.values[0]));
      squares += eigen.vectors(i, j) * eigen.vectors(i, j);
      sum += eigen.vectors(i, j);
    }
    CHECK(squares == doctest::Approx(1));
    CHECK(sum >= 0);
  }
  CHECK(symmetric_eigen({}).values.empty());
}
