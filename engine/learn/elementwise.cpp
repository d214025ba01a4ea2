#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/shape_error.hpp>

namespace adjoin::learn {
namespace {

/// first + factor * second, for factor 1 or -1.
template <class Real>
class Combine final : public Operation<Real> {
 public:
  Combine(std::string_view name, Real factor) : name_(name), factor_(factor) {}

  std::string_view name() const noexcept override { return name_; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  InPlace in_place() const noexcept override { return {.forward = true, .backward = true}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> a = step.input(0);
    const MatrixView<const Real> b = step.input(1);
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), a.rows(), a.columns(), [&](std::size_t i) {
      const Real* const first = a.row(i).data();
      const Real* const second = b.row(i).data();
      out.put_row(i, [&](std::size_t j) { return first[j] + factor_ * second[j]; });
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    for (std::size_t k = 0; k < 2; ++k) {
      if (!step.wants_gradient(k)) continue;
      const Real factor = k == 0 ? Real{1} : factor_;
      const Gradient<Real> gradient = step.gradient(k);
      if (factor == 1) {
        pass_on(step.context(), result, gradient);
        continue;
      }
      for_rows(step.context(), result.rows(), result.columns(), [&](std::size_t i) {
        const Real* const from = result.row(i).data();
        gradient.put_row(i, [&](std::size_t j) { return factor * from[j]; });
      });
    }
  }

 private:
  std::string_view name_;
  Real factor_;
};

template <class Real>
class Multiply final : public Operation<Real> {
 public:
  std::string_view name() const noexcept override { return "multiply"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  InPlace in_place() const noexcept override { return {.forward = true}; }
  void forward(Step<Real>& step) const override {
    product(step.context(), step.input(0), step.input(1), {step.output()});
  }
  void backward(Step<Real>& step) const override {
    for (std::size_t k = 0; k < 2; ++k) {
      if (step.wants_gradient(k)) {
        product(step.context(), step.output_gradient(), step.input(1 - k), step.gradient(k));
      }
    }
  }

 private:
  static void product(RunContext& context, MatrixView<const Real> a, MatrixView<const Real> b,
                      const Gradient<Real>& out) {
    for_rows(context, a.rows(), a.columns(), [&](std::size_t i) {
      const Real* const first = a.row(i).data();
      const Real* const second = b.row(i).data();
      out.put_row(i, [&](std::size_t j) { return first[j] * second[j]; });
    });
  }
};

template <class Real>
class Maximum final : public Operation<Real> {
 public:
  std::string_view name() const noexcept override { return "maximum"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> a = step.input(0);
    const MatrixView<const Real> b = step.input(1);
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), a.rows(), a.columns(), [&](std::size_t i) {
      const Real* const first = a.row(i).data();
      const Real* const second = b.row(i).data();
      // A NaN wins, so that it is seen.
      out.put_row(i, [&](std::size_t j) { return first_wins(first[j], second[j]) ? first[j] : second[j]; });
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> a = step.input(0);
    const MatrixView<const Real> b = step.input(1);
    const MatrixView<const Real> result = step.output_gradient();
    for (std::size_t k = 0; k < 2; ++k) {
      if (!step.wants_gradient(k)) continue;
      const Gradient<Real> gradient = step.gradient(k);
      for_rows(step.context(), a.rows(), a.columns(), [&](std::size_t i) {
        const Real* const first = a.row(i).data();
        const Real* const second = b.row(i).data();
        const Real* const from = result.row(i).data();
        gradient.put_row(
            i, [&](std::size_t j) { return first_wins(first[j], second[j]) == (k == 0) ? from[j] : Real{0}; });
      });
    }
  }

 private:
  static bool first_wins(Real first, Real second) { return first >= second || first != first; }
};

template <class Real>
class Scale final : public Operation<Real> {
 public:
  explicit Scale(Real factor) : factor_(factor) {}

