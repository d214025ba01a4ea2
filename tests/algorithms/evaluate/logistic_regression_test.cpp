#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/evaluate/f1.hpp>
#include <adjoin/algorithms/evaluate/logistic_regression.hpp>
#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

#include "golden_table.hpp"

using namespace adjoin;

namespace {

using Table = std::vector<std::vector<double>>;

/// The rows [begin, end) of a table as a matrix.
Matrix matrix_of(const Table& table, std::size_t begin, std::size_t end) {
  Matrix x(end - begin, table.front().size());
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t j = 0; j < x.columns(); ++j) x(i - begin, j) = static_cast<float>(table[i][j]);
  }
  return x;
}

/// The ones of a table of zeros and ones.
Csr labels_of(const Table& table, std::size_t begin, std::size_t end) {
  std::vector<MatrixEntry> entries;
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t k = 0; k < table[i].size(); ++k) {
      if (table[i][k] != 0)
        entries.push_back({static_cast<std::uint32_t>(i - begin), static_cast<std::uint32_t>(k), 1});
    }
  }
  return matrix_of_entries(end - begin, table.front().size(), std::move(entries), true);
}

LogisticRegressionModel fit(const Matrix& x, const Csr& labels, const LogisticRegressionOptions& options,
                            int threads = 2) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  return logistic_regression(context, x.view(), labels.view(), options);
}

/// Many rows and classes of random labels that depend on the features.
struct Drawn {
  Drawn(std::size_t n, std::size_t d, std::size_t classes) : x(n, d) {
    RandomSequence random(11, RandomStream::tests, n);
    std::vector<MatrixEntry> entries;
    for (std::size_t i = 0; i < n; ++i) {
      for (float& value : x.row(i)) value = static_cast<float>(random.next_normal());
      for (std::size_t k = 0; k < classes; ++k) {
        if (static_cast<double>(x(i, k % d)) + random.next_normal() > 1) {
          entries.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(k), 1});
        }
      }
    }
    labels = matrix_of_entries(n, classes, std::move(entries), true);
  }
  Matrix x;
  Csr labels;
};

}  // namespace

TEST_CASE("coefficients and predictions are scikit-learn's for each kind of intercept") {
  const Table features = test::golden_table("evaluate/features");
  const Table truth = test::golden_table("evaluate/labels");
  const Matrix x = matrix_of(features, 0, 60);
  const Csr labels = labels_of(truth, 0, 60);
  const Matrix x_test = matrix_of(features, 60, 90);
  const Csr labels_test = labels_of(truth, 60, 90);
  for (const auto& [intercept, c] :
       {std::pair{Intercept::free, 1.0}, std::pair{Intercept::none, 0.1}, std::pair{Intercept::penalized, 10.0}}) {
    std::string name;
    for (const auto& [value, word] : EnumNames<Intercept>::names) {
      if (value == intercept) name = word;
    }
    CAPTURE(name);
    const LogisticRegressionModel model =
        fit(x, labels, {.c = c, .intercept = intercept, .tolerance = 1e-6, .max_passes = 1000});
    CHECK(model.converged());
    const Table expected = test::golden_table("evaluate/coefficients_" + name);
    for (std::size_t k = 0; k < expected.size(); ++k) {
      for (std::size_t j = 0; j < x.columns(); ++j) {
        CHECK(static_cast<double>(model.coefficients(k, j)) == doctest::Approx(expected[k][j]).epsilon(1e-3));
      }
      CHECK(static_cast<double>(model.intercepts[k]) == doctest::Approx(expected[k].back()).epsilon(1e-3));
    }
    RunContext context;
    const Matrix scores = decision_scores(context, model, x_test.view());
    const Csr predicted = predict_given_counts(context.threads(), scores.view(), labels_test.view());
    const Csr expected_labels = labels_of(test::golden_table("evaluate/predicted_" + name), 0, 30);
    CHECK(std::ranges::equal(predicted.targets, expected_labels.targets));
    const F1 f1 = multilabel_f1(labels_test.view(), predicted.view());
    const Table f1_expected = test::golden_table("evaluate/f1_" + name);
    CHECK(f1.micro == doctest::Approx(f1_expected[0][0]).epsilon(1e-8));
    CHECK(f1.macro == doctest::Approx(f1_expected[0][1]).epsilon(1e-8));
  }
}

