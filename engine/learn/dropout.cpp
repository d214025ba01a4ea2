#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include <adjoin/engine/dense/random_mask.hpp>
#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::learn {
namespace {

void apply(const std::uint8_t* kept, float factor, std::span<const float> from, bool add, float* to) {
  multiply_masked(kept, factor, from, add, to);
}

void apply(const std::uint8_t* kept, double factor, std::span<const double> from, bool add, double* to) {
  for (std::size_t j = 0; j < from.size(); ++j) {
    const double value = (kept[j / 8] >> (j % 8) & 1) != 0 ? factor * from[j] : 0.0;
    to[j] = add ? to[j] + value : value;
  }
}

template <class Real>
class Dropout final : public Operation<Real> {
 public:
  Dropout(Shape shape, double rate, std::uint64_t place)
      : shape_(shape),
        threshold_(static_cast<std::uint32_t>(
            std::min(std::floor(rate * 0x1p32), double{std::numeric_limits<std::uint32_t>::max()}))),
        scale_(static_cast<Real>(1 / (1 - rate))),
        place_(place) {}

  std::string_view name() const noexcept override { return "dropout"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  /// Saved: a bit for each entry, whether it is kept.
  Workspace workspace() const noexcept override { return {.saved = shape_.rows * mask_bytes(shape_.columns)}; }

  void forward(Step<Real>& step) const override {
    const std::uint64_t seed = step.context().seed() + (place_ + 1) * 0x9E3779B97F4A7C15U;
    const Pass& pass = step.pass();
    const auto kept = step.template saved<std::uint8_t>();
    const MatrixView<const Real> x = step.input(0);
    const MatrixView<Real> out = step.output();
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      if (!pass.training) {
        std::ranges::copy(x.row(i), out.row(i).data());
        return;
      }
      const std::span<std::uint8_t> row = kept.subspan(i * mask_bytes(shape_.columns), mask_bytes(shape_.columns));
      draw_mask(seed, RandomStream::dropout, pass.step << 32 | i, threshold_, row);
      apply(row.data(), scale_, x.row(i), false, out.row(i).data());
    });
  }
  void backward(Step<Real>& step) const override {
    const auto kept = step.template saved<const std::uint8_t>();
    const MatrixView<const Real> result = step.output_gradient();
    const Gradient<Real> gradient = step.gradient(0);
    const bool training = step.pass().training;
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      if (training) {
        apply(kept.data() + i * mask_bytes(shape_.columns), scale_, result.row(i), gradient.add,
              gradient.view.row(i).data());
      } else {
        const Real* const from = result.row(i).data();
        gradient.put_row(i, [&](std::size_t j) { return from[j]; });
      }
    });
  }

 private:
  Shape shape_;
  std::uint32_t threshold_;
  Real scale_;
  std::uint64_t place_;
};

}  // namespace

template <class Real>
Tensor dropout(BasicTape<Real>& tape, Tensor x, double rate) {
  if (!(rate >= 0 && rate < 1))
    throw InvalidOption(fmt::format("dropout: rate = {} is outside 0 to 1, 1 excluded", rate));
  if (rate == 0) return x;
  return tape.template record<Dropout<Real>>(tape.shape(x), {x}, tape.shape(x), rate, tape.size());
}

template Tensor dropout<float>(BasicTape<float>&, Tensor, double);
template Tensor dropout<double>(BasicTape<double>&, Tensor, double);

}  // namespace adjoin::learn
