#include <adjoin/engine/dense/products.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/products_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

float dot(const float* a, const float* b, std::size_t count) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d);
  auto odd = hn::Zero(d);
  std::size_t j = 0;
  for (; j + 2 * lanes <= count; j += 2 * lanes) {
    even = hn::MulAdd(hn::LoadU(d, a + j), hn::LoadU(d, b + j), even);
    odd = hn::MulAdd(hn::LoadU(d, a + j + lanes), hn::LoadU(d, b + j + lanes), odd);
  }
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
  for (; j < count; ++j) sum += a[j] * b[j];
  return sum;
}

void dots(MatrixView<const float> x, std::size_t begin, const float* vector, float* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = dot(x.data() + (begin + i) * x.stride(), vector, x.columns());
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {

HWY_EXPORT(dot);
HWY_EXPORT(dots);

void dot_rows(MatrixView<const float> x, std::size_t begin, std::span<const float> vector,
              std::span<float> out) noexcept {
  HWY_DYNAMIC_DISPATCH(dots)(x, begin, vector.data(), out.data(), out.size());
}

DotFunction dot_function() noexcept {
  // The first call chooses the level; before it the table holds the chooser, not the kernel.
  const float zero = 0;
  HWY_DYNAMIC_DISPATCH(dot)(&zero, &zero, 1);
  return &HWY_DYNAMIC_DISPATCH(dot);
}

}  // namespace adjoin
#endif
