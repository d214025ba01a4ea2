// The optimum is known by its gradient, which is computed here from the objective; logistic_regression finds the same.
#include <cmath>
#include <limits>
#include <stop_token>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/evaluate/exact_logistic.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;

namespace {

struct Data {
  Matrix x;
  std::vector<std::uint8_t> labels;
  std::vector<double> weights;
};

/// Columns that differ by powers of ten, labels that depend on them and on chance.
Data drawn_data(std::size_t rows, std::size_t columns, std::uint64_t key) {
  RandomSequence random(3, RandomStream::tests, key);
  Data data{Matrix(rows, columns), {}, {}};
  for (std::size_t i = 0; i < rows; ++i) {
    double z = -1;
    for (std::size_t j = 0; j < columns; ++j) {
      const double value = random.next_normal();
      data.x(i, j) = static_cast<float>(value * std::pow(10.0, static_cast<double>(j % 6)));
      z += value / (1 + static_cast<double>(j));
    }
    data.labels.push_back(random.next_uniform() < 1 / (1 + std::exp(-z)) ? 1 : 0);
    data.weights.push_back(0.5 + random.next_uniform());
  }
  return data;
}

ExactLogisticModel fit(const Data& data, const ExactLogisticOptions& options = {}, bool weighted = true,
                       int threads = 1) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  return exact_logistic(context, data.x.view(), data.labels,
                        weighted ? std::span<const double>(data.weights) : std::span<const double>(), options);
}

/// The largest derivative of the objective, each over the sum of the sizes of what it adds up.
double largest_derivative(const Data& data, const ExactLogisticModel& model, const ExactLogisticOptions& options) {
  const std::size_t d = data.x.columns();
  std::vector<double> gradient(model.coefficients);
  std::vector<double> sizes(d + 1, 1e-300);
  gradient.push_back(options.intercept == Intercept::penalized ? model.intercept : 0);
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    double z = model.intercept;
    for (std::size_t j = 0; j < d; ++j) z += model.coefficients[j] * static_cast<double>(data.x(i, j));
    const double error = options.c * data.weights[i] * (1 / (1 + std::exp(-z)) - static_cast<double>(data.labels[i]));
    for (std::size_t j = 0; j <= d; ++j) {
      const double share = error * (j < d ? static_cast<double>(data.x(i, j)) : 1);
      gradient[j] += share;
      sizes[j] += std::abs(share);
    }
  }
  double largest = 0;
  for (std::size_t j = 0; j < d + (options.intercept == Intercept::none ? 0 : 1); ++j) {
    largest = std::max(largest, std::abs(gradient[j]) / sizes[j]);
  }
  return largest;
}

}  // namespace

TEST_CASE("at the optimum every derivative is zero, also where columns differ by powers of ten") {
  CHECK(rc::check([] {
    const Data data = drawn_data(*rc::gen::inRange<std::size_t>(20, 400), *rc::gen::inRange<std::size_t>(1, 8),
                                 *rc::gen::arbitrary<std::uint64_t>());
    ExactLogisticOptions options;
    options.c = *rc::gen::element(0.01, 1.0, 10.0);
    options.intercept = *rc::gen::element(Intercept::none, Intercept::free, Intercept::penalized);
    const ExactLogisticModel model = fit(data, options);
    if (model.status == FitStatus::constant) return;
    RC_ASSERT(model.status == FitStatus::converged);
    RC_ASSERT(options.intercept != Intercept::none || model.intercept == 0);
    RC_ASSERT(largest_derivative(data, model, options) < 1e-4);
  }));
}

TEST_CASE("a weight of two is a row given twice, and the other solver finds the same model") {
  Data data = drawn_data(300, 3, 5);
  for (std::size_t i = 0; i < 300; ++i) {
    data.x(i, 1) /= 10;
    data.x(i, 2) /= 100;
    data.weights[i] = i < 100 ? 2 : 1;
  }
  Data doubled{Matrix(400, 3), data.labels, {}};
  for (std::size_t i = 0; i < 400; ++i) {
    for (std::size_t j = 0; j < 3; ++j) doubled.x(i, j) = data.x(i < 300 ? i : i - 300, j);
    if (i >= 300) doubled.labels.push_back(data.labels[i - 300]);
  }
  const ExactLogisticModel weighted = fit(data);
  const ExactLogisticModel repeated = fit(doubled, {}, false);
  RunContext context;
  std::vector<EdgeOffset> offsets{EdgeOffset{0}};
  std::vector<NodeId> targets;
  for (const std::uint8_t label : doubled.labels) {
    if (label == 1) targets.push_back(node_id(0));
    offsets.push_back(edge_offset(targets.size()));
  }
  LogisticRegressionOptions options;
  options.intercept = Intercept::penalized;
  options.tolerance = 1e-7;
  const LogisticRegressionModel other =
      logistic_regression(context, doubled.x.view(),
                          CsrView{.column_count = 1, .offsets = offsets, .targets = targets, .weights = {}}, options);
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK(weighted.coefficients[j] == doctest::Approx(repeated.coefficients[j]).epsilon(1e-6));
    CHECK(repeated.coefficients[j] == doctest::Approx(static_cast<double>(other.coefficients(0, j))).epsilon(1e-3));
  }
  CHECK(repeated.intercept == doctest::Approx(static_cast<double>(other.intercepts[0])).epsilon(1e-3));
}

TEST_CASE("exact logistic regression has the same bits for 1, 2, 3 and 8 threads") {
  const Data data = drawn_data(20'000, 6, 9);
  const ExactLogisticModel one = fit(data);
  for (const int threads : {2, 3, 8}) {
    const ExactLogisticModel model = fit(data, {}, true, threads);
    CHECK(model.coefficients == one.coefficients);
    CHECK(model.intercept == one.intercept);
  }
}

TEST_CASE("exact logistic regression refuses what it cannot learn from, and stops when asked to") {
  Data data = drawn_data(10, 2, 1);
  CHECK_THROWS_AS(fit(data, {.c = 0}), InvalidOption);
  data.labels.assign(10, 1);
  const ExactLogisticModel constant = fit(data);
  CHECK(constant.status == FitStatus::constant);
  CHECK(constant.coefficients == std::vector<double>{0, 0});
  data.labels.pop_back();
  CHECK_THROWS_AS(fit(data), InvalidData);
  CHECK_THROWS_AS(fit({Matrix(0, 2), {}, {}}), InvalidData);
  data = drawn_data(10, 2, 1);
  data.x(3, 1) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(fit(data), "row 3 has a value that is not finite", InvalidData);
  data = drawn_data(100, 2, 1);
  CHECK(fit(data, {.max_steps = 1}).status == FitStatus::not_converged);
  std::stop_source stop;
  stop.request_stop();
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext stopped(settings);
  CHECK_THROWS_AS(exact_logistic(stopped, data.x.view(), data.labels, data.weights), Cancelled);
}
