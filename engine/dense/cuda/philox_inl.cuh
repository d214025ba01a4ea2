// Philox4x32-10 on a GPU. For .cu files only.
#pragma once

#include <cstdint>

#include <adjoin/engine/runtime/random.hpp>

namespace adjoin::cuda {

/// The four words of philox() in runtime/random.hpp, bit for bit.
__device__ inline uint4 philox_on_device(std::uint64_t seed, RandomStream stream, std::uint64_t key,
                                         std::uint32_t counter) {
  // Multipliers and Weyl increments (Salmon et al. 2011, table 2).
  constexpr std::uint32_t multipliers[2] = {0xD2511F53, 0xCD9E8D57};
  constexpr std::uint32_t weyl[2] = {0x9E3779B9, 0xBB67AE85};
  std::uint32_t c0 = counter;
  std::uint32_t c1 = static_cast<std::uint32_t>(stream);
  std::uint32_t c2 = static_cast<std::uint32_t>(key);
  std::uint32_t c3 = static_cast<std::uint32_t>(key >> 32);
  std::uint32_t k0 = static_cast<std::uint32_t>(seed);
  std::uint32_t k1 = static_cast<std::uint32_t>(seed >> 32);
#pragma unroll
  for (int round = 0; round < 10; ++round) {
    const std::uint32_t high0 = __umulhi(c0, multipliers[0]);
    const std::uint32_t low0 = c0 * multipliers[0];
    const std::uint32_t high1 = __umulhi(c2, multipliers[1]);
    const std::uint32_t low1 = c2 * multipliers[1];
    c0 = high1 ^ c1 ^ k0;
    c2 = high0 ^ c3 ^ k1;
    c1 = low1;
    c3 = low0;
    k0 += weyl[0];
    k1 += weyl[1];
  }
  return make_uint4(c0, c1, c2, c3);
}

}  // namespace adjoin::cuda
