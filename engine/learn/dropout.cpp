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

std::uint32_t threshold_of(double rate) {
  return static_cast<std::uint32_t>(
      std::min(std::floor(rate * 0x1p32), double{std::numeric_limits<std::uint32_t>::max()}));
}

/// What a seed of a run becomes at a place on a tape.
std::uint64_t seed_at(std::uint64_t seed, std::uint64_t place) {
  return seed + (place + 1) * 0x9E3779B97F4A7C15U;
}

template <class Real>
class Dropout final : public Operation<Real> {
 public:
  Dropout(Shape shape, double rate, std::uint64_t place)
      : shape_(shape), threshold_(threshold_of(rate)), scale_(static_cast<Real>(1 / (1 - rate))), place_(place) {}

  std::string_view name() const noexcept override { return "dropout"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  /// Saved: a bit for each entry, whether it is kept.
  Workspace workspace() const noexcept override { return {.saved = shape_.rows * mask_bytes(shape_.columns)}; }

  void forward(Step<Real>& step) const override {
    const std::uint64_t seed = seed_at(step.context().seed(), place_);
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

template <class Real>
class DroppedValues final : public Operation<Real> {
 public:
  DroppedValues(const SparseOperand* a, double rate, std::uint64_t place)
      : a_(a), threshold_(threshold_of(rate)), scale_(static_cast<Real>(1 / (1 - rate))), place_(place) {}

  std::string_view name() const noexcept override { return "dropped_values"; }
  Workspace workspace() const noexcept override { return {.forward = mask_bytes(a_->matrix().nonzero_count())}; }

  void forward(Step<Real>& step) const override {
    const std::uint64_t seed = seed_at(step.context().seed(), place_);
    const Pass& pass = step.pass();
    const auto kept = step.template scratch<std::uint8_t>();
    const CsrView& a = a_->matrix();
    const MatrixView<Real> out = step.output();
    // Bits of a chunk begin at a byte and are drawn under a key of their own.
    step.context().for_chunks(a.nonzero_count(), chunk_entries, [&](Chunk chunk) {
      const std::span<std::uint8_t> bits = kept.subspan(chunk.begin / 8, mask_bytes(chunk.end - chunk.begin));
      if (pass.training) draw_mask(seed, RandomStream::dropout, pass.step << 32 | chunk.index, threshold_, bits);
      for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
        const std::size_t j = e - chunk.begin;
        const Real value = a.weighted() ? static_cast<Real>(a.weights[e]) : Real{1};
        const Real factor = !pass.training ? Real{1} : (bits[j / 8] >> (j % 8) & 1) != 0 ? scale_ : Real{0};
        out(e, 0) = factor * value;
      }
    });
  }
  void backward(Step<Real>&) const override {}

 private:
  static constexpr std::size_t chunk_entries = 1 << 14;

  const SparseOperand* a_;
  std::uint32_t threshold_;
  Real scale_;
  std::uint64_t place_;
};

void require_rate(std::string_view operation, double rate) {
  if (!(rate >= 0 && rate < 1))
    throw InvalidOption(fmt::format("{}: rate = {} is outside 0 to 1, 1 excluded", operation, rate));
}

}  // namespace

template <class Real>
Tensor dropout(BasicTape<Real>& tape, Tensor x, double rate) {
  require_rate("dropout", rate);
  if (rate == 0) return x;
  return tape.template record<Dropout<Real>>(tape.shape(x), {x}, tape.shape(x), rate, tape.size());
}

template <class Real>
Tensor dropped_values(BasicTape<Real>& tape, const SparseOperand& a, double rate) {
  require_rate("dropped_values", rate);
  const Shape shape = {a.matrix().nonzero_count(), 1};
  return tape.template record<DroppedValues<Real>>(shape, std::initializer_list<Tensor>{}, &a, rate, tape.size());
}

template Tensor dropout<float>(BasicTape<float>&, Tensor, double);
template Tensor dropout<double>(BasicTape<double>&, Tensor, double);
template Tensor dropped_values<float>(BasicTape<float>&, const SparseOperand&, double);
template Tensor dropped_values<double>(BasicTape<double>&, const SparseOperand&, double);

}  // namespace adjoin::learn
