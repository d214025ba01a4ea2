#include <adjoin/engine/dense/cuda/rows_inl.cuh>
#include <adjoin/engine/dense/cuda/widen_inl.hpp>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>

namespace adjoin::cuda {
namespace {

/// A thread has one column, or two where rows of floats and of doubles both begin at whole vectors of two.
template <int count>
__global__ void __launch_bounds__(block_threads)
    widen_kernel(DeviceRows<const float> x, std::size_t panel_rows, double* panel) {
  const std::size_t column = (std::size_t{blockIdx.x} * blockDim.x + threadIdx.x) * count;
  if (column >= x.columns) return;
  const std::size_t step = std::size_t{gridDim.y} * blockDim.y;
  for (std::size_t row = std::size_t{blockIdx.y} * blockDim.y + threadIdx.y; row < panel_rows; row += step) {
    double* const to = panel + row * x.columns + column;
    if constexpr (count == 2) {
      float2 two = make_float2(0, 0);
      if (row < x.count) two = *reinterpret_cast<const float2*>(x.at(row, column));
      *reinterpret_cast<double2*>(to) = make_double2(static_cast<double>(two.x), static_cast<double>(two.y));
    } else {
      *to = row < x.count ? static_cast<double>(*x.at(row, column)) : 0.0;
    }
  }
}

__global__ void __launch_bounds__(block_threads)
    add_parts_kernel(const double* parts, std::size_t part_count, std::size_t size, double* sums) {
  const std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i >= size) return;
  double sum = 0;
#pragma unroll 8
  for (std::size_t part = 0; part < part_count; ++part) sum += parts[part * size + i];
  sums[i] = sum;
}

}  // namespace

void widen_rows(CudaContext& context, MatrixView<const float, Cuda> x, std::size_t panel_rows, double* panel) {
  const bool pairs = in_vectors(x) && x.columns() % 2 == 0;
  const LaunchShape shape = columns_shape(context, panel_rows, x.columns(), pairs ? 2 : 1);
  const auto kernel = pairs ? widen_kernel<2> : widen_kernel<1>;
  kernel<<<shape.grid, shape.block, 0, context.stream()>>>(DeviceRows<const float>(x), panel_rows, panel);
  check_launch("widen_rows");
}

void add_parts(CudaContext& context, const double* parts, std::size_t part_count, std::size_t size, double* sums) {
  const auto blocks = static_cast<unsigned>(parts_of(size, block_threads));
  add_parts_kernel<<<blocks, block_threads, 0, context.stream()>>>(parts, part_count, size, sums);
  check_launch("add_parts");
}

}  // namespace adjoin::cuda
