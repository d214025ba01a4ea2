// What a .cu file needs to be compiled for the processor, once as_cpp.py has made a .cpp of it: the words, built-in
// variables and functions of CUDA C++ that adjoin's kernels use, over lanes.hpp.
#pragma once

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <cuda_runtime.h>

#include "lanes.hpp"
#include "launch.hpp"

#undef __device__
#undef __global__
#undef __host__
#undef __launch_bounds__
#define __device__
#define __global__
#define __host__
#define __launch_bounds__(...)

#define threadIdx (emulated::place().thread)
#define blockIdx (emulated::place().block)
#define blockDim (emulated::place().block_size)
#define gridDim (emulated::place().grid_size)

/// As CUDA C++ has it, for kernels.
template <class... Parameters>
cudaError_t cudaFuncSetAttribute(void (*kernel)(Parameters...), cudaFuncAttribute attribute, int value) {
  return cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel), attribute, value);
}

// Exchanges and barriers.

namespace emulated {

template <class Value>
std::uint64_t to_bits(Value value) {
  static_assert(sizeof(Value) <= sizeof(std::uint64_t) && std::is_trivially_copyable_v<Value>);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(Value));
  return bits;
}

template <class Value>
Value from_bits(std::uint64_t bits) {
  Value value;
  std::memcpy(&value, &bits, sizeof(Value));
  return value;
}

/// Every kernel of adjoin's exchanges with whole warps.
inline void need_all_lanes(unsigned mask) {
  if (mask != 0xffffffffU) stop("a mask of lanes that is not all of them is not emulated");
}

template <class Value>
Value value_of_lane(unsigned mask, Value value, unsigned lane) {
  need_all_lanes(mask);
  const Exchanged all = meet_warp(Meeting::exchange, to_bits(value));
  const bool present = (all.present >> lane & 1U) != 0;
  return from_bits<Value>(present ? all.values[lane] : 0xa5a5a5a5a5a5a5a5ULL);  // undefined, and not by chance right
}

inline unsigned lane() {
  const Place& at = place();
  return ((at.thread.z * at.block_size.y + at.thread.y) * at.block_size.x + at.thread.x) % warp_size;
}

}  // namespace emulated

template <class Value>
Value __shfl_sync(unsigned mask, Value value, int lane) {
  return emulated::value_of_lane(mask, value, static_cast<unsigned>(lane) % emulated::warp_size);
}
template <class Value>
Value __shfl_xor_sync(unsigned mask, Value value, int offset) {
  return emulated::value_of_lane(mask, value, (emulated::lane() ^ static_cast<unsigned>(offset)) % emulated::warp_size);
}
inline int __all_sync(unsigned mask, int predicate) {
  emulated::need_all_lanes(mask);
  const emulated::Exchanged all = emulated::meet_warp(emulated::Meeting::vote, predicate != 0 ? 1 : 0);
  for (unsigned lane = 0; lane < emulated::warp_size; ++lane) {
    if ((all.present >> lane & 1U) != 0 && all.values[lane] == 0) return 0;
  }
  return 1;
}
inline void __syncthreads() {
  emulated::meet_block(false);
}
inline int __syncthreads_or(int predicate) {
  return emulated::meet_block(predicate != 0) ? 1 : 0;
}

// Atomic operations: one thread of the processor runs all.

template <class Value>
Value atomicAdd(Value* to, std::type_identity_t<Value> value) {
  const Value before = *to;
  *to = before + value;
  return before;
}
template <class Value>
Value atomicMin(Value* to, std::type_identity_t<Value> value) {
  const Value before = *to;
  *to = std::min(before, value);
  return before;
}
template <class Value>
Value atomicMax(Value* to, std::type_identity_t<Value> value) {
  const Value before = *to;
  *to = std::max(before, value);
  return before;
}

// Loads and stores that name a cache, and arithmetic.

template <class Value>
Value __ldg(const Value* from) {
  return *from;
}
template <class Value>
Value __ldcs(const Value* from) {
  return *from;
}
template <class Value>
void __stcs(Value* to, std::type_identity_t<Value> value) {
  *to = value;
}

inline float __uint_as_float(unsigned bits) {
  return std::bit_cast<float>(bits);
}
inline unsigned __float_as_uint(float value) {
  return std::bit_cast<unsigned>(value);
}
inline float __uint2float_rn(unsigned value) {
  return static_cast<float>(value);
}
inline unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>(std::uint64_t{a} * b >> 32);
}
inline int __popc(unsigned value) {
  return std::popcount(value);
}
inline double __dmul_rn(double a, double b) {
  return a * b;
}
inline double __dsub_rn(double a, double b) {
  return a - b;
}
inline void sincospif(float x, float* sine, float* cosine) {
  *sine = static_cast<float>(std::sin(static_cast<double>(x) * M_PI));
  *cosine = static_cast<float>(std::cos(static_cast<double>(x) * M_PI));
}

template <class A, class B>
constexpr std::common_type_t<A, B> min(A a, B b) {
  return a < b ? std::common_type_t<A, B>(a) : std::common_type_t<A, B>(b);
}
template <class A, class B>
constexpr std::common_type_t<A, B> max(A a, B b) {
  return a < b ? std::common_type_t<A, B>(b) : std::common_type_t<A, B>(a);
}
