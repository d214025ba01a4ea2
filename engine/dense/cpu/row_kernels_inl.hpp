// Pieces of row arithmetic that several *_hwy.cpp files share. Included once for each instruction level, after
// <hwy/highway.h>: not a header on its own.
#if defined(ADJOIN_DENSE_ROW_KERNELS) == defined(HWY_TARGET_TOGGLE)
#ifdef ADJOIN_DENSE_ROW_KERNELS
#undef ADJOIN_DENSE_ROW_KERNELS
#else
#define ADJOIN_DENSE_ROW_KERNELS
#endif

#include <cmath>
#include <cstddef>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {

/// The sum of squares in double: squares of small or large floats would leave the range of a float.
HWY_INLINE double squared_length(const float* values, std::size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<double> d;
  const hn::Rebind<float, hn::ScalableTag<double>> half;
  const std::size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d);
  auto odd = hn::Zero(d);
  std::size_t j = 0;
  for (; j + 2 * lanes <= count; j += 2 * lanes) {
    const auto first = hn::PromoteTo(d, hn::LoadU(half, values + j));
    const auto second = hn::PromoteTo(d, hn::LoadU(half, values + j + lanes));
    even = hn::MulAdd(first, first, even);
    odd = hn::MulAdd(second, second, odd);
  }
  double sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
  for (; j < count; ++j) sum += static_cast<double>(values[j]) * static_cast<double>(values[j]);
  return sum;
}

/// coefficient / ||row||, or 0 for a zero row.
HWY_INLINE float coefficient_of_unit_row(float coefficient, const float* row, std::size_t count) {
  const double squares = squared_length(row, count);
  return squares > 0 ? static_cast<float>(static_cast<double>(coefficient) / std::sqrt(squares)) : 0.0F;
}

/// to[j] += factor * from[j].
HWY_INLINE void add_scaled_row(float factor, const float* from, float* to, std::size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto f = hn::Set(d, factor);
  std::size_t j = 0;
  for (; j + lanes <= count; j += lanes)
    hn::StoreU(hn::MulAdd(f, hn::LoadU(d, from + j), hn::LoadU(d, to + j)), d, to + j);
  for (; j < count; ++j) to[j] += factor * from[j];
}

}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#endif
