#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <adjoin/engine/learn/losses.hpp>
#include <adjoin/engine/learn/scalar_functions.hpp>
#include <adjoin/engine/learn/shape_error.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::learn {
namespace {

/// The mean over entries of a function of a prediction and what it is compared with. Function: value(x, t) and
/// slope(x, t), the derivative by x.
template <class Real, class Function>
class EntryLoss final : public Operation<Real> {
 public:
  EntryLoss(std::string_view name, Shape shape, Function function) : name_(name), shape_(shape), function_(function) {}

  std::string_view name() const noexcept override { return name_; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  Workspace workspace() const noexcept override { return {.forward = partial_sums(shape_) * sizeof(double)}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const MatrixView<const Real> target = step.input(1);
    const double total = sum_rows(step.context(), shape_, step.template scratch<double>(), [&](std::size_t i) {
      double sum = 0;
      for (std::size_t j = 0; j < shape_.columns; ++j)
        sum += static_cast<double>(function_.value(x(i, j), target(i, j)));
      return sum;
    });
    step.output()(0, 0) = static_cast<Real>(total / count());
  }
  void backward(Step<Real>& step) const override {
    if (!step.wants_gradient(0)) return;
    const MatrixView<const Real> x = step.input(0);
    const MatrixView<const Real> target = step.input(1);
    const Real share = step.output_gradient()(0, 0) / static_cast<Real>(count());
    const Gradient<Real> gradient = step.gradient(0);
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      gradient.put_row(i, [&](std::size_t j) { return share * function_.slope(x(i, j), target(i, j)); });
    });
  }

 private:
  double count() const noexcept { return static_cast<double>(std::max<std::size_t>(1, shape_.size())); }

  std::string_view name_;
  Shape shape_;
  Function function_;
};

template <class Real>
struct BinaryCrossEntropy {
  Real value(Real x, Real target) const { return softplus_of(x) - target * x; }
  Real slope(Real x, Real target) const { return sigmoid_of(x) - target; }
};

template <class Real>
struct SquaredError {
  Real value(Real x, Real target) const { return (x - target) * (x - target); }
  Real slope(Real x, Real target) const { return 2 * (x - target); }
};

/// Not std::max, which would take a NaN for 0.
template <class Real>
Real positive_part(Real x) {
  return x < 0 ? Real{0} : x;
}

template <class Real>
struct Hinge {
  Real value(Real x, Real sign) const { return positive_part(1 - sign * x); }
  Real slope(Real x, Real sign) const { return 1 - sign * x > 0 ? -sign : Real{0}; }
};

/// The mean over entries of a function of the difference of the first two inputs, and of a third where there is one.
template <class Real, class Function>
class DifferenceLoss final : public Operation<Real> {
 public:
  DifferenceLoss(std::string_view name, Shape shape, Function function)
      : name_(name), shape_(shape), function_(function) {}

  std::string_view name() const noexcept override { return name_; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  Workspace workspace() const noexcept override { return {.forward = partial_sums(shape_) * sizeof(double)}; }
  void forward(Step<Real>& step) const override {
    const Inputs in(step);
    const double total = sum_rows(step.context(), shape_, step.template scratch<double>(), [&](std::size_t i) {
      double sum = 0;
      for (std::size_t j = 0; j < shape_.columns; ++j) {
        sum += static_cast<double>(function_.value(in.difference(i, j), in.given(i, j)));
      }
      return sum;
    });
    step.output()(0, 0) = static_cast<Real>(total / count());
  }
  void backward(Step<Real>& step) const override {
    const Inputs in(step);
    for (std::size_t k = 0; k < 2; ++k) {
      if (!step.wants_gradient(k)) continue;
      const Real share = (k == 0 ? 1 : -1) * step.output_gradient()(0, 0) / static_cast<Real>(count());
      const Gradient<Real> gradient = step.gradient(k);
      for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
        gradient.put_row(i,
                         [&](std::size_t j) { return share * function_.slope(in.difference(i, j), in.given(i, j)); });
      });
    }
  }

 private:
  struct Inputs {
    explicit Inputs(const Step<Real>& step) : first(step.input(0)), second(step.input(1)) {
      if (step.input_count() > 2) third = step.input(2);
    }
    Real difference(std::size_t i, std::size_t j) const { return first(i, j) - second(i, j); }
    Real given(std::size_t i, std::size_t j) const { return third.data() == nullptr ? Real{0} : third(i, j); }

    MatrixView<const Real> first;
    MatrixView<const Real> second;
    MatrixView<const Real> third;
  };
  double count() const noexcept { return static_cast<double>(std::max<std::size_t>(1, shape_.size())); }

  std::string_view name_;
  Shape shape_;
  Function function_;
};

