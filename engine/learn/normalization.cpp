#include <algorithm>
#include <cmath>

#include <adjoin/engine/learn/column_sums.hpp>
#include <adjoin/engine/learn/normalization.hpp>
#include <adjoin/engine/learn/shape_error.hpp>

namespace adjoin::learn {
namespace {

/// The gradients of weight and shift: sums down the columns of the result's gradient, times the normalised x and alone.
/// normalized(i, j): entry of x before weight and shift.
template <class Real, class Normalized>
std::span<const double> weight_and_shift_sums(Step<Real>& step, const Shape& shape, Normalized&& normalized) {
  const MatrixView<const Real> result = step.output_gradient();
  const std::size_t columns = shape.columns;
  return sum_columns(step.context(), shape, 2 * columns, step.template scratch<double>(),
                     [&](std::size_t i, double* totals) {
                       const Real* const from = result.row(i).data();
                       for (std::size_t j = 0; j < columns; ++j) {
                         totals[j] += static_cast<double>(from[j] * normalized(i, j));
                         totals[columns + j] += static_cast<double>(from[j]);
                       }
                     });
}

template <class Real>
void put_weight_and_shift(Step<Real>& step, std::span<const double> sums) {
  const std::size_t columns = sums.size() / 2;
  for (const std::size_t k : {1UL, 2UL}) {
    if (!step.wants_gradient(k)) continue;
    step.gradient(k).put_row(0, [&](std::size_t j) { return static_cast<Real>(sums[(k - 1) * columns + j]); });
  }
}

template <class Real>
class LayerNorm final : public Operation<Real> {
 public:
  LayerNorm(Shape shape, double epsilon) : shape_(shape), epsilon_(epsilon) {}

  std::string_view name() const noexcept override { return "layer_norm"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0b011, .output = false}; }
  /// Saved: mean and 1 / deviation of each row.
  Workspace workspace() const noexcept override {
    return {.saved = 2 * shape_.rows * sizeof(Real), .backward = column_sum_bytes(shape_, 2 * shape_.columns)};
  }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const Real* const weight = step.input(1).data();
    const Real* const shift = step.input(2).data();
    const auto saved = step.template saved<Real>();
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      const Real* const from = x.row(i).data();
      const auto count = static_cast<double>(std::max<std::size_t>(1, shape_.columns));
      double total = 0;
      for (std::size_t j = 0; j < shape_.columns; ++j) total += static_cast<double>(from[j]);
      const double mean = total / count;
      double squares = 0;
      for (std::size_t j = 0; j < shape_.columns; ++j) {
        const double away = static_cast<double>(from[j]) - mean;
        squares += away * away;
      }
      const auto center = static_cast<Real>(mean);
      const auto inverse = static_cast<Real>(1 / std::sqrt(squares / count + epsilon_));
      saved[2 * i] = center;
      saved[2 * i + 1] = inverse;
      out.put_row(i, [&](std::size_t j) { return (from[j] - center) * inverse * weight[j] + shift[j]; });
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const auto saved = step.template saved<const Real>();
    const auto normalized = [&](std::size_t i, std::size_t j) { return (x(i, j) - saved[2 * i]) * saved[2 * i + 1]; };
    if (step.wants_gradient(0)) {
      const MatrixView<const Real> result = step.output_gradient();
      const Real* const weight = step.input(1).data();
      const Gradient<Real> gradient = step.gradient(0);
      for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
        const Real* const from = result.row(i).data();
        double along = 0;   // the mean of the gradient of the normalised row
        double across = 0;  // and of its product with that row
        for (std::size_t j = 0; j < shape_.columns; ++j) {
          const Real g = from[j] * weight[j];
          along += static_cast<double>(g);
          across += static_cast<double>(g * normalized(i, j));
        }
        const auto count = static_cast<double>(std::max<std::size_t>(1, shape_.columns));
        const auto mean = static_cast<Real>(along / count);
        const auto slope = static_cast<Real>(across / count);
        gradient.put_row(i, [&](std::size_t j) {
          return saved[2 * i + 1] * (from[j] * weight[j] - mean - normalized(i, j) * slope);
        });
      });
    }
    if (step.wants_gradient(1) || step.wants_gradient(2)) {
      put_weight_and_shift(step, weight_and_shift_sums(step, shape_, normalized));
    }
  }

 private:
  Shape shape_;
  double epsilon_;
};

