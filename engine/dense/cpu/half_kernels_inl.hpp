// Reading and writing rows of bfloat16, for the *_hwy.cpp files that need it. Included once for each instruction level,
// after <hwy/highway.h>: not a header on its own.
//
// A bfloat16 is the upper half of a float, so reading is a shift. Two of them fill a 32-bit lane: the even column lies
// in the lower half, the odd one in the upper, and a register of pairs gives two registers of floats by one shift and
// one mask, without moving anything between lanes. Where the order of columns matters it is restored at the end.
#if defined(ADJOIN_DENSE_HALF_KERNELS) == defined(HWY_TARGET_TOGGLE)
#ifdef ADJOIN_DENSE_HALF_KERNELS
#undef ADJOIN_DENSE_HALF_KERNELS
#else
#define ADJOIN_DENSE_HALF_KERNELS
#endif

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

#include <adjoin/engine/dense/bf16.hpp>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {

using HalfKernelFloats = hwy::HWY_NAMESPACE::ScalableTag<float>;
using HalfKernelWords = hwy::HWY_NAMESPACE::RebindToUnsigned<HalfKernelFloats>;

HWY_INLINE const std::uint16_t* half_bits(const Bf16* values) {
  return reinterpret_cast<const std::uint16_t*>(values);
}
HWY_INLINE std::uint16_t* half_bits(Bf16* values) {
  return reinterpret_cast<std::uint16_t*>(values);
}

/// The columns [0, lanes) in order.
HWY_INLINE hwy::HWY_NAMESPACE::Vec<HalfKernelFloats> load_halves(const Bf16* from) {
  namespace hn = hwy::HWY_NAMESPACE;
  const HalfKernelFloats d;
  const HalfKernelWords w;
  const hn::Rebind<std::uint16_t, HalfKernelFloats> h;
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(w, hn::LoadU(h, half_bits(from)))));
}

