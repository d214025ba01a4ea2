// Masks of random bits, one an entry of a row, and rows multiplied by them: dropout's inner part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/runtime/random.hpp>

namespace adjoin {

/// Bytes of a mask for this many entries.
constexpr std::size_t mask_bytes(std::size_t entries) noexcept {
  return (entries + 7) / 8;
}

/// Bit j mod 8 of bits[j / 8] becomes 1 where word j mod 4 of philox(seed, stream, key, j / 4) is `threshold` at least.
/// On the calling thread, for use inside chunks. The same bits at every instruction level.
void draw_mask(std::uint64_t seed, RandomStream stream, std::uint64_t key, std::uint32_t threshold,
               std::span<std::uint8_t> bits) noexcept;

/// to[j] = factor * from[j] where the bit is 1 and 0 elsewhere, or with `add` to[j] += that. bits: mask_bytes of the
/// number of entries. On the calling thread.
void multiply_masked(const std::uint8_t* bits, float factor, std::span<const float> from, bool add, float* to) noexcept;

}  // namespace adjoin
