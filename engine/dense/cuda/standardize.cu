// standardize_columns on a GPU: the matrix is read twice and written once.
//
// A block adds up a stripe of columns over a run of rows; a thread keeps its columns, so that sums stay in registers. A
// block's sums go to a buffer, and one more kernel adds those up in order.
#include <adjoin/engine/dense/cuda/rows_inl.cuh>
#include <adjoin/engine/dense/cuda/rowwise.hpp>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>

namespace adjoin {
namespace cuda {
namespace {

constexpr std::uint64_t none = ~std::uint64_t{0};

/// Of the rows that count: the first, or `none`, and their number.
struct Counted {
  std::uint64_t first;
  std::uint64_t number;
};

__global__ void set_kernel(Counted* to, Counted value) {
  *to = value;
}

/// Before it, first is `none` and number 0. The least and the sum of whole numbers do not depend on the order.
__global__ void __launch_bounds__(block_threads)
    count_kernel(const std::uint8_t* skip, std::size_t rows, unsigned long long* first, unsigned long long* number) {
  unsigned long long least = none;
  unsigned long long seen = 0;
  const std::size_t step = std::size_t{gridDim.x} * blockDim.x;
  for (std::size_t row = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; row < rows; row += step) {
    if (skip[row] != 0) continue;
    if (least == none) least = row;  // rows grow
    ++seen;
  }
  seen = sum_of_warp(seen);
  for (int offset = warp_size / 2; offset > 0; offset /= 2) {
    const unsigned long long other = __shfl_xor_sync(all_lanes, least, offset);
    least = other < least ? other : least;
  }
  if (threadIdx.x % warp_size == 0 && seen > 0) {
    atomicMin(first, least);
    atomicAdd(number, seen);
  }
}

/// Rows whose loads are under way at once.
constexpr int batch = 4;

/// Adds to sums what x_ij minus that of the center's row is, and to squares its square, for the rows [begin, end) that
/// count and that this thread has. whole: all of the thread's columns are of the matrix, so that no load waits for a
/// question about it.
template <int count, bool whole>
__device__ void add_moments(const DeviceRows<const float>& x, const std::uint8_t* skip, std::size_t center_row,
                            std::size_t column, std::size_t begin, std::size_t end, double (&sums)[count],
                            double (&squares)[count]) {
  const std::size_t left = whole ? count : x.columns - column;
  float center[count];
  load_values(x.at(center_row, column), left, center);
  for (std::size_t first = begin + threadIdx.y; first < end; first += std::size_t{batch} * blockDim.y) {
    float values[batch][count];
    bool counts[batch];
#pragma unroll
    for (int b = 0; b < batch; ++b) {
      const std::size_t row = first + std::size_t{blockDim.y} * b;
      const std::size_t there = min(row, end - 1);  // past the end the last row is read in vain
      load_values(x.at(there, column), left, values[b]);
      counts[b] = row < end && (skip == nullptr || skip[there] == 0);
    }
#pragma unroll
    for (int b = 0; b < batch; ++b) {
      if (!counts[b]) continue;
#pragma unroll
      for (int k = 0; k < count; ++k) {
        const double difference = static_cast<double>(values[b][k]) - static_cast<double>(center[k]);
        sums[k] += difference;
        squares[k] = fma(difference, difference, squares[k]);
      }
    }
  }
}

/// partial[blockIdx.y][j] = the sum over the block's rows of x_ij minus that of the first row that counts, and
/// partial[blockIdx.y][columns + j] that of its square.
template <int count>
__global__ void __launch_bounds__(block_threads)
    moments_kernel(DeviceRows<const float> x, const std::uint8_t* skip, const Counted* counted,
                   std::size_t rows_per_block, double* partial) {
  __shared__ double of_threads[2 * count][block_threads];
  const std::uint64_t center_row = counted->first;
  if (center_row == none) return;
  const std::size_t column = (std::size_t{blockIdx.x} * blockDim.x + threadIdx.x) * count;
  const std::size_t begin = std::size_t{blockIdx.y} * rows_per_block;
  const std::size_t end = min(x.count, begin + rows_per_block);
  double sums[count];
  double squares[count];
#pragma unroll
  for (int k = 0; k < count; ++k) sums[k] = squares[k] = 0;
  if (column + count <= x.columns) {
    add_moments<count, true>(x, skip, center_row, column, begin, end, sums, squares);
  } else if (column < x.columns) {
    add_moments<count, false>(x, skip, center_row, column, begin, end, sums, squares);
  }
  const unsigned thread = threadIdx.y * blockDim.x + threadIdx.x;
#pragma unroll
  for (int k = 0; k < count; ++k) {
    of_threads[k][thread] = sums[k];
    of_threads[count + k][thread] = squares[k];
  }
  __syncthreads();
  if (threadIdx.y != 0 || column >= x.columns) return;
  double* const to = partial + std::size_t{blockIdx.y} * 2 * x.columns;
#pragma unroll
  for (int k = 0; k < count; ++k) {
    if (k >= x.columns - column) break;
    double sum = 0;
    double square = 0;
    for (unsigned y = 0; y < blockDim.y; ++y) {
      sum += of_threads[k][y * blockDim.x + threadIdx.x];
      square += of_threads[count + k][y * blockDim.x + threadIdx.x];
    }
    to[column + k] = sum;
    to[x.columns + column + k] = square;
  }
}

constexpr unsigned finish_slices = 16;

/// What is taken from a column and what it is multiplied by: shift_and_scale[j] and shift_and_scale[columns + j]. A
/// block of 32 columns; each of its rows of threads adds up a part of the blocks' sums.
__global__ void __launch_bounds__(warp_size* finish_slices)
    finish_kernel(DeviceRows<const float> x, const Counted* counted, std::size_t blocks, const double* partial,
                  float* shift_and_scale) {
  __shared__ double of_slices[2][finish_slices][warp_size];
  const Counted rows = *counted;
  if (rows.first == none) return;
  const std::size_t column = std::size_t{blockIdx.x} * warp_size + threadIdx.x;
  double sum = 0;
  double square = 0;
  if (column < x.columns) {
#pragma unroll 4
    for (std::size_t block = threadIdx.y; block < blocks; block += finish_slices) {
      const double* const from = partial + block * 2 * x.columns + column;
      sum += from[0];
      square += from[x.columns];
    }
  }
  of_slices[0][threadIdx.y][threadIdx.x] = sum;
  of_slices[1][threadIdx.y][threadIdx.x] = square;
  __syncthreads();
  if (threadIdx.y != 0 || column >= x.columns) return;
  for (unsigned slice = 1; slice < finish_slices; ++slice) {
    sum += of_slices[0][slice][threadIdx.x];
    square += of_slices[1][slice][threadIdx.x];
  }
  const auto number = static_cast<double>(rows.number);
  const double offset = sum / number;
  // Two roundings, as on the CPU.
  const double variance = __dsub_rn(square / number, __dmul_rn(offset, offset));
  shift_and_scale[column] = static_cast<float>(static_cast<double>(*x.at(rows.first, column)) + offset);
  shift_and_scale[x.columns + column] = variance > 0 ? static_cast<float>(1.0 / sqrt(variance)) : 1.0F;
}

template <int count>
__global__ void __launch_bounds__(block_threads)
    shift_and_scale_kernel(DeviceRows<float> x, const std::uint8_t* skip, const Counted* counted,
                           const float* shift_and_scale) {
  if (counted->first == none) return;
  const std::size_t column = (std::size_t{blockIdx.x} * blockDim.x + threadIdx.x) * count;
  if (column >= x.columns) return;
  const std::size_t left = x.columns - column;
  float shift[count];
  float scale[count];
#pragma unroll
  for (int k = 0; k < count; ++k) {
    shift[k] = k < left ? shift_and_scale[column + k] : 0.0F;
    scale[k] = k < left ? shift_and_scale[x.columns + column + k] : 0.0F;
  }
  const std::size_t step = std::size_t{gridDim.y} * blockDim.y;
  for (std::size_t row = std::size_t{blockIdx.y} * blockDim.y + threadIdx.y; row < x.count; row += step) {
    if (skip != nullptr && skip[row] != 0) continue;
    float values[count];
    load_values(x.at(row, column), left, values);
#pragma unroll
    for (int k = 0; k < count; ++k) values[k] = (values[k] - shift[k]) * scale[k];
    store_values(values, left, x.at(row, column));
  }
}

/// Enough runs of rows for every place on a large device, few enough that their sums are small beside the matrix. By
/// the shape alone.
std::size_t row_blocks_of(std::size_t rows, std::size_t columns, std::size_t count) {
  constexpr std::size_t blocks = 2048;
  constexpr std::size_t least_rows = 64;
  const std::size_t stripes = parts_of(columns, count * warp_size);
  return std::clamp<std::size_t>(blocks / stripes, 1, parts_of(rows, least_rows));
}

DeviceArray<Counted> count_rows(CudaContext& context, const std::uint8_t* skip, std::size_t rows) {
  DeviceArray<Counted> counted(context, 1);
  // A kernel, since a copy from pageable memory waits for the stream.
  set_kernel<<<1, 1, 0, context.stream()>>>(counted.data(), skip == nullptr ? Counted{0, rows} : Counted{none, 0});
  check_launch("set_counted");
  if (skip == nullptr) return counted;
  const auto blocks = static_cast<unsigned>(
      std::min(parts_of(rows, block_threads), static_cast<std::size_t>(context.multiprocessors()) * 8));
  static_assert(sizeof(unsigned long long) == sizeof(std::uint64_t));
  auto* const words = reinterpret_cast<unsigned long long*>(counted.data());
  count_kernel<<<blocks, block_threads, 0, context.stream()>>>(skip, rows, words, words + 1);
  check_launch("count_rows");
  return counted;
}

}  // namespace
}  // namespace cuda

void standardize_columns(CudaContext& context, MatrixView<float, Cuda> x, const std::uint8_t* skip) {
  if (x.rows() == 0 || x.columns() == 0) return;
  const bool vectors = cuda::in_vectors(x);
  const std::size_t count = vectors ? 4 : 1;
  const DeviceArray<cuda::Counted> counted = cuda::count_rows(context, skip, x.rows());

  const std::size_t blocks = cuda::row_blocks_of(x.rows(), x.columns(), count);
  const std::size_t rows_per_block = cuda::parts_of(x.rows(), blocks);
  cuda::LaunchShape shape = cuda::columns_shape(x.rows(), x.columns(), count, blocks);
  shape.grid.y = static_cast<unsigned>(blocks);
  DeviceArray<double> partial(context, blocks * 2 * x.columns());
  const auto moments = vectors ? cuda::moments_kernel<4> : cuda::moments_kernel<1>;
  moments<<<shape.grid, shape.block, 0, context.stream()>>>(cuda::DeviceRows<const float>(x), skip, counted.data(),
                                                            rows_per_block, partial.data());
  cuda::check_launch("column_moments");

  DeviceArray<float> shift_and_scale(context, 2 * x.columns());
  const auto stripes = static_cast<unsigned>(cuda::parts_of(x.columns(), cuda::warp_size));
  cuda::finish_kernel<<<stripes, dim3(cuda::warp_size, cuda::finish_slices), 0, context.stream()>>>(
      cuda::DeviceRows<const float>(x), counted.data(), blocks, partial.data(), shift_and_scale.data());
  cuda::check_launch("finish_moments");

  const cuda::LaunchShape again = cuda::columns_shape(context, x.rows(), x.columns(), count);
  const auto apply = vectors ? cuda::shift_and_scale_kernel<4> : cuda::shift_and_scale_kernel<1>;
  apply<<<again.grid, again.block, 0, context.stream()>>>(cuda::DeviceRows<float>(x), skip, counted.data(),
                                                          shift_and_scale.data());
  cuda::check_launch("shift_and_scale");
}

}  // namespace adjoin
