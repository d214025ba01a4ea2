#include <cmath>

#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/recurrent.hpp>
#include <adjoin/engine/learn/scalar_functions.hpp>
#include <adjoin/engine/learn/shape_error.hpp>

namespace adjoin::learn {
namespace {

/// What is left of the cell after its products: inputs are x W (n x 3h), h U (n x 3h), h (n x h).
template <class Real>
class GruGates final : public Operation<Real> {
 public:
  explicit GruGates(Shape state) : state_(state) {}

  std::string_view name() const noexcept override { return "gru_cell"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0b110, .output = false}; }
  /// Saved: r, z, c of each row.
  Workspace workspace() const noexcept override { return {.saved = 3 * state_.size() * sizeof(Real)}; }
  void forward(Step<Real>& step) const override {
    const std::size_t h = state_.columns;
    const auto saved = step.template saved<Real>();
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), state_.rows, 3 * h, [&](std::size_t i) {
      const Real* const x = step.input(0).row(i).data();
      const Real* const u = step.input(1).row(i).data();
      const Real* const before = step.input(2).row(i).data();
      Real* const gates = saved.data() + 3 * h * i;
      for (std::size_t j = 0; j < 2 * h; ++j) gates[j] = sigmoid_of(x[j] + u[j]);
      for (std::size_t j = 0; j < h; ++j) gates[2 * h + j] = std::tanh(x[2 * h + j] + gates[j] * u[2 * h + j]);
      out.put_row(i, [&](std::size_t j) {
        const Real z = gates[h + j];
        return (1 - z) * gates[2 * h + j] + z * before[j];
      });
    });
  }
  void backward(Step<Real>& step) const override {
    const std::size_t h = state_.columns;
    const auto saved = step.template saved<const Real>();
    const MatrixView<const Real> result = step.output_gradient();
    // Which of the three gates an entry of the products belongs to, and the gradient that reaches it there.
    const auto before_gate = [&](std::size_t i, std::size_t entry) {
      const Real* const gates = saved.data() + 3 * h * i;
      const std::size_t j = entry % h;
      const Real r = gates[j];
      const Real z = gates[h + j];
      const Real c = gates[2 * h + j];
      const Real g = result(i, j);
      if (entry / h == 1) return g * (step.input(2)(i, j) - c) * z * (1 - z);
      const Real candidate = g * (1 - z) * (1 - c * c);
      return entry / h == 2 ? candidate : candidate * step.input(1)(i, 2 * h + j) * r * (1 - r);
    };
    if (step.wants_gradient(0)) {
      const Gradient<Real> gradient = step.gradient(0);
      for_rows(step.context(), state_.rows, 3 * h,
               [&](std::size_t i) { gradient.put_row(i, [&](std::size_t entry) { return before_gate(i, entry); }); });
    }
    if (step.wants_gradient(1)) {
      const Gradient<Real> gradient = step.gradient(1);
      for_rows(step.context(), state_.rows, 3 * h, [&](std::size_t i) {
        const Real* const reset = saved.data() + 3 * h * i;
        gradient.put_row(i, [&](std::size_t entry) {
          return before_gate(i, entry) * (entry < 2 * h ? Real{1} : reset[entry - 2 * h]);
        });
      });
    }
    if (step.wants_gradient(2)) {
      const Gradient<Real> gradient = step.gradient(2);
      for_rows(step.context(), state_.rows, h, [&](std::size_t i) {
        const Real* const update = saved.data() + 3 * h * i + h;
        const Real* const from = result.row(i).data();
        gradient.put_row(i, [&](std::size_t j) { return from[j] * update[j]; });
      });
    }
  }

 private:
  Shape state_;
};

}  // namespace

template <class Real>
Tensor gru_cell(BasicTape<Real>& tape, Tensor x, Tensor state, const GruWeights& weights) {
  const Shape shape = tape.shape(state);
  require_shapes(tape.shape(x).rows == shape.rows, tape, "gru_cell", x, state, "both have a row for each cell");
  require_shapes(tape.shape(weights.hidden) == Shape{shape.columns, 3 * shape.columns}, tape, "gru_cell", state,
                 weights.hidden, "the second has a row for each unit and three columns");
  require_shapes(tape.shape(weights.input) == Shape{tape.shape(x).columns, 3 * shape.columns}, tape, "gru_cell", x,
                 weights.input, "the second has a row for each column of the first and three columns for each unit");
  const Tensor from_input = add_row(tape, matmul(tape, x, weights.input), weights.input_shift);
  const Tensor from_state = add_row(tape, matmul(tape, state, weights.hidden), weights.hidden_shift);
  return tape.template record<GruGates<Real>>(shape, {from_input, from_state, state}, shape);
}

template Tensor gru_cell<float>(BasicTape<float>&, Tensor, Tensor, const GruWeights&);
template Tensor gru_cell<double>(BasicTape<double>&, Tensor, Tensor, const GruWeights&);

}  // namespace adjoin::learn
