#include <algorithm>

#include <adjoin/engine/dense/random_mask.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/random_mask_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/philox_inl.hpp>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

/// The four bits of one draw.
std::uint32_t bits_of(const RandomWords& words, std::uint32_t threshold) {
  std::uint32_t bits = 0;
  for (unsigned k = 0; k < 4; ++k) bits |= (words[k] >= threshold ? 1U : 0U) << k;
  return bits;
}

void draw(std::uint64_t seed, RandomStream stream, std::uint64_t key, std::uint32_t threshold, std::uint8_t* bits,
          std::size_t bytes) {
  std::size_t byte = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<std::uint32_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto bound = hn::Set(d, threshold);
  HWY_ALIGN std::uint32_t fours[hn::MaxLanes(hn::ScalableTag<std::uint32_t>())];
  for (; byte + lanes / 2 <= bytes; byte += lanes / 2) {  // two draws a byte
    hn::Vec<decltype(d)> words[4] = {bound, bound, bound, bound};
    philox_lanes(seed, stream, key, static_cast<std::uint32_t>(2 * byte), words);
    auto four = hn::Zero(d);
    four = hn::Or(four, hn::IfThenZeroElse(hn::Lt(words[0], bound), hn::Set(d, 1U)));
    four = hn::Or(four, hn::IfThenZeroElse(hn::Lt(words[1], bound), hn::Set(d, 2U)));
    four = hn::Or(four, hn::IfThenZeroElse(hn::Lt(words[2], bound), hn::Set(d, 4U)));
    four = hn::Or(four, hn::IfThenZeroElse(hn::Lt(words[3], bound), hn::Set(d, 8U)));
    hn::Store(four, d, fours);
    for (std::size_t k = 0; k < lanes / 2; ++k) {
      bits[byte + k] = static_cast<std::uint8_t>(fours[2 * k] | fours[2 * k + 1] << 4);
    }
  }
#endif
  for (; byte < bytes; ++byte) {
    const auto counter = static_cast<std::uint32_t>(2 * byte);
    bits[byte] = static_cast<std::uint8_t>(bits_of(philox(seed, stream, key, counter), threshold) |
                                           bits_of(philox(seed, stream, key, counter + 1), threshold) << 4);
  }
}

template <bool add>
void multiply(const std::uint8_t* bits, float factor, const float* from, std::size_t count, float* to) {
  std::size_t j = 0;
  const hn::CappedTag<float, 16> d;
  const std::size_t lanes = hn::Lanes(d);
  if (lanes >= 8) {
    const auto scale = hn::Set(d, factor);
    for (; j + lanes <= count; j += lanes) {
      std::uint8_t of_lanes[8] = {};  // as many as may be read
      std::copy_n(bits + j / 8, lanes / 8, of_lanes);
      const auto kept = hn::LoadMaskBits(d, of_lanes);
      const auto values = hn::IfThenElseZero(kept, hn::Mul(scale, hn::LoadU(d, from + j)));
      hn::StoreU(add ? hn::Add(hn::LoadU(d, to + j), values) : values, d, to + j);
    }
  }
  for (; j < count; ++j) {
    const float value = (bits[j / 8] >> (j % 8) & 1) != 0 ? factor * from[j] : 0.0F;
    to[j] = add ? to[j] + value : value;
  }
}

void multiply_set(const std::uint8_t* bits, float factor, const float* from, std::size_t count, float* to) {
  multiply<false>(bits, factor, from, count, to);
}
void multiply_add(const std::uint8_t* bits, float factor, const float* from, std::size_t count, float* to) {
  multiply<true>(bits, factor, from, count, to);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {

HWY_EXPORT(draw);
HWY_EXPORT(multiply_set);
HWY_EXPORT(multiply_add);

}  // namespace

void draw_mask(std::uint64_t seed, RandomStream stream, std::uint64_t key, std::uint32_t threshold,
               std::span<std::uint8_t> bits) noexcept {
  HWY_DYNAMIC_DISPATCH(draw)(seed, stream, key, threshold, bits.data(), bits.size());
}

void multiply_masked(const std::uint8_t* bits, float factor, std::span<const float> from, bool add,
                     float* to) noexcept {
  if (add) {
    HWY_DYNAMIC_DISPATCH(multiply_add)(bits, factor, from.data(), from.size(), to);
  } else {
    HWY_DYNAMIC_DISPATCH(multiply_set)(bits, factor, from.data(), from.size(), to);
  }
}

}  // namespace adjoin
#endif