template <class Real>
class BatchNorm final : public Operation<Real> {
 public:
  BatchNorm(Shape shape, BasicMatrix<Real>* mean, BasicMatrix<Real>* variance, double momentum, double epsilon)
      : shape_(shape), mean_(mean), variance_(variance), momentum_(momentum), epsilon_(epsilon) {}

  std::string_view name() const noexcept override { return "batch_norm"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0b011, .output = false}; }
  /// Saved: the means of the columns, then their 1 / deviations.
  Workspace workspace() const noexcept override {
    return {.saved = 2 * shape_.columns * sizeof(Real),
            .forward = column_sum_bytes(shape_, shape_.columns),
            .backward = column_sum_bytes(shape_, 2 * shape_.columns)};
  }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const std::size_t columns = shape_.columns;
    const auto saved = step.template saved<Real>();
    if (step.pass().training) {
      take_statistics(step, x, saved);
    } else {
      for (std::size_t j = 0; j < columns; ++j) {
        saved[j] = (*mean_)(0, j);
        saved[columns + j] = static_cast<Real>(1 / std::sqrt(static_cast<double>((*variance_)(0, j)) + epsilon_));
      }
    }
    const Real* const weight = step.input(1).data();
    const Real* const shift = step.input(2).data();
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), shape_.rows, columns, [&](std::size_t i) {
      const Real* const from = x.row(i).data();
      out.put_row(i, [&](std::size_t j) { return (from[j] - saved[j]) * saved[columns + j] * weight[j] + shift[j]; });
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const MatrixView<const Real> result = step.output_gradient();
    const std::size_t columns = shape_.columns;
    const auto saved = step.template saved<const Real>();
    const auto normalized = [&](std::size_t i, std::size_t j) { return (x(i, j) - saved[j]) * saved[columns + j]; };
    const auto sums = weight_and_shift_sums(step, shape_, normalized);
    if (step.wants_gradient(0)) {
      const Real* const weight = step.input(1).data();
      // Without training mean and deviation are constants, through which nothing flows back.
      const Real share = step.pass().training ? 1 / static_cast<Real>(std::max<std::size_t>(1, shape_.rows)) : Real{0};
      const Gradient<Real> gradient = step.gradient(0);
      for_rows(step.context(), shape_.rows, columns, [&](std::size_t i) {
        const Real* const from = result.row(i).data();
        gradient.put_row(i, [&](std::size_t j) {
          const Real across = static_cast<Real>(sums[j]) * share;
          const Real along = static_cast<Real>(sums[columns + j]) * share;
          return weight[j] * saved[columns + j] * (from[j] - along - normalized(i, j) * across);
        });
      });
    }
    put_weight_and_shift(step, sums);
  }

 private:
  void take_statistics(Step<Real>& step, MatrixView<const Real> x, std::span<Real> saved) const {
    const std::size_t columns = shape_.columns;
    const auto count = static_cast<double>(std::max<std::size_t>(1, shape_.rows));
    const auto partial = step.template scratch<double>();
    const auto move = [&](Real& remembered, double now) {
      remembered = static_cast<Real>((1 - momentum_) * static_cast<double>(remembered) + momentum_ * now);
    };
    const auto totals = sum_columns(step.context(), shape_, columns, partial, [&](std::size_t i, double* to) {
      for (std::size_t j = 0; j < columns; ++j) to[j] += static_cast<double>(x(i, j));
    });
    for (std::size_t j = 0; j < columns; ++j) {
      const double mean = totals[j] / count;
      saved[j] = static_cast<Real>(mean);
      move((*mean_)(0, j), mean);
    }
    const auto squares = sum_columns(step.context(), shape_, columns, partial, [&](std::size_t i, double* to) {
      for (std::size_t j = 0; j < columns; ++j) {
        const double away = static_cast<double>(x(i, j)) - static_cast<double>(saved[j]);
        to[j] += away * away;
      }
    });
    for (std::size_t j = 0; j < columns; ++j) {
      saved[columns + j] = static_cast<Real>(1 / std::sqrt(squares[j] / count + epsilon_));
      move((*variance_)(0, j), squares[j] / std::max(1.0, count - 1));
    }
  }

  Shape shape_;
  BasicMatrix<Real>* mean_;
  BasicMatrix<Real>* variance_;
  double momentum_;
  double epsilon_;
};

