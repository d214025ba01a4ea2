// What kernels share: vectors of 16 bytes, bfloat16, sums over a warp. For .cu files only.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/dense/bf16.hpp>

namespace adjoin::cuda {

constexpr unsigned all_lanes = 0xffffffffU;
constexpr int warp_size = 32;

__device__ inline float to_float_on_device(Bf16 value) {
  return __uint_as_float(static_cast<std::uint32_t>(value) << 16);
}

/// to_bf16, bit for bit.
__device__ inline Bf16 to_bf16_on_device(float value) {
  const std::uint32_t bits = __float_as_uint(value);
  if ((bits & 0x7fffffffU) > 0x7f800000U) return static_cast<Bf16>((bits | 0x00400000U) >> 16);
  return static_cast<Bf16>((bits + 0x7fffU + (bits >> 16 & 1U)) >> 16);
}

/// Two numbers as neighbours in memory are: the first in the lower half.
__device__ inline std::uint32_t pack_halves(float first, float second) {
  return static_cast<std::uint32_t>(to_bf16_on_device(first)) | static_cast<std::uint32_t>(to_bf16_on_device(second))
                                                                    << 16;
}

__device__ inline float load_as_float(const float* from) {
  return *from;
}
__device__ inline float load_as_float(const Bf16* from) {
  return to_float_on_device(*from);
}
__device__ inline void store_float(float value, float* to) {
  *to = value;
}
__device__ inline void store_float(float value, Bf16* to) {
  *to = to_bf16_on_device(value);
}

/// The same sum in every lane, added in the same order whatever the timing.
template <class Number>
__device__ inline Number sum_of_warp(Number value) {
  for (int offset = warp_size / 2; offset > 0; offset /= 2) value += __shfl_xor_sync(all_lanes, value, offset);
  return value;
}

}  // namespace adjoin::cuda
