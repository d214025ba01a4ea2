#include <algorithm>
#include <cmath>
#include <cstdint>

#include <adjoin/engine/learn/normal_sample.hpp>
#include <adjoin/engine/learn/shape_error.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace adjoin::learn {
namespace {

constexpr double most_log_deviation = 10;

/// A NaN stays, so that it is seen.
template <class Real>
Real deviation_of(Real log_deviation) {
  constexpr auto most = static_cast<Real>(most_log_deviation);
  return std::exp(log_deviation > most ? most : log_deviation);
}

template <class Real>
bool is_capped(Real log_deviation) {
  return log_deviation > static_cast<Real>(most_log_deviation);
}

template <class Real>
class NormalSample final : public Operation<Real> {
 public:
  explicit NormalSample(std::uint64_t place) : place_(place) {}

  std::string_view name() const noexcept override { return "normal_sample"; }
  void forward(Step<Real>& step) const override {
    const std::uint64_t seed = step.context().seed() + (place_ + 1) * 0x9E3779B97F4A7C15U;
    const Pass& pass = step.pass();
    const MatrixView<const Real> means = step.input(0);
    const MatrixView<const Real> log_deviations = step.input(1);
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), means.rows(), means.columns(), [&](std::size_t i) {
      const Real* const mean = means.row(i).data();
      if (!pass.training) {
        std::ranges::copy(means.row(i), out.view.row(i).data());
        return;
      }
      RandomSequence random(seed, RandomStream::normal_noise, pass.step << 32 | i);
      const Real* const log_deviation = log_deviations.row(i).data();
      out.put_row(i, [&](std::size_t j) {
        return mean[j] + deviation_of(log_deviation[j]) * static_cast<Real>(random.next_normal());
      });
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> means = step.input(0);
    const MatrixView<const Real> log_deviations = step.input(1);
    const MatrixView<const Real> drawn = step.output();
    const MatrixView<const Real> result = step.output_gradient();
    const bool training = step.pass().training;
    for (std::size_t k = 0; k < 2; ++k) {
      if (!step.wants_gradient(k)) continue;
      const Gradient<Real> gradient = step.gradient(k);
      for_rows(step.context(), result.rows(), result.columns(), [&](std::size_t i) {
        const Real* const from = result.row(i).data();
        gradient.put_row(i, [&](std::size_t j) {
          if (k == 0) return from[j];
          // What was drawn lies deviation * noise from the mean, and that is its own derivative by the logarithm.
          return training && !is_capped(log_deviations(i, j)) ? from[j] * (drawn(i, j) - means(i, j)) : Real{0};
        });
      });
    }
  }

 private:
  std::uint64_t place_;
};

template <class Real>
class NormalDivergence final : public Operation<Real> {
 public:
  explicit NormalDivergence(Shape shape)
      : shape_(shape), share_(1 / static_cast<Real>(std::max<std::size_t>(1, shape.rows))) {}

  std::string_view name() const noexcept override { return "normal_divergence"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  Workspace workspace() const noexcept override { return {.forward = partial_sums(shape_) * sizeof(double)}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> means = step.input(0);
    const MatrixView<const Real> log_deviations = step.input(1);
    const double total = sum_rows(step.context(), shape_, step.template scratch<double>(), [&](std::size_t i) {
      double sum = 0;
      for (std::size_t j = 0; j < shape_.columns; ++j) {
        const auto mean = static_cast<double>(means(i, j));
        const auto log_deviation = static_cast<double>(log_deviations(i, j));
        const double deviation = deviation_of(log_deviation);
        const double capped = is_capped(log_deviation) ? most_log_deviation : log_deviation;
        sum += 0.5 * (mean * mean + deviation * deviation - 1) - capped;
      }
      return sum;
    });
    step.output()(0, 0) = static_cast<Real>(total * static_cast<double>(share_));
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> means = step.input(0);
    const MatrixView<const Real> log_deviations = step.input(1);
    const Real factor = step.output_gradient()(0, 0) * share_;
    for (std::size_t k = 0; k < 2; ++k) {
      if (!step.wants_gradient(k)) continue;
      const Gradient<Real> gradient = step.gradient(k);
      for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
        gradient.put_row(i, [&](std::size_t j) {
          if (k == 0) return factor * means(i, j);
          const Real deviation = deviation_of(log_deviations(i, j));
          return is_capped(log_deviations(i, j)) ? Real{0} : factor * (deviation * deviation - 1);
        });
      });
    }
  }

 private:
  Shape shape_;
  Real share_;
};

}  // namespace

template <class Real>
Tensor normal_sample(BasicTape<Real>& tape, Tensor means, Tensor log_deviations) {
  require_same(tape, "normal_sample", means, log_deviations);
  return tape.template record<NormalSample<Real>>(tape.shape(means), {means, log_deviations}, tape.size());
}

template <class Real>
Tensor normal_divergence(BasicTape<Real>& tape, Tensor means, Tensor log_deviations) {
  require_same(tape, "normal_divergence", means, log_deviations);
  return tape.template record<NormalDivergence<Real>>({1, 1}, {means, log_deviations}, tape.shape(means));
}

#define ADJOIN_INSTANTIATE(Real)                                         \
  template Tensor normal_sample<Real>(BasicTape<Real>&, Tensor, Tensor); \
  template Tensor normal_divergence<Real>(BasicTape<Real>&, Tensor, Tensor);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
