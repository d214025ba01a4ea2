#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/products.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;

namespace {

/// Random values in a matrix whose rows may have room behind them, filled with NaN.
struct Padded {
  Padded(std::size_t rows, std::size_t columns, std::size_t padding, std::uint64_t key)
      : memory(rows * (columns + padding), std::numeric_limits<float>::quiet_NaN()),
        view(memory.data(), rows, columns, columns + padding) {
    RandomSequence random(3, RandomStream::tests, key);
    for (std::size_t i = 0; i < rows; ++i) {
      for (float& value : view.row(i)) value = static_cast<float>(random.next_normal());
    }
  }
  Array<float> memory;
  MatrixView<float> view;
};

constexpr std::size_t odd_columns[] = {1, 7, 15, 16, 17, 31, 33, 64, 100, 128, 129, 200, 513};

double length_of(std::span<const float> row) {
  double sum = 0;
  for (const float value : row) sum += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("row norms, scaling and adding equal plain loops at every width") {
  RunContext context;
  for (const std::size_t columns : odd_columns) {
    CAPTURE(columns);
    const std::size_t rows = 37;
    const Padded x(rows, columns, 3, columns);
    std::vector<float> norms(rows);
    row_norms(context, x.view, norms);
    for (std::size_t i = 0; i < rows; ++i) CHECK(norms[i] == doctest::Approx(length_of(x.view.row(i))).epsilon(1e-6));

    Padded y(rows, columns, 5, columns + 1000);
    const Padded before(rows, columns, 5, columns + 1000);
    for (const bool normalize : {false, true}) {
      std::copy(before.memory.begin(), before.memory.end(), y.memory.begin());
      add_rows(context, 2.5F, x.view, normalize, y.view);
      for (std::size_t i = 0; i < rows; ++i) {
        const double factor = normalize ? 2.5 / length_of(x.view.row(i)) : 2.5;
        for (std::size_t j = 0; j < columns; ++j) {
          CHECK(y.view(i, j) == doctest::Approx(before.view(i, j) + factor * x.view(i, j)).epsilon(1e-5));
        }
      }
    }

    std::vector<float> row_scale(rows);
    std::vector<float> column_scale(columns);
    for (std::size_t i = 0; i < rows; ++i) row_scale[i] = static_cast<float>(i) - 3;
    for (std::size_t j = 0; j < columns; ++j) column_scale[j] = 1.0F / static_cast<float>(j + 1);
    std::copy(before.memory.begin(), before.memory.end(), y.memory.begin());
    scale_rows(context, y.view, row_scale);
    scale_columns(context, y.view, column_scale);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        CHECK(y.view(i, j) == doctest::Approx(before.view(i, j) * row_scale[i] * column_scale[j]).epsilon(1e-6));
      }
    }
  }
}

TEST_CASE("normalised rows have length one and zero rows stay zero") {
  RunContext context;
  Padded x(20, 33, 1, 9);
  for (float& value : x.view.row(4)) value = 0;
  for (float& value : x.view.row(5)) value *= 1e-30F;  // squares underflow a float
  for (float& value : x.view.row(6)) value *= 1e30F;   // squares overflow a float
  normalize_rows(context, x.view);
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(length_of(x.view.row(i)) == doctest::Approx(i == 4 ? 0.0 : 1.0).epsilon(1e-5));
  }
}

TEST_CASE("standardised columns have mean 0 and variance 1 over the rows that count") {
  RunContext context;
  for (const std::size_t columns : {1UL, 16UL, 33UL, 130UL}) {
    Padded x(501, columns, 2, columns);
    std::vector<std::uint8_t> skip(501, 0);
    for (std::size_t i = 0; i < skip.size(); i += 7) skip[i] = 1;
    for (std::size_t i = 0; i < 501; ++i) x.view(i, 0) = 3;  // a constant column is only shifted
    std::vector<float> kept(x.view.row(7).begin(), x.view.row(7).end());
    standardize_columns(context, x.view, skip);
    for (std::size_t j = 0; j < columns; ++j) {
      double sum = 0;
      double squares = 0;
      double count = 0;
      for (std::size_t i = 0; i < 501; ++i) {
        if (skip[i] != 0) continue;
        sum += x.view(i, j);
        squares += static_cast<double>(x.view(i, j)) * static_cast<double>(x.view(i, j));
        ++count;
      }
      CHECK(sum / count == doctest::Approx(0).scale(1).epsilon(1e-5));
      CHECK(squares / count == doctest::Approx(j == 0 ? 0.0 : 1.0).scale(1).epsilon(1e-5));
    }
    for (std::size_t j = 0; j < columns; ++j) CHECK(x.view(7, j) == kept[j]);
  }
}

TEST_CASE("standardising gives the same bits for 1, 2, 3 and 8 threads") {
  std::vector<Array<float>> results;
  for (const int threads : {1, 2, 3, 8}) {
    RunSettings settings;
    settings.threads = threads;
    RunContext context(settings);
    Padded x(50'000, 129, 0, 1);
    standardize_columns(context, x.view, {});
    results.push_back(std::move(x.memory));
  }
  for (const Array<float>& result : results) {
    CHECK(std::memcmp(result.data(), results.front().data(), result.bytes()) == 0);
  }
}

TEST_CASE("dot products equal plain loops at every width") {
  for (const std::size_t columns : odd_columns) {
    const Padded x(9, columns, 4, columns);
    std::vector<float> out(5);
    dot_rows(x.view, 3, x.view.row(1), out);
    for (std::size_t i = 0; i < out.size(); ++i) {
      double expected = 0;
      for (std::size_t j = 0; j < columns; ++j) {
        expected += static_cast<double>(x.view(3 + i, j)) * static_cast<double>(x.view(1, j));
      }
      CHECK(out[i] == doctest::Approx(expected).epsilon(1e-5).scale(1));
    }
  }
}

TEST_CASE("the first row with NaN or infinity is found, and what lies behind a row is not looked at") {
  RunContext context;
  for (const std::size_t columns : odd_columns) {
    Padded x(300, columns, 3, columns);
    CHECK_FALSE(first_row_not_finite(context, x.view));
    x.view(211, columns - 1) = std::numeric_limits<float>::max();
    CHECK_FALSE(first_row_not_finite(context, x.view));
    x.view(250, 0) = std::numeric_limits<float>::quiet_NaN();
    x.view(211, columns - 1) = -std::numeric_limits<float>::infinity();
    CHECK(first_row_not_finite(context, x.view) == 211U);
  }
  CHECK_FALSE(first_row_not_finite(context, MatrixView<const float>{}));
}