/// to_bf16 of each lane, in its upper half; the lower half is whatever rounding left there.
HWY_INLINE hwy::HWY_NAMESPACE::Vec<HalfKernelWords> rounded_halves(hwy::HWY_NAMESPACE::Vec<HalfKernelFloats> values) {
  namespace hn = hwy::HWY_NAMESPACE;
  const HalfKernelWords w;
  const auto bits = hn::BitCast(w, values);
  const auto last_bit = hn::And(hn::ShiftRight<16>(bits), hn::Set(w, 1));
  const auto rounded = hn::Add(bits, hn::Add(hn::Set(w, 0x7fff), last_bit));
  const auto quiet = hn::Or(bits, hn::Set(w, 0x0040'0000));
  return hn::IfThenElse(hn::RebindMask(w, hn::IsNaN(values)), quiet, rounded);
}

/// Rounds the columns [0, lanes), given in order.
HWY_INLINE void store_halves(hwy::HWY_NAMESPACE::Vec<HalfKernelFloats> values, Bf16* to) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::Rebind<std::uint16_t, HalfKernelFloats> h;
  hn::StoreU(hn::TruncateTo(h, hn::ShiftRight<16>(rounded_halves(values))), h, half_bits(to));
}

#if HWY_TARGET != HWY_SCALAR

using HalfKernelPairs = hwy::HWY_NAMESPACE::Repartition<std::uint16_t, HalfKernelFloats>;

/// The columns [0, 2 * lanes): even ones and odd ones.
HWY_INLINE void load_half_pairs(const Bf16* from, hwy::HWY_NAMESPACE::Vec<HalfKernelFloats>& even,
                                hwy::HWY_NAMESPACE::Vec<HalfKernelFloats>& odd) {
  namespace hn = hwy::HWY_NAMESPACE;
  const HalfKernelFloats d;
  const HalfKernelWords w;
  const auto pairs = hn::BitCast(w, hn::LoadU(HalfKernelPairs(), half_bits(from)));
  even = hn::BitCast(d, hn::ShiftLeft<16>(pairs));
  odd = hn::BitCast(d, hn::And(pairs, hn::Set(w, 0xffff'0000U)));
}

/// The columns [0, 2 * lanes) rounded, in order, from even ones and odd ones.
HWY_INLINE hwy::HWY_NAMESPACE::Vec<HalfKernelPairs> halves_of_pairs(hwy::HWY_NAMESPACE::Vec<HalfKernelFloats> even,
                                                                    hwy::HWY_NAMESPACE::Vec<HalfKernelFloats> odd) {
  namespace hn = hwy::HWY_NAMESPACE;
  const HalfKernelWords w;
  const auto lower = hn::ShiftRight<16>(rounded_halves(even));
  const auto upper = hn::And(rounded_halves(odd), hn::Set(w, 0xffff'0000U));
  return hn::BitCast(HalfKernelPairs(), hn::Or(lower, upper));
}

/// The columns [0, 2 * lanes) rounded, in order, from the first `lanes` and the second.
HWY_INLINE hwy::HWY_NAMESPACE::Vec<HalfKernelPairs> halves_of_two(hwy::HWY_NAMESPACE::Vec<HalfKernelFloats> first,
                                                                  hwy::HWY_NAMESPACE::Vec<HalfKernelFloats> second) {
  namespace hn = hwy::HWY_NAMESPACE;
  const HalfKernelPairs h;
  return hn::ConcatOdd(h, hn::BitCast(h, rounded_halves(second)), hn::BitCast(h, rounded_halves(first)));
}

#endif

HWY_INLINE void halves_to_floats(const Bf16* from, float* to, std::size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
  const HalfKernelFloats d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t j = 0;
  for (; j + lanes <= count; j += lanes) hn::StoreU(load_halves(from + j), d, to + j);
  for (; j < count; ++j) to[j] = to_float(from[j]);
}

HWY_INLINE void floats_to_halves(const float* from, Bf16* to, std::size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
  const HalfKernelFloats d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t j = 0;
#if HWY_TARGET != HWY_SCALAR
  for (; j + 2 * lanes <= count; j += 2 * lanes) {
    const auto halves = halves_of_two(hn::LoadU(d, from + j), hn::LoadU(d, from + j + lanes));
    hn::StoreU(halves, HalfKernelPairs(), half_bits(to + j));
  }
#endif
  for (; j + lanes <= count; j += lanes) store_halves(hn::LoadU(d, from + j), to + j);
  for (; j < count; ++j) to[j] = to_bf16(from[j]);
}

/// As squared_length of row_kernels_inl.hpp.
HWY_INLINE double squared_length(const Bf16* values, std::size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<double> d;
  const hn::Rebind<float, decltype(d)> floats;
  const hn::Rebind<std::uint32_t, decltype(d)> words;
  const hn::Rebind<std::uint16_t, decltype(d)> halves;
  const std::size_t lanes = hn::Lanes(d);
  auto sums = hn::Zero(d);
  std::size_t j = 0;
  for (; j + lanes <= count; j += lanes) {
    const auto bits = hn::PromoteTo(words, hn::LoadU(halves, half_bits(values + j)));
    const auto value = hn::PromoteTo(d, hn::BitCast(floats, hn::ShiftLeft<16>(bits)));
    sums = hn::MulAdd(value, value, sums);
  }
  double sum = hn::GetLane(hn::SumOfLanes(d, sums));
  for (; j < count; ++j) sum += static_cast<double>(to_float(values[j])) * static_cast<double>(to_float(values[j]));
  return sum;
}

/// coefficient / ||row||, or 0 for a zero row.
HWY_INLINE float coefficient_of_unit_row(float coefficient, const Bf16* row, std::size_t count) {
  const double squares = squared_length(row, count);
  return squares > 0 ? static_cast<float>(static_cast<double>(coefficient) / std::sqrt(squares)) : 0.0F;
}

/// to[j] += factor * from[j].
HWY_INLINE void add_scaled_row(float factor, const Bf16* from, float* to, std::size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
  const HalfKernelFloats d;
  const std::size_t lanes = hn::Lanes(d);
  const auto f = hn::Set(d, factor);
  std::size_t j = 0;
  for (; j + lanes <= count; j += lanes)
    hn::StoreU(hn::MulAdd(f, load_halves(from + j), hn::LoadU(d, to + j)), d, to + j);
  for (; j < count; ++j) to[j] += factor * to_float(from[j]);
}

}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#endif