template <class Real>
struct Bpr {
  Real value(Real difference, Real) const { return softplus_of(-difference); }
  Real slope(Real difference, Real) const { return -sigmoid_of(-difference); }
};

template <class Real>
struct Margin {
  Real value(Real difference, Real sign) const { return positive_part(margin - sign * difference); }
  Real slope(Real difference, Real sign) const { return margin - sign * difference > 0 ? -sign : Real{0}; }
  Real margin;
};

template <class Real>
class CrossEntropy final : public Operation<Real> {
 public:
  CrossEntropy(Shape shape, std::span<const std::uint32_t> labels) : shape_(shape), labels_(labels) {}

  std::string_view name() const noexcept override { return "cross_entropy"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  /// Saved: log_sum_exp of each row.
  Workspace workspace() const noexcept override {
    return {.saved = shape_.rows * sizeof(double), .forward = partial_sums(shape_) * sizeof(double)};
  }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> logits = step.input(0);
    const auto saved = step.template saved<double>();
    const double total = sum_rows(step.context(), shape_, step.template scratch<double>(), [&](std::size_t i) {
      saved[i] = log_sum_exp<Real>(logits.row(i));
      return saved[i] - static_cast<double>(logits(i, labels_[i]));
    });
    step.output()(0, 0) = static_cast<Real>(total / count());
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> logits = step.input(0);
    const auto saved = step.template saved<const double>();
    const Real share = step.output_gradient()(0, 0) / static_cast<Real>(count());
    const Gradient<Real> gradient = step.gradient(0);
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      gradient.put_row(i, [&](std::size_t j) {
        const auto probability = static_cast<Real>(std::exp(static_cast<double>(logits(i, j)) - saved[i]));
        return share * (probability - (j == labels_[i] ? Real{1} : Real{0}));
      });
    });
  }

 private:
  double count() const noexcept { return static_cast<double>(std::max<std::size_t>(1, shape_.rows)); }

  Shape shape_;
  std::span<const std::uint32_t> labels_;
};

template <class Real>
class Distillation final : public Operation<Real> {
 public:
  Distillation(Shape shape, double temperature) : shape_(shape), temperature_(temperature) {}

  std::string_view name() const noexcept override { return "distillation_loss"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  /// Saved: log_sum_exp of each row of the student and of the teacher.
  Workspace workspace() const noexcept override {
    return {.saved = 2 * shape_.rows * sizeof(double), .forward = partial_sums(shape_) * sizeof(double)};
  }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> student = step.input(0);
    const MatrixView<const Real> teacher = step.input(1);
    const auto saved = step.template saved<double>();
    const double total = sum_rows(step.context(), shape_, step.template scratch<double>(), [&](std::size_t i) {
      saved[2 * i] = log_sum_exp<Real>(student.row(i), temperature_);
      saved[2 * i + 1] = log_sum_exp<Real>(teacher.row(i), temperature_);
      double divergence = 0;
      for (std::size_t j = 0; j < shape_.columns; ++j) {
        const double log_student = log_probability(student(i, j), saved[2 * i]);
        const double log_teacher = log_probability(teacher(i, j), saved[2 * i + 1]);
        divergence += std::exp(log_teacher) * (log_teacher - log_student);
      }
      return divergence;
    });
    step.output()(0, 0) = static_cast<Real>(total / count());
  }
  void backward(Step<Real>& step) const override {
    if (!step.wants_gradient(0)) return;
    const MatrixView<const Real> student = step.input(0);
    const MatrixView<const Real> teacher = step.input(1);
    const auto saved = step.template saved<const double>();
    const double share = static_cast<double>(step.output_gradient()(0, 0)) / (temperature_ * count());
    const Gradient<Real> gradient = step.gradient(0);
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      gradient.put_row(i, [&](std::size_t j) {
        return static_cast<Real>(share * (std::exp(log_probability(student(i, j), saved[2 * i])) -
                                          std::exp(log_probability(teacher(i, j), saved[2 * i + 1]))));
      });
    });
  }

 private:
  double log_probability(Real logit, double log_sum) const noexcept {
    return static_cast<double>(logit) / temperature_ - log_sum;
  }
  double count() const noexcept { return static_cast<double>(std::max<std::size_t>(1, shape_.rows)); }

  Shape shape_;
  double temperature_;
};

