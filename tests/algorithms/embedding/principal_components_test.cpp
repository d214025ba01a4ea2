#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/embedding/principal_components.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "golden_table.hpp"
#include "with_threads.hpp"

using namespace adjoin;
using test::with_threads;

namespace {

Matrix matrix_of(std::size_t rows, std::size_t columns, const std::function<double(std::size_t, std::size_t)>& value) {
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) x(i, j) = static_cast<float>(value(i, j));
  }
  return x;
}

Matrix draw() {
  const auto rows = static_cast<std::size_t>(*rc::gen::inRange(1, 40));
  const auto columns = static_cast<std::size_t>(*rc::gen::inRange(1, 9));
  return matrix_of(rows, columns, [](std::size_t, std::size_t) { return *rc::gen::inRange(-500, 500) / 100.0; });
}

}  // namespace

TEST_CASE("principal components are those of NumPy's singular values") {
  constexpr std::size_t rows = 24;
  const auto golden = test::golden_table("principal_components");
  const Matrix x = matrix_of(rows, 6, [&](std::size_t i, std::size_t j) { return golden[i][j]; });
  RunContext context = with_threads(1);
  const PrincipalComponents found = principal_components(context, x.view(), 3);
  for (std::size_t j = 0; j < 3; ++j) {
    for (std::size_t i = 0; i < rows; ++i) {
      CHECK(std::abs(static_cast<double>(found.coordinates(i, j)) - golden[rows + i][j]) < 1e-4);
    }
    CHECK(found.shares[j] == doctest::Approx(golden.back()[j]).epsilon(1e-6));
  }
}

TEST_CASE("all components together keep the distances between rows, and their shares add up to one") {
  CHECK(rc::check([] {
    const Matrix x = draw();
    RunContext context = with_threads(2);
    const auto found = principal_components(context, x.view(), static_cast<int>(x.columns()));
    const auto distance = [&](const Matrix& m, std::size_t a, std::size_t b) {
      double sum = 0;
      for (std::size_t j = 0; j < m.columns(); ++j) sum += std::pow(static_cast<double>(m(a, j) - m(b, j)), 2);
      return std::sqrt(sum);
    };
    for (std::size_t i = 1; i < x.rows(); ++i) {
      RC_ASSERT(std::abs(distance(x, i - 1, i) - distance(found.coordinates, i - 1, i)) < 1e-4);
    }
    double sum = 0;
    for (std::size_t j = 0; j < found.shares.size(); ++j) {
      sum += found.shares[j];
      RC_ASSERT(found.shares[j] >= 0 && (j == 0 || found.shares[j] <= found.shares[j - 1]));
    }
    RC_ASSERT(std::abs(sum - 1) < 1e-9 || sum == 0);
  }));
}

TEST_CASE("principal components are the same for any number of threads") {
  const Matrix x = matrix_of(50'000, 12, [](std::size_t i, std::size_t j) {
    return static_cast<double>((i * 7919 + j * 104'729) % 1009) / 100 * static_cast<double>(j + 1);
  });
  RunContext one = with_threads(1);
  const PrincipalComponents expected = principal_components(one, x.view(), 2);
  for (const int threads : {2, 5}) {
    RunContext many = with_threads(threads);
    const PrincipalComponents found = principal_components(many, x.view(), 2);
    CHECK(found.shares == expected.shares);
    bool same = true;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      for (std::size_t j = 0; j < 2; ++j) same = same && found.coordinates(i, j) == expected.coordinates(i, j);
    }
    CHECK(same);
  }
}

TEST_CASE("principal components of what has none are refused, and equal rows have no variance to share") {
  RunContext context = with_threads(1);
  Matrix x(3, 2, 1.0F);
  CHECK(principal_components(context, x.view(), 2).shares == std::vector<double>{0, 0});
  CHECK_THROWS_WITH_AS(principal_components(context, x.view(), 3),
                       "3 principal components of vectors of 2 numbers; give 1 to 2", InvalidOption);
  CHECK_THROWS_WITH_AS(principal_components(context, x.view(), 0),
                       "0 principal components of vectors of 2 numbers; give 1 to 2", InvalidOption);
  const Matrix none(0, 2);
  CHECK_THROWS_AS(principal_components(context, none.view(), 1), InvalidData);
  x(1, 1) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(principal_components(context, x.view(), 1),
                       "row 1 of the vectors has a value that is not finite", InvalidData);
}
