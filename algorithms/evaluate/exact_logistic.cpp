#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/exact_logistic.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include <Eigen/Dense>

namespace adjoin {
namespace {

using Vector = Eigen::VectorXd;
using Square = Eigen::MatrixXd;

constexpr std::size_t problem_rows_per_chunk = 1 << 12;
constexpr double promise = 1e-10;  // of the objective: a step that promises less is the last

/// The objective at a point, its gradient and its Hessian.
struct Point {
  double value = 0;
  Vector gradient;
  Square hessian;

  explicit Point(Eigen::Index size) : gradient(Vector::Zero(size)), hessian(Square::Zero(size, size)) {}
  void operator+=(const Point& other) {
    value += other.value;
    gradient += other.gradient;
    hessian += other.hessian;
  }
};

struct Problem {
  MatrixView<const float> x;
  std::span<const std::uint8_t> labels;
  std::span<const double> weights;
  const ExactLogisticOptions& options;

  Eigen::Index size() const noexcept { return static_cast<Eigen::Index>(x.columns()) + 1; }
};

Point rows_at(const Problem& problem, Chunk rows, const Vector& w) {
  Point sum(problem.size());
  const Eigen::Index d = problem.size() - 1;
  Vector row(problem.size());
  row[d] = problem.options.intercept == Intercept::none ? 0 : 1;
  for (std::size_t i = rows.begin; i < rows.end; ++i) {
    for (Eigen::Index j = 0; j < d; ++j) row[j] = static_cast<double>(problem.x(i, static_cast<std::size_t>(j)));
    const double z = row.dot(w);
    const double weight = problem.options.c * (problem.weights.empty() ? 1 : problem.weights[i]);
    const double margin = problem.labels[i] == 1 ? z : -z;
    sum.value += weight * (std::max(0.0, -margin) + std::log1p(std::exp(-std::abs(margin))));
    const double probability = 1 / (1 + std::exp(-z));
    sum.gradient += weight * (probability - static_cast<double>(problem.labels[i])) * row;
    sum.hessian.selfadjointView<Eigen::Lower>().rankUpdate(row, weight * probability * (1 - probability));
  }
  return sum;
}

Point at(RunContext& context, const Problem& problem, const Vector& w) {
  context.check_cancelled();
  Point point = context.threads().reduce_ordered(
      problem.x.rows(), problem_rows_per_chunk, Point(problem.size()),
      [&](Chunk rows) { return rows_at(problem, rows, w); },
      [](Point sum, const Point& part) {
        sum += part;
        return sum;
      });
  Vector penalty = Vector::Ones(problem.size());
  if (problem.options.intercept == Intercept::free) penalty[problem.size() - 1] = 0;
  point.value += 0.5 * w.dot(penalty.cwiseProduct(w));
  point.gradient += penalty.cwiseProduct(w);
  point.hessian.diagonal() += penalty;
  return point;
}

/// Downhill, to where a parabola has its least.
Vector newton_step(const Point& point) {
  const Vector scale = point.hessian.diagonal().cwiseMax(std::numeric_limits<double>::min()).cwiseSqrt().cwiseInverse();
  Square scaled = point.hessian.selfadjointView<Eigen::Lower>();
  scaled = scale.asDiagonal() * scaled * scale.asDiagonal();
  const Vector solution = scaled.ldlt().solve(scale.cwiseProduct(point.gradient));
  return -scale.cwiseProduct(solution);
}

void check(const Problem& problem) {
  validate(problem.options);
  const std::size_t n = problem.x.rows();
  if (n == 0) throw InvalidData("there are no rows, so nothing is learned");
  if (problem.labels.size() != n || (!problem.weights.empty() && problem.weights.size() != n)) {
    throw InvalidData(fmt::format("there are {} rows, {} labels and {} weights; give one of each a row", n,
                                  problem.labels.size(), problem.weights.size()));
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::ranges::all_of(problem.x.row(i), [](float value) { return std::isfinite(value); })) {
      throw InvalidData(fmt::format("row {} has a value that is not finite", i));
    }
  }
}

}  // namespace

ExactLogisticModel exact_logistic(RunContext& context, MatrixView<const float> x, std::span<const std::uint8_t> labels,
                                  std::span<const double> weights, const ExactLogisticOptions& options) {
  const Problem problem{x, labels, weights, options};
  check(problem);
  ExactLogisticModel model;
  model.coefficients.assign(x.columns(), 0);
  const auto positives = static_cast<std::size_t>(std::ranges::count(labels, std::uint8_t{1}));
  if (positives == 0 || positives == labels.size()) {
    model.status = FitStatus::constant;
    return model;
  }
  Vector w = Vector::Zero(problem.size());
  Point here = at(context, problem, w);
  model.status = FitStatus::not_converged;
  while (model.steps < options.max_steps) {
    ++model.steps;
    Vector step = newton_step(here);
    const double promised = -here.gradient.dot(step) / 2;
    if (!(promised > promise * here.value)) {
      model.status = FitStatus::converged;
      break;
    }
    Point next = at(context, problem, w + step);
    constexpr int most_halvings = 60;
    int halvings = 0;
    while (!(next.value < here.value) && halvings++ < most_halvings) {
      step /= 2;
      next = at(context, problem, w + step);
    }
    if (!(next.value < here.value)) {  // nothing is lower within the rounding of the objective
      model.status = FitStatus::converged;
      break;
    }
    w += step;
    here = std::move(next);
  }
  for (std::size_t j = 0; j < model.coefficients.size(); ++j) model.coefficients[j] = w[static_cast<Eigen::Index>(j)];
  model.intercept = options.intercept == Intercept::none ? 0 : w[problem.size() - 1];
  return model;
}

std::uint64_t estimate_exact_logistic_memory(std::size_t rows, std::size_t columns) noexcept {
  const std::uint64_t d = columns + 1;
  return (chunk_count(rows, problem_rows_per_chunk) + 4) * (d * d + d + 1) * sizeof(double);
}

}  // namespace adjoin
