// Logistic regression with an L2 penalty on fixed features, one model a class, all classes at once.
//
// Source.  The objective is that of scikit-learn's LogisticRegression, and of LIBLINEAR's L2-regularised logistic
//          regression: minimise |w|^2 / 2 + C sum_i log(1 + exp(-y_i (x_i w + b))) for each class, y_i = 1 for its rows
//          and -1 for the others.
// Method.  L-BFGS (Liu, Nocedal 1989) with a history and a step of its own for every class. A pass over the features
//          evaluates the trial points of all classes that have not converged: two products with a narrow matrix.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// none: b = 0.  free: b has no penalty, as in scikit-learn.  penalized: b is the weight of a column of ones, as in
/// LIBLINEAR.
enum class Intercept : std::uint8_t { none, free, penalized };
template <>
struct EnumNames<Intercept> {
  static constexpr std::array<std::pair<Intercept, std::string_view>, 3> names{
      {{Intercept::none, "none"}, {Intercept::free, "free"}, {Intercept::penalized, "penalized"}}};
};

struct LogisticRegressionOptions {
  double c = 1;
  Intercept intercept = Intercept::free;
  double tolerance = 1e-4;
  int max_passes = 1000;

  static constexpr auto fields() {
    using O = LogisticRegressionOptions;
    return std::tuple{
        option_field("c", &O::c, {1e-6, 1e6}, "weight of the data against the penalty: less C, smaller coefficients"),
        option_field("intercept", &O::intercept, "none; free of the penalty; or penalized as a coefficient is"),
        option_field("tolerance", &O::tolerance, {1e-8, 1.0},
                     "a class is done when no entry of its gradient, divided by C and the number of rows, is larger"),
        option_field("max-passes", &O::max_passes, {1, 1'000'000}, "most passes over the features")};
  }
};

/// How a class ended. constant: every row has it or none; then its coefficients are 0 and its intercept plus or minus
/// infinity, so that it always stands before, or behind, the classes that were learned.
enum class FitStatus : std::uint8_t { converged, not_converged, constant };

struct LogisticRegressionModel {
  Matrix coefficients;            // classes x d
  std::vector<float> intercepts;  // one a class
  std::vector<FitStatus> status;  // one a class
  int passes = 0;                 // over the features

  bool converged() const noexcept;
};

/// Fits one model a class. A stage in progress goes on, so that a search may call it as often as it will.
/// Input.   x: n x d, finite. labels: n x classes without weights; row i lists the classes of row i, any number.
/// Cost.    4*n*d*classes operations a pass, some 20 to 100 passes; memory: see estimate_logistic_memory.
/// Errors.  InvalidOption; InvalidData if x and labels differ in rows or n is 0; Cancelled. Not converging is a status.
/// Repeat.  the same bits for any number of threads at one instruction level.
LogisticRegressionModel logistic_regression(RunContext& context, MatrixView<const float> x, const CsrView& labels,
                                            const LogisticRegressionOptions& options);

/// x_i w_k + b_k for every row i and class k: n x classes. x: n x d.
Matrix decision_scores(RunContext& context, const LogisticRegressionModel& model, MatrixView<const float> x);

/// Bytes that logistic_regression takes at its peak, the model among them.
std::uint64_t estimate_logistic_memory(std::size_t rows, std::size_t columns, std::size_t classes);

}  // namespace adjoin
