#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace adjoin::learn {
namespace {

constexpr std::size_t entries_per_draw = 4;

template <class Real>
class Dropout final : public Operation<Real> {
 public:
  Dropout(Shape shape, double rate, std::uint64_t place)
      : shape_(shape),
        threshold_(static_cast<std::uint64_t>(std::llround(rate * 0x1p32))),
        scale_(static_cast<Real>(1 / (1 - rate))),
        place_(place) {}

  std::string_view name() const noexcept override { return "dropout"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  /// A byte for four entries: which of them are kept.
  Workspace workspace() const noexcept override { return {.saved = shape_.rows * draws()}; }

  void forward(Step<Real>& step) const override {
    const auto kept = step.template saved<std::uint8_t>();
    const std::uint64_t seed = step.context().seed() + (place_ + 1) * 0x9E3779B97F4A7C15U;
    const Pass& pass = step.pass();
    const MatrixView<const Real> x = step.input(0);
    const MatrixView<Real> out = step.output();
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      std::uint8_t* const row = kept.data() + i * draws();
      if (!pass.training) {
        std::ranges::copy(x.row(i), out.row(i).data());
        return;
      }
      for (std::size_t draw = 0; draw < draws(); ++draw) {
        const RandomWords words =
            philox(seed, RandomStream::dropout, pass.step << 32 | i, static_cast<std::uint32_t>(draw));
        unsigned bits = 0;
        for (unsigned k = 0; k < entries_per_draw; ++k) bits |= (words[k] >= threshold_ ? 1U : 0U) << k;
        row[draw] = static_cast<std::uint8_t>(bits);
      }
      apply(row, x.row(i).data(), {out}, i);
    });
  }
  void backward(Step<Real>& step) const override {
    const auto kept = step.template saved<const std::uint8_t>();
    const MatrixView<const Real> result = step.output_gradient();
    const Gradient<Real> gradient = step.gradient(0);
    const bool training = step.pass().training;
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      const Real* const from = result.row(i).data();
      if (training) {
        apply(kept.data() + i * draws(), from, gradient, i);
      } else {
        gradient.put_row(i, [&](std::size_t j) { return from[j]; });
      }
    });
  }

 private:
  std::size_t draws() const noexcept { return chunk_count(shape_.columns, entries_per_draw); }
  void apply(const std::uint8_t* kept, const Real* from, const Gradient<Real>& to, std::size_t i) const {
    to.put_row(i, [&](std::size_t j) {
      return (kept[j / entries_per_draw] >> (j % entries_per_draw) & 1) != 0 ? scale_ * from[j] : Real{0};
    });
  }

  Shape shape_;
  std::uint64_t threshold_;
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
