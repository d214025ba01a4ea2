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

void dots(MatrixView<const float> x, std::size_t begin, const float* vector, float* out, std::size_t count) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < count; ++i) {
    const float* const row = x.data() + (begin + i) * x.stride();
    auto even = hn::Zero(d);
    auto odd = hn::Zero(d);
    std::size_t j = 0;
    for (; j + 2 * lanes <= x.columns(); j += 2 * lanes) {
      even = hn::MulAdd(hn::LoadU(d, row + j), hn::LoadU(d, vector + j), even);
      odd = hn::MulAdd(hn::LoadU(d, row + j + lanes), hn::LoadU(d, vector + j + lanes), odd);
    }
    float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
    for (; j < x.columns(); ++j) sum += row[j] * vector[j];
    out[i] = sum;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {

HWY_EXPORT(dots);

void dot_rows(MatrixView<const float> x, std::size_t begin, std::span<const float> vector,
              std::span<float> out) noexcept {
  HWY_DYNAMIC_DISPATCH(dots)(x, begin, vector.data(), out.data(), out.size());
}

}  // namespace adjoin
#endif
