// Philox4x32-10 over several counters at once, for the *_hwy.cpp files that need it. Included once for each instruction
// level, after <hwy/highway.h>: not a header on its own. Nothing where vectors have one lane; philox() is for those.
#if defined(ADJOIN_DENSE_PHILOX) == defined(HWY_TARGET_TOGGLE)
#ifdef ADJOIN_DENSE_PHILOX
#undef ADJOIN_DENSE_PHILOX
#else
#define ADJOIN_DENSE_PHILOX
#endif

#include <cstdint>

#include <hwy/highway.h>

#include <adjoin/engine/runtime/random.hpp>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
#if HWY_TARGET != HWY_SCALAR

/// The high and the low halves of the 64-bit products of every lane with `multiplier`.
template <class Vector>
HWY_INLINE void multiply_wide(Vector a, std::uint32_t multiplier, Vector& high, Vector& low) {
  namespace hn = hwy::HWY_NAMESPACE;
  using Words = hn::ScalableTag<std::uint32_t>;
  const Words d;
  const hn::RepartitionToWide<Words> wide;
  const Vector m = hn::Set(d, multiplier);
  const auto even = hn::MulEven(a, m);
  const auto odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, a))), m);
  low = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even));
  high = hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even)));
}

/// Lane k of words[w] becomes word w of philox(seed, stream, key, counter + k), bit for bit.
template <class Vector>
HWY_INLINE void philox_lanes(std::uint64_t seed, RandomStream stream, std::uint64_t key, std::uint32_t counter,
                             Vector (&words)[4]) {
  namespace hn = hwy::HWY_NAMESPACE;
  // Multipliers and Weyl increments (Salmon et al. 2011, table 2).
  constexpr std::uint32_t multipliers[2] = {0xD2511F53, 0xCD9E8D57};
  constexpr std::uint32_t weyl[2] = {0x9E3779B9, 0xBB67AE85};
  const hn::ScalableTag<std::uint32_t> d;
  Vector c0 = hn::Iota(d, counter);
  Vector c1 = hn::Set(d, static_cast<std::uint32_t>(stream));
  Vector c2 = hn::Set(d, static_cast<std::uint32_t>(key));
  Vector c3 = hn::Set(d, static_cast<std::uint32_t>(key >> 32));
  auto k0 = static_cast<std::uint32_t>(seed);
  auto k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    Vector high0 = c0;
    Vector low0 = c0;
    Vector high1 = c2;
    Vector low1 = c2;
    multiply_wide(c0, multipliers[0], high0, low0);
    multiply_wide(c2, multipliers[1], high1, low1);
    c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(d, k0));
    c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(d, k1));
    c1 = low1;
    c3 = low0;
    k0 += weyl[0];
    k1 += weyl[1];
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

#endif
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#endif