  std::string_view name() const noexcept override { return "scale"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  InPlace in_place() const noexcept override { return {.forward = true, .backward = true}; }
  void forward(Step<Real>& step) const override { scaled(step.context(), step.input(0), {step.output()}); }
  void backward(Step<Real>& step) const override { scaled(step.context(), step.output_gradient(), step.gradient(0)); }

 private:
  void scaled(RunContext& context, MatrixView<const Real> x, const Gradient<Real>& out) const {
    for_rows(context, x.rows(), x.columns(), [&](std::size_t i) {
      const Real* const from = x.row(i).data();
      out.put_row(i, [&](std::size_t j) { return factor_ * from[j]; });
    });
  }

  Real factor_;
};

template <class Real>
class ScaleLearned final : public Operation<Real> {
 public:
  ScaleLearned(Shape shape, Real added) : shape_(shape), added_(added) {}

  std::string_view name() const noexcept override { return "scale_learned"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  Workspace workspace() const noexcept override { return {.backward = partial_sums(shape_) * sizeof(double)}; }
  void forward(Step<Real>& step) const override { scaled(step, step.input(0), {step.output()}); }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    if (step.wants_gradient(0)) scaled(step, result, step.gradient(0));
    if (!step.wants_gradient(1)) return;
    const MatrixView<const Real> x = step.input(0);
    const double total = sum_rows(step.context(), shape_, step.template scratch<double>(), [&](std::size_t i) {
      double dot = 0;
      for (std::size_t j = 0; j < shape_.columns; ++j) {
        dot += static_cast<double>(x(i, j)) * static_cast<double>(result(i, j));
      }
      return dot;
    });
    step.gradient(1).put_row(0, [&](std::size_t) { return static_cast<Real>(total); });
  }

 private:
  void scaled(Step<Real>& step, MatrixView<const Real> x, const Gradient<Real>& out) const {
    const Real factor = step.input(1)(0, 0) + added_;
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      const Real* const from = x.row(i).data();
      out.put_row(i, [&](std::size_t j) { return factor * from[j]; });
    });
  }

  Shape shape_;
  Real added_;
};

template <class Real>
class ScaleRows final : public Operation<Real> {
 public:
  std::string_view name() const noexcept override { return "scale_rows"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  InPlace in_place() const noexcept override { return {.forward = true}; }
  void forward(Step<Real>& step) const override {
    scaled(step.context(), step.input(0), step.input(1), {step.output()});
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    if (step.wants_gradient(0)) scaled(step.context(), result, step.input(1), step.gradient(0));
    if (!step.wants_gradient(1)) return;
    const MatrixView<const Real> x = step.input(0);
    const Gradient<Real> gradient = step.gradient(1);
    for_rows(step.context(), x.rows(), x.columns(), [&](std::size_t i) {
      Real dot = 0;
      for (std::size_t j = 0; j < x.columns(); ++j) dot += x(i, j) * result(i, j);
      gradient.put_row(i, [&](std::size_t) { return dot; });
    });
  }

 private:
  static void scaled(RunContext& context, MatrixView<const Real> x, MatrixView<const Real> factors,
                     const Gradient<Real>& out) {
    for_rows(context, x.rows(), x.columns(), [&](std::size_t i) {
      const Real* const from = x.row(i).data();
      const Real factor = factors(i, 0);
      out.put_row(i, [&](std::size_t j) { return factor * from[j]; });
    });
  }
};

/// The sum of the entries, or of their squares.
template <class Real>
class Sum final : public Operation<Real> {
 public:
  Sum(Shape shape, bool squares) : shape_(shape), squares_(squares) {}