TEST_CASE("at the solution the gradient of the objective is zero, in double precision") {
  const Drawn data(700, 40, 50);
  const LogisticRegressionModel model = fit(data.x, data.labels, {.c = 0.3, .tolerance = 1e-5});
  REQUIRE(model.converged());
  const CsrView labels = data.labels.view();
  double worst = 0;
  for (std::size_t k = 0; k < 50; ++k) {
    std::vector<double> gradient(41, 0.0);
    for (std::size_t j = 0; j < 40; ++j) gradient[j] = static_cast<double>(model.coefficients(k, j));
    for (std::size_t i = 0; i < 700; ++i) {
      double score = static_cast<double>(model.intercepts[k]);
      for (std::size_t j = 0; j < 40; ++j) {
        score += static_cast<double>(data.x(i, j)) * static_cast<double>(model.coefficients(k, j));
      }
      const bool own = std::ranges::binary_search(labels.row_targets(i), node_id(k));
      const double slope = 0.3 * (1 / (1 + std::exp(-score)) - (own ? 1.0 : 0.0));
      for (std::size_t j = 0; j < 40; ++j) gradient[j] += slope * static_cast<double>(data.x(i, j));
      gradient[40] += slope;
    }
    for (const double g : gradient) worst = std::max(worst, std::abs(g) / (0.3 * 700));
  }
  CHECK(worst < 1.2e-5);
}

TEST_CASE("a model has the same bits for 1, 2, 3 and 8 threads") {
  const Drawn data(900, 70, 20);
  const LogisticRegressionModel first = fit(data.x, data.labels, {}, 1);
  for (const int threads : {2, 3, 8}) {
    const LogisticRegressionModel model = fit(data.x, data.labels, {}, threads);
    CHECK(std::memcmp(model.coefficients.view().data(), first.coefficients.view().data(), first.coefficients.bytes()) ==
          0);
    CHECK(model.intercepts == first.intercepts);
    CHECK(model.passes == first.passes);
  }
}

TEST_CASE("a class that no row has stands behind the others, and one that every row has before them") {
  Drawn data(60, 4, 2);
  std::vector<MatrixEntry> entries;
  const CsrView two = data.labels.view();
  for (std::uint32_t i = 0; i < 60; ++i) {
    for (const NodeId k : two.row_targets(i)) entries.push_back({i, static_cast<std::uint32_t>(index(k)), 1});
    entries.push_back({i, 3, 1});
  }
  const Csr labels = matrix_of_entries(60, 4, entries, true);
  const LogisticRegressionModel model = fit(data.x, labels, {});
  CHECK(model.status ==
        std::vector{FitStatus::converged, FitStatus::converged, FitStatus::constant, FitStatus::constant});
  RunContext context;
  const Matrix scores = decision_scores(context, model, data.x.view());
  CHECK(scores(0, 2) == -std::numeric_limits<float>::infinity());
  CHECK(scores(0, 3) == std::numeric_limits<float>::infinity());
}

TEST_CASE("too few passes are a status, and rows that can be told apart without error still converge") {
  const Drawn data(300, 10, 3);
  const LogisticRegressionModel early = fit(data.x, data.labels, {.max_passes = 2});
  CHECK_FALSE(early.converged());
  CHECK(early.passes == 2);
  Matrix x(40, 2, 0.0F);
  std::vector<MatrixEntry> entries;
  for (std::uint32_t i = 0; i < 40; ++i) {
    x(i, 0) = i % 2 == 0 ? 1000.0F : -1000.0F;
    if (i % 2 == 0) entries.push_back({i, 0, 1});
  }
  CHECK(fit(x, matrix_of_entries(40, 1, entries, true), {.c = 1e4}).converged());
}

TEST_CASE("a fit of features and labels that do not match is refused") {
  const Drawn data(30, 3, 2);
  const Matrix x(29, 3, 0.0F);
  RunContext context;
  CHECK_THROWS_WITH_AS(logistic_regression(context, x.view(), data.labels.view(), {}),
                       "there are labels for 30 rows and features for 29", InvalidData);
  CHECK_THROWS_WITH_AS(logistic_regression(context, data.x.view(), data.labels.view(), {.c = 0}),
                       "c = 0 is outside 1e-06 to 1e+06", InvalidOption);
  CHECK_THROWS_WITH_AS(
      logistic_regression(context, {}, {.column_count = 2, .offsets = {}, .targets = {}, .weights = {}}, {}),
      "there are no rows to fit a model to", InvalidData);
  CHECK(estimate_logistic_memory(1000, 512, 39) > 48 * (1000 + 2 * 512) * sizeof(float));
}
