// A number in 16 bits: the upper half of a 32-bit float, so with its range and 8 bits of precision instead of 24.
// Sums over neighbours are bound by the bytes they gather, and an embedding is not exact to three digits anyway.
#pragma once

#include <bit>
#include <cstdint>

namespace adjoin {

/// A bfloat16: sign, 8 bits of exponent, 7 of mantissa. A type of its own, so that nothing computes with its bits by
/// accident: it is stored and converted, arithmetic is in float.
enum class Bf16 : std::uint16_t {};

/// Exact.
constexpr float to_float(Bf16 value) noexcept {
  return std::bit_cast<float>(std::uint32_t{static_cast<std::uint16_t>(value)} << 16);
}

/// The nearest bfloat16, of two as near the one whose last bit is 0: at most 2^-8 away, relatively. What is beyond the
/// largest becomes infinite, as for float; infinity stays, and so does NaN, with its sign.
constexpr Bf16 to_bf16(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fff'ffffU) > 0x7f80'0000U) return static_cast<Bf16>((bits | 0x0040'0000U) >> 16);  // a quiet NaN
  return static_cast<Bf16>((bits + 0x7fffU + (bits >> 16 & 1U)) >> 16);
}

}  // namespace adjoin
