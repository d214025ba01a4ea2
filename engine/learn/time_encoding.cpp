#include <cmath>

#include <adjoin/engine/learn/column_sums.hpp>
#include <adjoin/engine/learn/shape_error.hpp>
#include <adjoin/engine/learn/time_encoding.hpp>

namespace adjoin::learn {
namespace {

template <class Real>
class TimeEncoding final : public Operation<Real> {
 public:
  explicit TimeEncoding(Shape shape) : shape_(shape) {}

  std::string_view name() const noexcept override { return "time_encoding"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  Workspace workspace() const noexcept override { return {.backward = column_sum_bytes(shape_, 2 * shape_.columns)}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> times = step.input(0);
    const Real* const frequency = step.input(1).data();
    const Real* const phase = step.input(2).data();
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      const Real t = times(i, 0);
      out.put_row(i, [&](std::size_t j) { return std::cos(t * frequency[j] + phase[j]); });
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> times = step.input(0);
    const Real* const frequency = step.input(1).data();
    const Real* const phase = step.input(2).data();
    const MatrixView<const Real> result = step.output_gradient();
    const std::size_t columns = shape_.columns;
    const auto of_phase = [&](std::size_t i, std::size_t j) {
      return -result(i, j) * std::sin(times(i, 0) * frequency[j] + phase[j]);
    };
    if (step.wants_gradient(0)) {
      const Gradient<Real> gradient = step.gradient(0);
      for_rows(step.context(), shape_.rows, columns, [&](std::size_t i) {
        Real sum = 0;
        for (std::size_t j = 0; j < columns; ++j) sum += of_phase(i, j) * frequency[j];
        gradient.put_row(i, [&](std::size_t) { return sum; });
      });
    }
    if (!step.wants_gradient(1) && !step.wants_gradient(2)) return;
    const auto sums = sum_columns(step.context(), shape_, 2 * columns, step.template scratch<double>(),
                                  [&](std::size_t i, double* totals) {
                                    for (std::size_t j = 0; j < columns; ++j) {
                                      const Real g = of_phase(i, j);
                                      totals[j] += static_cast<double>(g * times(i, 0));
                                      totals[columns + j] += static_cast<double>(g);
                                    }
                                  });
    for (const std::size_t k : {1UL, 2UL}) {
      if (!step.wants_gradient(k)) continue;
      step.gradient(k).put_row(0, [&](std::size_t j) { return static_cast<Real>(sums[(k - 1) * columns + j]); });
    }
  }

 private:
  Shape shape_;
};

}  // namespace

template <class Real>
Tensor time_encoding(BasicTape<Real>& tape, Tensor times, Tensor frequencies, Tensor phases) {
  require_shape(tape.shape(times).columns == 1, tape, "time_encoding", times, "it is one column of times");
  const Shape row = tape.shape(frequencies);
  require_shapes(row.rows == 1 && row == tape.shape(phases), tape, "time_encoding", frequencies, phases,
                 "both are one row of as many numbers");
  const Shape shape = {tape.shape(times).rows, row.columns};
  return tape.template record<TimeEncoding<Real>>(shape, {times, frequencies, phases}, shape);
}

template Tensor time_encoding<float>(BasicTape<float>&, Tensor, Tensor, Tensor);
template Tensor time_encoding<double>(BasicTape<double>&, Tensor, Tensor, Tensor);

}  // namespace adjoin::learn
