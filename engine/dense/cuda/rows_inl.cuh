// How kernels walk over the rows of a matrix. For .cu files only.
//
// A thread works on `count` columns side by side: as many as make whole vectors of 16 bytes where every row of a matrix
// begins at a multiple of 16 bytes, and one where it does not (views into columns). The last vector of a row may reach
// past the last column; what stands there is neither read nor written.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <cuda_runtime.h>

#include <adjoin/engine/dense/cuda/vector_inl.cuh>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>

namespace adjoin::cuda {

/// A matrix as kernels see it.
template <class Scalar>
struct DeviceRows {
  explicit DeviceRows(MatrixView<Scalar, Cuda> x)
      : data(x.data()), count(x.rows()), columns(x.columns()), stride(x.stride()) {}

  Scalar* data;
  std::size_t count;
  std::size_t columns;
  std::size_t stride;

  __device__ Scalar* at(std::size_t row, std::size_t column) const { return data + row * stride + column; }
};

/// Whether every row begins at a multiple of 16 bytes.
template <class Scalar>
bool in_vectors(MatrixView<Scalar, Cuda> x) {
  const bool begins = reinterpret_cast<std::uintptr_t>(x.data()) % 16 == 0;
  return begins && (x.rows() <= 1 || x.stride() * sizeof(Scalar) % 16 == 0);
}

/// values = the numbers from `from` on, of which `left` belong to the row, and zeros. count: 1, or a multiple of 4 from
/// an aligned address (of 8 for halves).
template <int count>
__device__ inline void load_values(const float* from, std::size_t left, float (&values)[count]) {
  if constexpr (count > 1) {
    static_assert(count % 4 == 0);
    if (left >= count) {
#pragma unroll
      for (int k = 0; k < count; k += 4) {
        const float4 four = *reinterpret_cast<const float4*>(from + k);
        values[k] = four.x;
        values[k + 1] = four.y;
        values[k + 2] = four.z;
        values[k + 3] = four.w;
      }
      return;
    }
  }
#pragma unroll
  for (int k = 0; k < count; ++k) values[k] = k < left ? from[k] : 0.0F;
}

template <int count>
__device__ inline void load_values(const Bf16* from, std::size_t left, float (&values)[count]) {
  if constexpr (count > 1) {
    static_assert(count % 8 == 0);
    if (left >= count) {
#pragma unroll
      for (int k = 0; k < count; k += 8) {
        const uint4 eight = *reinterpret_cast<const uint4*>(from + k);
        const std::uint32_t words[4] = {eight.x, eight.y, eight.z, eight.w};
#pragma unroll
        for (int w = 0; w < 4; ++w) {
          values[k + 2 * w] = __uint_as_float(words[w] << 16);
          values[k + 2 * w + 1] = __uint_as_float(words[w] & 0xffff0000U);
        }
      }
      return;
    }
  }
#pragma unroll
  for (int k = 0; k < count; ++k) values[k] = k < left ? to_float_on_device(from[k]) : 0.0F;
}

template <int count>
__device__ inline void store_values(const float (&values)[count], std::size_t left, float* to) {
  if constexpr (count > 1) {
    static_assert(count % 4 == 0);
    if (left >= count) {
#pragma unroll
      for (int k = 0; k < count; k += 4) {
        *reinterpret_cast<float4*>(to + k) = make_float4(values[k], values[k + 1], values[k + 2], values[k + 3]);
      }
      return;
    }
  }
#pragma unroll
  for (int k = 0; k < count; ++k) {
    if (k < left) to[k] = values[k];
  }
}

template <int count>
__device__ inline void store_values(const float (&values)[count], std::size_t left, Bf16* to) {
  if constexpr (count > 1) {
    static_assert(count % 8 == 0);
    if (left >= count) {
#pragma unroll
      for (int k = 0; k < count; k += 8) {
        std::uint32_t words[4];
#pragma unroll
        for (int w = 0; w < 4; ++w) words[w] = pack_halves(values[k + 2 * w], values[k + 2 * w + 1]);
        *reinterpret_cast<uint4*>(to + k) = make_uint4(words[0], words[1], words[2], words[3]);
      }
      return;
    }
  }
#pragma unroll
  for (int k = 0; k < count; ++k) {
    if (k < left) to[k] = to_bf16_on_device(values[k]);
  }
}

constexpr unsigned block_threads = 256;

/// What a launch takes.
struct LaunchShape {
  dim3 grid;
  dim3 block;
};

/// The least power of two that is `least` or more, at most `most`.
inline unsigned power_of_two(std::size_t least, unsigned most) {
  unsigned power = 1;
  while (power < least && power < most) power *= 2;
  return power;
}

inline std::size_t parts_of(std::size_t whole, std::size_t part) {
  return (whole + part - 1) / part;
}

/// Threads that keep their columns from row to row. blockIdx.x and threadIdx.x stand for columns, blockIdx.y and
/// threadIdx.y for rows. columns: 1 or more; row_blocks: the most blocks that share the rows.
inline LaunchShape columns_shape(std::size_t rows, std::size_t columns, std::size_t count, std::size_t row_blocks) {
  const std::size_t units = parts_of(columns, count);
  const unsigned width = power_of_two(units, warp_size);
  const unsigned height = block_threads / width;
  const std::size_t most = std::clamp<std::size_t>(row_blocks, 1, 65'535);
  return {dim3(static_cast<unsigned>(parts_of(units, width)),
               static_cast<unsigned>(std::min(parts_of(rows, height), most))),
          dim3(width, height)};
}

/// The same for work whose results do not depend on who does it: a few blocks for each place on the device.
inline LaunchShape columns_shape(const CudaContext& context, std::size_t rows, std::size_t columns, std::size_t count) {
  const std::size_t stripes = parts_of(columns, count * warp_size);
  return columns_shape(rows, columns, count,
                       parts_of(static_cast<std::size_t>(context.multiprocessors()) * 32, stripes));
}

/// Groups of threads that have one row at a time: threadIdx.x is the place in the group, blockIdx.x and threadIdx.y are
/// the group. A group is at most a warp, or a block where rows are very long.
inline LaunchShape groups_shape(const CudaContext& context, std::size_t rows, std::size_t columns, std::size_t count) {
  constexpr std::size_t long_row_units = 16 * warp_size;
  const std::size_t units = parts_of(columns, count);
  const unsigned width = units > long_row_units ? block_threads : power_of_two(units, warp_size);
  const unsigned height = block_threads / width;
  const std::size_t most = static_cast<std::size_t>(context.multiprocessors()) * 32;
  return {dim3(static_cast<unsigned>(std::min(parts_of(rows, height), most))), dim3(width, height)};
}

/// The sum over the group of groups_shape in each of its threads; the whole block has to call it. The order of the sum
/// depends on the width of a group alone.
template <class Number>
__device__ inline Number sum_of_group(Number value) {
  const unsigned width = blockDim.x;
  for (unsigned offset = min(width, static_cast<unsigned>(warp_size)) / 2; offset > 0; offset /= 2) {
    value += __shfl_xor_sync(all_lanes, value, offset);
  }
  if (width <= warp_size) return value;
  __shared__ Number of_warps[block_threads / warp_size];
  if (threadIdx.x % warp_size == 0) of_warps[threadIdx.x / warp_size] = value;
  __syncthreads();
  value = of_warps[0];
  for (unsigned warp = 1; warp < width / warp_size; ++warp) value += of_warps[warp];
  __syncthreads();  // before the next row's sums are written
  return value;
}

}  // namespace adjoin::cuda