template <class Function, class Real>
Tensor entry_loss(BasicTape<Real>& tape, std::string_view name, Tensor x, Tensor targets, Function function) {
  const Shape shape = tape.shape(x);
  require_shapes(shape == tape.shape(targets), tape, name, x, targets, "both have one shape");
  return tape.template record<EntryLoss<Real, Function>>({1, 1}, {x, targets}, name, shape, function);
}

}  // namespace

template <class Real>
Tensor binary_cross_entropy(BasicTape<Real>& tape, Tensor logits, Tensor targets) {
  return entry_loss(tape, "binary_cross_entropy", logits, targets, BinaryCrossEntropy<Real>{});
}

template <class Real>
Tensor mean_squared_error(BasicTape<Real>& tape, Tensor x, Tensor targets) {
  return entry_loss(tape, "mean_squared_error", x, targets, SquaredError<Real>{});
}

template <class Real>
Tensor hinge_loss(BasicTape<Real>& tape, Tensor x, Tensor signs) {
  return entry_loss(tape, "hinge_loss", x, signs, Hinge<Real>{});
}

template <class Real>
Tensor cross_entropy(BasicTape<Real>& tape, Tensor logits, std::span<const std::uint32_t> labels) {
  const Shape shape = tape.shape(logits);
  require_shape(labels.size() == shape.rows, tape, "cross_entropy", logits, "there is a label for each row");
  const auto wrong = std::ranges::find_if(labels, [&](std::uint32_t label) { return label >= shape.columns; });
  if (wrong != labels.end()) {
    throw InvalidOption(fmt::format("cross_entropy: label {} has no column: there are {}", *wrong, shape.columns));
  }
  return tape.template record<CrossEntropy<Real>>({1, 1}, {logits}, shape, labels);
}

template <class Real>
Tensor bpr_loss(BasicTape<Real>& tape, Tensor positive, Tensor negative) {
  const Shape shape = tape.shape(positive);
  require_shapes(shape == tape.shape(negative), tape, "bpr_loss", positive, negative, "both have one shape");
  return tape.template record<DifferenceLoss<Real, Bpr<Real>>>({1, 1}, {positive, negative}, "bpr_loss", shape,
                                                               Bpr<Real>{});
}

template <class Real>
Tensor margin_ranking_loss(BasicTape<Real>& tape, Tensor first, Tensor second, Tensor signs, double margin) {
  const Shape shape = tape.shape(first);
  for (const Tensor other : {second, signs}) {
    require_shapes(shape == tape.shape(other), tape, "margin_ranking_loss", first, other, "all have one shape");
  }
  return tape.template record<DifferenceLoss<Real, Margin<Real>>>({1, 1}, {first, second, signs}, "margin_ranking_loss",
                                                                  shape, Margin<Real>{static_cast<Real>(margin)});
}

template <class Real>
Tensor distillation_loss(BasicTape<Real>& tape, Tensor student, Tensor teacher, double temperature) {
  const Shape shape = tape.shape(student);
  require_shapes(shape == tape.shape(teacher), tape, "distillation_loss", student, teacher, "both have one shape");
  if (!(temperature > 0)) {
    throw InvalidOption(fmt::format("distillation_loss: temperature = {} is not above 0", temperature));
  }
  return tape.template record<Distillation<Real>>({1, 1}, {student, teacher}, shape, temperature);
}

#define ADJOIN_INSTANTIATE(Real)                                                                 \
  template Tensor binary_cross_entropy<Real>(BasicTape<Real>&, Tensor, Tensor);                  \
  template Tensor mean_squared_error<Real>(BasicTape<Real>&, Tensor, Tensor);                    \
  template Tensor hinge_loss<Real>(BasicTape<Real>&, Tensor, Tensor);                            \
  template Tensor cross_entropy<Real>(BasicTape<Real>&, Tensor, std::span<const std::uint32_t>); \
  template Tensor bpr_loss<Real>(BasicTape<Real>&, Tensor, Tensor);                              \
  template Tensor margin_ranking_loss<Real>(BasicTape<Real>&, Tensor, Tensor, Tensor, double);   \
  template Tensor distillation_loss<Real>(BasicTape<Real>&, Tensor, Tensor, double);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