  std::string_view name() const noexcept override { return squares_ ? "sum_of_squares" : "sum"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = squares_ ? 1U : 0U, .output = false}; }
  Workspace workspace() const noexcept override { return {.forward = partial_sums(shape_) * sizeof(double)}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    step.output()(0, 0) =
        static_cast<Real>(sum_rows(step.context(), shape_, step.template scratch<double>(), [&](std::size_t i) {
          double total = 0;
          for (const Real entry : x.row(i)) {
            const auto value = static_cast<double>(entry);
            total += squares_ ? value * value : value;
          }
          return total;
        }));
  }
  void backward(Step<Real>& step) const override {
    const Real factor = step.output_gradient()(0, 0);
    const Gradient<Real> gradient = step.gradient(0);
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      if (squares_) {
        const Real* const x = step.input(0).row(i).data();
        gradient.put_row(i, [&](std::size_t j) { return 2 * factor * x[j]; });
      } else {
        gradient.put_row(i, [&](std::size_t) { return factor; });
      }
    });
  }

 private:
  Shape shape_;
  bool squares_;
};

}  // namespace

template <class Real>
Tensor add(BasicTape<Real>& tape, Tensor a, Tensor b) {
  require_same(tape, "add", a, b);
  return tape.template record<Combine<Real>>(tape.shape(a), {a, b}, "add", Real{1});
}

template <class Real>
Tensor subtract(BasicTape<Real>& tape, Tensor a, Tensor b) {
  require_same(tape, "subtract", a, b);
  return tape.template record<Combine<Real>>(tape.shape(a), {a, b}, "subtract", Real{-1});
}

template <class Real>
Tensor multiply(BasicTape<Real>& tape, Tensor a, Tensor b) {
  require_same(tape, "multiply", a, b);
  return tape.template record<Multiply<Real>>(tape.shape(a), {a, b});
}

template <class Real>
Tensor maximum(BasicTape<Real>& tape, Tensor a, Tensor b) {
  require_same(tape, "maximum", a, b);
  return tape.template record<Maximum<Real>>(tape.shape(a), {a, b});
}

template <class Real>
Tensor scale(BasicTape<Real>& tape, Tensor x, double factor) {
  return tape.template record<Scale<Real>>(tape.shape(x), {x}, static_cast<Real>(factor));
}

template <class Real>
Tensor scale(BasicTape<Real>& tape, Tensor x, Tensor factor, double added) {
  require_shapes(tape.shape(factor) == Shape{1, 1}, tape, "scale", x, factor, "the second is one number");
  return tape.template record<ScaleLearned<Real>>(tape.shape(x), {x, factor}, tape.shape(x), static_cast<Real>(added));
}

template <class Real>
Tensor scale_rows(BasicTape<Real>& tape, Tensor x, Tensor factors) {
  require_shapes(tape.shape(factors) == Shape{tape.shape(x).rows, 1}, tape, "scale_rows", x, factors,
                 "the second is one column with a factor for each row of the first");
  return tape.template record<ScaleRows<Real>>(tape.shape(x), {x, factors});
}

template <class Real>
Tensor sum(BasicTape<Real>& tape, Tensor x) {
  return tape.template record<Sum<Real>>({1, 1}, {x}, tape.shape(x), false);
}

template <class Real>
Tensor sum_of_squares(BasicTape<Real>& tape, Tensor x) {
  return tape.template record<Sum<Real>>({1, 1}, {x}, tape.shape(x), true);
}

#define ADJOIN_INSTANTIATE(Real)                                         \
  template Tensor add<Real>(BasicTape<Real>&, Tensor, Tensor);           \
  template Tensor subtract<Real>(BasicTape<Real>&, Tensor, Tensor);      \
  template Tensor multiply<Real>(BasicTape<Real>&, Tensor, Tensor);      \
  template Tensor maximum<Real>(BasicTape<Real>&, Tensor, Tensor);       \
  template Tensor scale<Real>(BasicTape<Real>&, Tensor, double);         \
  template Tensor scale<Real>(BasicTape<Real>&, Tensor, Tensor, double); \
  template Tensor scale_rows<Real>(BasicTape<Real>&, Tensor, Tensor);    \
  template Tensor sum<Real>(BasicTape<Real>&, Tensor);                   \
  template Tensor sum_of_squares<Real>(BasicTape<Real>&, Tensor);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
