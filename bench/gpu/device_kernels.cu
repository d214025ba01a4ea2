#include <algorithm>
#include <bit>
#include <limits>
#include <stdexcept>

#include <adjoin/engine/dense/cuda/vector_inl.cuh>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/runtime/cuda/device_array.hpp>

#include "device_kernels.hpp"
#include "drawn_numbers.hpp"

namespace gpu_bench {
namespace {

using namespace adjoin;

constexpr unsigned block_threads = 256;

template <class Scalar>
__global__ void numbers_kernel(Scalar* values, std::size_t count) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.x;
  for (std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count; i += step) {
    cuda::store_float(drawn_number(i), values + i);
  }
}

template <class Scalar>
__global__ void ones_kernel(Scalar* values, std::size_t count) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.x;
  for (std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count; i += step) {
    cuda::store_float(1.0F, values + i);
  }
}

constexpr unsigned gather_loads = 8;  // in flight for each thread
constexpr std::size_t gather_block_bytes = std::size_t{block_threads} * gather_loads * sizeof(uint4);

/// A block reads block_threads * gather_loads vectors of 16 bytes; neighbouring threads read one row together.
template <unsigned row_vectors>
__global__ void gather_kernel(const uint4* rows, std::uint32_t row_mask, std::uint32_t* sink) {
  uint4 loaded[gather_loads];
  const std::size_t first = std::size_t{blockIdx.x} * (block_threads * gather_loads) + threadIdx.x;
#pragma unroll
  for (unsigned load = 0; load < gather_loads; ++load) {
    const std::size_t vector = first + load * block_threads;
    const std::size_t row = scattered(vector / row_vectors) & row_mask;
    loaded[load] = __ldg(rows + row * row_vectors + vector % row_vectors);
  }
  uint4 folded = loaded[0];
#pragma unroll
  for (unsigned load = 1; load < gather_loads; ++load) {
    folded.x ^= loaded[load].x;
    folded.y ^= loaded[load].y;
    folded.z ^= loaded[load].z;
    folded.w ^= loaded[load].w;
  }
  // All four at once never happens, but the compiler cannot know, and so has to load.
  if (folded.x == 0x1357'9bdfU && folded.y == 0x2468'ace0U && folded.z == 0x0f1e'2d3cU && folded.w == 0x4b5a'6978U) {
    *sink = folded.x;
  }
}

/// What a kernel sees of a matrix.
template <class Scalar>
struct Rows {
  const Scalar* data;
  std::size_t stride;
};

template <class Scalar>
__global__ void difference_kernel(Rows<Scalar> a, Rows<Scalar> b, std::size_t rows, std::size_t columns,
                                  std::uint32_t* largest) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.x;
  float most = 0;
  for (std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; i < rows * columns; i += step) {
    const std::size_t row = i / columns;
    const std::size_t column = i % columns;
    const float x = cuda::load_as_float(a.data + row * a.stride + column);
    const float y = cuda::load_as_float(b.data + row * b.stride + column);
    if (x == y) continue;
    const float difference = fabsf(x - y) / fmaxf(fabsf(x), fabsf(y));
    most = fmaxf(most, difference >= 0 ? difference : std::numeric_limits<float>::infinity());  // NaN is not >= 0
  }
  // Numbers that are not negative are in the order of their bits, and the largest is the same in any order.
  if (most > 0) atomicMax(largest, __float_as_uint(most));
}

unsigned blocks_for(const CudaContext& device, std::size_t count) {
  const std::size_t most = 16 * static_cast<std::size_t>(device.multiprocessors());
  return static_cast<unsigned>(std::min(most, (count + block_threads - 1) / block_threads));
}

template <class Scalar>
void fill_numbers_of(CudaContext& device, Scalar* values, std::size_t count) {
  if (count == 0) return;
  numbers_kernel<<<blocks_for(device, count), block_threads, 0, device.stream()>>>(values, count);
  cuda::check_launch("numbers_kernel");
}

template <class Scalar>
void fill_ones_of(CudaContext& device, Scalar* values, std::size_t count) {
  if (count == 0) return;
  ones_kernel<<<blocks_for(device, count), block_threads, 0, device.stream()>>>(values, count);
  cuda::check_launch("ones_kernel");
}

template <unsigned row_vectors>
void gather(CudaContext& device, const void* rows, std::size_t bytes, std::uint32_t* sink) {
  const std::size_t row_count = bytes / (row_vectors * sizeof(uint4));
  gather_kernel<row_vectors><<<static_cast<unsigned>(bytes / gather_block_bytes), block_threads, 0, device.stream()>>>(
      static_cast<const uint4*>(rows), static_cast<std::uint32_t>(row_count - 1), sink);
  cuda::check_launch("gather_kernel");
}

template <class Scalar>
double difference_of(CudaContext& device, MatrixView<const Scalar, Cuda> a, MatrixView<const Scalar, Cuda> b) {
  if (a.rows() * a.columns() == 0) return 0;
  DeviceArray<std::uint32_t> largest(device, 1);
  cuda::check("cudaMemsetAsync", cudaMemsetAsync(largest.data(), 0, largest.bytes(), device.stream()));
  difference_kernel<Scalar><<<blocks_for(device, a.rows() * a.columns()), block_threads, 0, device.stream()>>>(
      Rows<Scalar>{a.data(), a.stride()}, Rows<Scalar>{b.data(), b.stride()}, a.rows(), a.columns(), largest.data());
  cuda::check_launch("difference_kernel");
  std::uint32_t bits = 0;
  cuda::check("cudaMemcpyAsync",
              cudaMemcpyAsync(&bits, largest.data(), sizeof bits, cudaMemcpyDeviceToHost, device.stream()));
  device.wait();
  return static_cast<double>(std::bit_cast<float>(bits));
}

}  // namespace

void fill_numbers(CudaContext& device, float* values, std::size_t count) {
  fill_numbers_of(device, values, count);
}
void fill_numbers(CudaContext& device, Bf16* values, std::size_t count) {
  fill_numbers_of(device, values, count);
}
void fill_ones(CudaContext& device, float* values, std::size_t count) {
  fill_ones_of(device, values, count);
}
void fill_ones(CudaContext& device, Bf16* values, std::size_t count) {
  fill_ones_of(device, values, count);
}

void gather_rows(CudaContext& device, const void* rows, std::size_t bytes, std::size_t row_bytes, std::uint32_t* sink) {
  if (!std::has_single_bit(bytes) || bytes < gather_block_bytes) throw std::invalid_argument("bytes of gather_rows");
  switch (row_bytes) {
    case 128:
      return gather<8>(device, rows, bytes, sink);
    case 256:
      return gather<16>(device, rows, bytes, sink);
    case 512:
      return gather<32>(device, rows, bytes, sink);
    case 1024:
      return gather<64>(device, rows, bytes, sink);
    default:
      throw std::invalid_argument("row_bytes of gather_rows");
  }
}

double largest_difference(CudaContext& device, MatrixView<const float, Cuda> a, MatrixView<const float, Cuda> b) {
  return difference_of(device, a, b);
}
double largest_difference(CudaContext& device, MatrixView<const Bf16, Cuda> a, MatrixView<const Bf16, Cuda> b) {
  return difference_of(device, a, b);
}

}  // namespace gpu_bench
