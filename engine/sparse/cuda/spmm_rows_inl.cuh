// What a product's kernels read of X, by the type of its numbers. For .cu files only.
#pragma once

#include <cstdint>
#include <type_traits>

#include <adjoin/engine/dense/bf16.hpp>
#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>

namespace adjoin::cuda::detail {

__device__ inline void add_scaled(float weight, float x, float y, float z, float w, float4& sum) {
  sum = make_float4(fmaf(weight, x, sum.x), fmaf(weight, y, sum.y), fmaf(weight, z, sum.z), fmaf(weight, w, sum.w));
}

// What rows of X are made of. A lane has `scalars` columns of a row, which are one load.

struct FloatRows {
  static constexpr int scalars = 4;
  static constexpr bool scaled = false;
  using Loaded = float4;
  const float* data;
  std::uint32_t stride;

  __device__ void begin_at(std::uint32_t column) { data += column; }
  __device__ Loaded load(std::uint32_t row) const {
    return __ldg(reinterpret_cast<const float4*>(data + std::uint64_t{row} * stride));
  }
  __device__ static void add(float4 (&sums)[1], Loaded v, float weight) {
    add_scaled(weight, v.x, v.y, v.z, v.w, sums[0]);
  }
};

struct HalfRows {
  static constexpr int scalars = 8;
  static constexpr bool scaled = false;
  using Loaded = uint4;
  const Bf16* data;
  std::uint32_t stride;

  __device__ void begin_at(std::uint32_t column) { data += column; }
  __device__ Loaded load(std::uint32_t row) const {
    return __ldg(reinterpret_cast<const uint4*>(data + std::uint64_t{row} * stride));
  }
  __device__ static float low(std::uint32_t pair) { return __uint_as_float(pair << 16); }
  __device__ static float high(std::uint32_t pair) { return __uint_as_float(pair & 0xffff0000U); }
  __device__ static void add(float4 (&sums)[2], Loaded v, float weight) {
    add_scaled(weight, low(v.x), high(v.x), low(v.y), high(v.y), sums[0]);
    add_scaled(weight, low(v.z), high(v.z), low(v.w), high(v.w), sums[1]);
  }
};

template <class Scalar>
using DenseRows = std::conditional_t<std::is_same_v<Scalar, float>, FloatRows, HalfRows>;

/// Two bits a column, the lowest first, (minus, plus); with plus set for a minus too they are the two highest bits of
/// +2, -2 or 0 as a float, which is then multiplied by half the row's scale.
struct SignRows {
  static constexpr int scalars = static_cast<int>(SignMatrix::signs_per_word);
  static constexpr bool scaled = true;
  using Loaded = std::uint32_t;
  const std::uint32_t* codes;
  std::uint32_t stride;
  const float* row_scale;

  __device__ void begin_at(std::uint32_t column) { codes += column / scalars; }
  __device__ Loaded load(std::uint32_t row) const { return __ldg(codes + std::uint64_t{row} * stride); }
  __device__ float scale(std::uint32_t row) const { return 0.5F * __ldg(row_scale + row); }
  __device__ static float two(std::uint32_t bits, int j) { return __uint_as_float(bits << (30 - 2 * j) & 0xc0000000U); }
  __device__ static void add(float4 (&sums)[4], Loaded codes, float weight) {
    const std::uint32_t bits = codes | (codes >> 1 & 0x55555555U);
#pragma unroll
    for (int f = 0; f < 4; ++f) {
      add_scaled(weight, two(bits, 4 * f), two(bits, 4 * f + 1), two(bits, 4 * f + 2), two(bits, 4 * f + 3), sums[f]);
    }
  }
};

}  // namespace adjoin::cuda::detail
