// Counting bits fast on any processor.
#pragma once

#include <cstdint>

namespace adjoin {

/// std::popcount, in place: without the instruction that is a call into the compiler's library.
inline std::uint32_t count_bits(std::uint64_t word) noexcept {
  constexpr std::uint64_t pairs = 0x5555555555555555;
  constexpr std::uint64_t fours = 0x3333333333333333;
  constexpr std::uint64_t bytes = 0x0f0f0f0f0f0f0f0f;
  word -= word >> 1 & pairs;
  word = (word & fours) + (word >> 2 & fours);
  word = (word + (word >> 4)) & bytes;
  return static_cast<std::uint32_t>(word * 0x0101010101010101 >> 56);
}

}  // namespace adjoin
