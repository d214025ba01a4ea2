#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <adjoin/engine/learn/activations.hpp>
#include <adjoin/engine/learn/scalar_functions.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::learn {
namespace {

/// Function: value(x), and slope(x, y) for y = value(x), which looks at one of the two: at x if from_input.
template <class Real, class Function>
class Activation final : public Operation<Real> {
 public:
  explicit Activation(Function function) : function_(function) {}

  std::string_view name() const noexcept override { return Function::name; }
  BackwardReads backward_reads() const noexcept override {
    return {.inputs = Function::from_input ? 1U : 0U, .output = !Function::from_input};
  }
  InPlace in_place() const noexcept override { return {.forward = true, .backward = true}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), x.rows(), x.columns(), [&](std::size_t i) {
      const Real* const from = x.row(i).data();
      out.put_row(i, [&](std::size_t j) { return function_.value(from[j]); });
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    const MatrixView<const Real> at = Function::from_input ? step.input(0) : MatrixView<const Real>(step.output());
    const Gradient<Real> gradient = step.gradient(0);
    for_rows(step.context(), result.rows(), result.columns(), [&](std::size_t i) {
      const Real* const from = result.row(i).data();
      const Real* const place = at.row(i).data();
      gradient.put_row(i, [&](std::size_t j) { return from[j] * function_.slope(place[j]); });
    });
  }

 private:
  Function function_;
};

template <class Real>
struct Relu {
  static constexpr std::string_view name = "relu";
  static constexpr bool from_input = false;
  Real value(Real x) const { return x < 0 ? Real{0} : x; }  // a NaN stays one
  Real slope(Real y) const { return y > 0 ? Real{1} : Real{0}; }
};

template <class Real>
struct LeakyRelu {
  static constexpr std::string_view name = "leaky_relu";
  static constexpr bool from_input = false;
  Real value(Real x) const { return x > 0 ? x : below * x; }
  Real slope(Real y) const { return y > 0 ? Real{1} : below; }
  Real below;
};

template <class Real>
struct Elu {
  static constexpr std::string_view name = "elu";
  static constexpr bool from_input = false;
  Real value(Real x) const { return x > 0 ? x : std::expm1(x); }
  Real slope(Real y) const { return y > 0 ? Real{1} : y + 1; }
};

template <class Real>
struct Gelu {
  static constexpr std::string_view name = "gelu";
  static constexpr bool from_input = true;
  static Real distribution(Real x) { return std::erfc(-x * static_cast<Real>(1 / std::numbers::sqrt2)) / 2; }
  Real value(Real x) const { return x * distribution(x); }
  Real slope(Real x) const {
    const auto at_zero = static_cast<Real>(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
    return distribution(x) + x * at_zero * std::exp(-x * x / 2);
  }
};

template <class Real>
struct Sigmoid {
  static constexpr std::string_view name = "sigmoid";
  static constexpr bool from_input = false;
  Real value(Real x) const { return sigmoid_of(x); }
  Real slope(Real y) const { return y * (1 - y); }
};

template <class Real>
struct Tanh {
  static constexpr std::string_view name = "tanh";
  static constexpr bool from_input = false;
  Real value(Real x) const { return std::tanh(x); }
  Real slope(Real y) const { return 1 - y * y; }
};

template <class Real>
struct Softplus {
  static constexpr std::string_view name = "softplus";
  static constexpr bool from_input = true;
  Real value(Real x) const { return softplus_of(x); }
  Real slope(Real x) const { return sigmoid_of(x); }
};

template <class Function, class Real>
Tensor activation(BasicTape<Real>& tape, Tensor x, Function function) {
  return tape.template record<Activation<Real, Function>>(tape.shape(x), {x}, function);
}

}  // namespace

template <class Real>
Tensor relu(BasicTape<Real>& tape, Tensor x) {
  return activation(tape, x, Relu<Real>{});
}

template <class Real>
Tensor leaky_relu(BasicTape<Real>& tape, Tensor x, double slope) {
  if (!(slope > 0)) throw InvalidOption(fmt::format("slope = {} is not above 0; take relu for a slope of 0", slope));
  return activation(tape, x, LeakyRelu<Real>{static_cast<Real>(slope)});
}

template <class Real>
Tensor elu(BasicTape<Real>& tape, Tensor x) {
  return activation(tape, x, Elu<Real>{});
}

template <class Real>
Tensor gelu(BasicTape<Real>& tape, Tensor x) {
  return activation(tape, x, Gelu<Real>{});
}

template <class Real>
Tensor sigmoid(BasicTape<Real>& tape, Tensor x) {
  return activation(tape, x, Sigmoid<Real>{});
}

template <class Real>
Tensor tanh(BasicTape<Real>& tape, Tensor x) {
  return activation(tape, x, Tanh<Real>{});
}

template <class Real>
Tensor softplus(BasicTape<Real>& tape, Tensor x) {
  return activation(tape, x, Softplus<Real>{});
}

#define ADJOIN_INSTANTIATE(Real)                                      \
  template Tensor relu<Real>(BasicTape<Real>&, Tensor);               \
  template Tensor leaky_relu<Real>(BasicTape<Real>&, Tensor, double); \
  template Tensor elu<Real>(BasicTape<Real>&, Tensor);                \
  template Tensor gelu<Real>(BasicTape<Real>&, Tensor);               \
  template Tensor sigmoid<Real>(BasicTape<Real>&, Tensor);            \
  template Tensor tanh<Real>(BasicTape<Real>&, Tensor);               \
  template Tensor softplus<Real>(BasicTape<Real>&, Tensor);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
