// Logistic regression on few columns of any scale, with a weight a row, to the last digits: for what is learned once
// and compared with others' figures.
//
// Source.  The objective is that of logistic_regression, each row's loss times its weight: minimise
//          |w|^2 / 2 + C sum_i a_i log(1 + exp(-y_i (x_i w + b))). Columns are not scaled, so a column of large values
//          is penalised less.
// Method.  Newton's, with steps halved while the objective does not fall. The Hessian is scaled to a diagonal of ones
//          before it is solved, so that columns may differ by many powers of ten, where L-BFGS would not arrive
//          (logistic_regression is the one for many columns or classes).
#pragma once

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/evaluate/logistic_regression.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

struct ExactLogisticOptions {
  double c = 1;
  Intercept intercept = Intercept::penalized;
  int max_steps = 200;

  static constexpr auto fields() {
    using O = ExactLogisticOptions;
    return std::tuple{
        option_field("c", &O::c, {1e-9, 1e9}, "weight of the data against the penalty: less C, smaller coefficients"),
        option_field("intercept", &O::intercept, "none; free of the penalty; or penalized as a coefficient is"),
        option_field("max-steps", &O::max_steps, {1, 1'000'000}, "most steps of Newton's method")};
  }
};

struct ExactLogisticModel {
  std::vector<double> coefficients;  // one a column
  double intercept = 0;
  FitStatus status = FitStatus::converged;
  int steps = 0;
};

/// Input.   x: n x d, finite. labels: n, 1 or 0. weights: n, above 0; or none, for 1 each.
/// Output.  Converged when a step promises less than 1e-10 of the objective. Rows of one label alone have no model:
///          constant, with coefficients of 0.
/// Cost.    n d^2 operations a step, some ten steps; d^2 doubles for each 4096 rows.
/// Errors.  InvalidOption; InvalidData if sizes differ, n is 0, or a value is not finite; Cancelled.
/// Repeat.  The same bits for any number of threads.
ExactLogisticModel exact_logistic(RunContext& context, MatrixView<const float> x, std::span<const std::uint8_t> labels,
                                  std::span<const double> weights, const ExactLogisticOptions& options = {});

/// Bytes that exact_logistic takes at its peak.
std::uint64_t estimate_exact_logistic_memory(std::size_t rows, std::size_t columns) noexcept;

}  // namespace adjoin