template <class Real>
class NormalizeRows final : public Operation<Real> {
 public:
  explicit NormalizeRows(std::size_t rows) : rows_(rows) {}

  std::string_view name() const noexcept override { return "normalize_rows"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0}; }
  /// Saved: 1 / length of each row, 0 for a row of length 0.
  Workspace workspace() const noexcept override { return {.saved = rows_ * sizeof(Real)}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const auto saved = step.template saved<Real>();
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), x.rows(), x.columns(), [&](std::size_t i) {
      const Real* const from = x.row(i).data();
      double squares = 0;
      for (std::size_t j = 0; j < x.columns(); ++j)
        squares += static_cast<double>(from[j]) * static_cast<double>(from[j]);
      const Real inverse = squares == 0 ? Real{0} : static_cast<Real>(1 / std::sqrt(squares));
      saved[i] = inverse;
      out.put_row(i, [&](std::size_t j) { return inverse * from[j]; });
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    const MatrixView<const Real> y = step.output();
    const auto saved = step.template saved<const Real>();
    const Gradient<Real> gradient = step.gradient(0);
    for_rows(step.context(), y.rows(), y.columns(), [&](std::size_t i) {
      const Real* const from = result.row(i).data();
      const Real* const unit = y.row(i).data();
      double along = 0;
      for (std::size_t j = 0; j < y.columns(); ++j) along += static_cast<double>(from[j] * unit[j]);
      const auto dot = static_cast<Real>(along);
      gradient.put_row(i, [&](std::size_t j) { return saved[i] * (from[j] - unit[j] * dot); });
    });
  }

 private:
  std::size_t rows_;
};

template <class Real>
void require_rows(const BasicTape<Real>& tape, std::string_view operation, Tensor x, Tensor weight, Tensor shift) {
  for (const Tensor row : {weight, shift}) {
    require_shapes(tape.shape(row) == Shape{1, tape.shape(x).columns}, tape, operation, x, row,
                   "weight and shift are one row as wide as the matrix");
  }
}

}  // namespace

template <class Real>
Tensor layer_norm(BasicTape<Real>& tape, Tensor x, Tensor weight, Tensor shift, double epsilon) {
  require_rows(tape, "layer_norm", x, weight, shift);
  return tape.template record<LayerNorm<Real>>(tape.shape(x), {x, weight, shift}, tape.shape(x), epsilon);
}

template <class Real>
Tensor batch_norm(BasicTape<Real>& tape, Tensor x, Tensor weight, Tensor shift, BatchStatistics<Real>& statistics,
                  double momentum, double epsilon) {
  return batch_norm(tape, x, weight, shift, statistics.mean, statistics.variance, momentum, epsilon);
}

template <class Real>
Tensor batch_norm(BasicTape<Real>& tape, Tensor x, Tensor weight, Tensor shift, BasicMatrix<Real>& mean,
                  BasicMatrix<Real>& variance, double momentum, double epsilon) {
  require_rows(tape, "batch_norm", x, weight, shift);
  require_shape(mean.columns() == tape.shape(x).columns && variance.columns() == tape.shape(x).columns, tape,
                "batch_norm", x, "the statistics have as many columns as the matrix");
  return tape.template record<BatchNorm<Real>>(tape.shape(x), {x, weight, shift}, tape.shape(x), &mean, &variance,
                                               momentum, epsilon);
}

template <class Real>
Tensor normalize_rows(BasicTape<Real>& tape, Tensor x) {
  return tape.template record<NormalizeRows<Real>>(tape.shape(x), {x}, tape.shape(x).rows);
}

#define ADJOIN_INSTANTIATE(Real)                                                                                      \
  template Tensor layer_norm<Real>(BasicTape<Real>&, Tensor, Tensor, Tensor, double);                                 \
  template Tensor batch_norm<Real>(BasicTape<Real>&, Tensor, Tensor, Tensor, BatchStatistics<Real>&, double, double); \
  template Tensor batch_norm<Real>(BasicTape<Real>&, Tensor, Tensor, Tensor, BasicMatrix<Real>&, BasicMatrix<Real>&,  \
                                   double, double);                                                                   \
  template Tensor normalize_rows<Real>(BasicTape<Real>&, Tensor);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
