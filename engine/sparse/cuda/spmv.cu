#include <algorithm>
#include <bit>

#include <adjoin/engine/dense/cuda/vector_inl.cuh>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/sparse/cuda/spmv.hpp>

namespace adjoin {
namespace {

using cuda::all_lanes;
using cuda::sum_of_warp;
using cuda::warp_size;

constexpr unsigned threads_per_block = 256;
constexpr unsigned most_lanes = warp_size;
constexpr unsigned fewest_lanes = 4;

struct Entries {
  const NodeId* targets;
  const float* weights;  // nullptr: ones
};

/// What an entry is multiplied by.
template <class Scalar>
struct FromVector {
  const Scalar* x;
  __device__ double operator()(NodeId target) const {
    return static_cast<double>(x[static_cast<std::uint32_t>(target)]);
  }
};
struct One {
  __device__ double operator()(NodeId) const { return 1; }
};

/// The sum of the entries first + lane, first + lane + lanes, ... before `end`.
template <class ValueOf>
__device__ double sum_of_lane(const Entries& a, std::uint64_t first, std::uint64_t end, unsigned lane, unsigned lanes,
                              const ValueOf& value_of) {
  double sum = 0;
  if (a.weights == nullptr) {
#pragma unroll 4
    for (std::uint64_t e = first + lane; e < end; e += lanes) sum += value_of(a.targets[e]);
  } else {
#pragma unroll 4
    for (std::uint64_t e = first + lane; e < end; e += lanes) {
      sum += static_cast<double>(a.weights[e]) * value_of(a.targets[e]);
    }
  }
  return sum;
}

/// `lanes` lanes of a warp sum one row, those of more than `longest` entries left out.
template <class ValueOf, class Scalar>
__global__ void __launch_bounds__(threads_per_block)
    sum_rows_kernel(std::uint64_t row_count, const EdgeOffset* __restrict__ offsets, Entries a, unsigned lanes,
                    std::uint64_t longest, ValueOf value_of, Scalar* __restrict__ out) {
  const std::uint64_t thread = std::uint64_t{blockIdx.x} * threads_per_block + threadIdx.x;
  const std::uint64_t row = thread / lanes;
  const unsigned lane = threadIdx.x & (lanes - 1);
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  if (row < row_count) {
    begin = static_cast<std::uint64_t>(offsets[row]);
    end = static_cast<std::uint64_t>(offsets[row + 1]);
  }
  const bool is_mine = row < row_count && end - begin <= longest;
  double sum = is_mine ? sum_of_lane(a, begin, end, lane, lanes, value_of) : 0.0;
  for (unsigned offset = lanes / 2; offset > 0; offset /= 2) {
    sum += __shfl_xor_sync(all_lanes, sum, static_cast<int>(offset));
  }
  if (is_mine && lane == 0) out[row] = static_cast<Scalar>(sum);
}

/// A warp a segment of the long rows.
template <class ValueOf>
__global__ void __launch_bounds__(threads_per_block)
    sum_segments_kernel(LongRows::View rows, Entries a, ValueOf value_of, double* __restrict__ sums) {
  const std::uint64_t segment = (std::uint64_t{blockIdx.x} * threads_per_block + threadIdx.x) / warp_size;
  if (segment >= rows.segment_count) return;  // all lanes of a warp alike
  const unsigned lane = threadIdx.x % warp_size;
  const std::uint64_t begin = rows.segment_begin[segment];
  double sum = sum_of_lane(a, begin, begin + rows.segment_size[segment], lane, warp_size, value_of);
  sum = sum_of_warp(sum);
  if (lane == 0) sums[segment] = sum;
}

/// A warp a long row: the sums of its segments.
template <class Scalar>
__global__ void __launch_bounds__(threads_per_block)
    join_segments_kernel(LongRows::View rows, const double* __restrict__ sums, Scalar* __restrict__ out) {
  const std::uint64_t row = (std::uint64_t{blockIdx.x} * threads_per_block + threadIdx.x) / warp_size;
  if (row >= rows.row_count) return;  // all lanes of a warp alike
  const unsigned lane = threadIdx.x % warp_size;
  const std::uint32_t end = rows.first_segment[row + 1];
  double sum = 0;
  for (std::uint32_t s = rows.first_segment[row] + lane; s < end; s += warp_size) sum += sums[s];
  sum = sum_of_warp(sum);
  if (lane == 0) out[rows.rows[row]] = static_cast<Scalar>(sum);
}

template <class Scalar>
__global__ void __launch_bounds__(threads_per_block)
    row_sizes_kernel(std::uint64_t row_count, const EdgeOffset* __restrict__ offsets, Scalar* __restrict__ out) {
  const std::uint64_t row = std::uint64_t{blockIdx.x} * threads_per_block + threadIdx.x;
  if (row >= row_count) return;
  out[row] =
      static_cast<Scalar>(static_cast<std::uint64_t>(offsets[row + 1]) - static_cast<std::uint64_t>(offsets[row]));
}

unsigned blocks_of(std::uint64_t threads) {
  return static_cast<unsigned>((threads + threads_per_block - 1) / threads_per_block);
}

/// About half as many lanes as a row has entries, so that few of them idle.
unsigned lanes_for(const CudaCsr& a) {
  const std::uint64_t mean = a.nonzero_count() / a.row_count();
  return std::clamp(static_cast<unsigned>(std::bit_ceil(std::min<std::uint64_t>(mean / 2, most_lanes))), fewest_lanes,
                    most_lanes);
}

template <class ValueOf, class Scalar>
void sum_rows(CudaContext& context, const CudaCsr& a, const LongRows& long_rows, ValueOf value_of, Scalar* out) {
  if (a.row_count() == 0) return;
  const BasicCsrView<Cuda> view = a.view();
  const Entries entries{view.targets.data(), a.weighted() ? view.weights.data() : nullptr};
  const unsigned lanes = lanes_for(a);
  sum_rows_kernel<<<blocks_of(std::uint64_t{a.row_count()} * lanes), threads_per_block, 0, context.stream()>>>(
      a.row_count(), view.offsets.data(), entries, lanes, LongRows::segment_entries, value_of, out);
  cuda::check_launch("sum_rows_kernel");
  const LongRows::View rows = long_rows.view();
  if (rows.row_count == 0) return;
  DeviceArray<double> sums(context, rows.segment_count);
  sum_segments_kernel<<<blocks_of(std::uint64_t{rows.segment_count} * warp_size), threads_per_block, 0,
                        context.stream()>>>(rows, entries, value_of, sums.data());
  cuda::check_launch("sum_segments_kernel");
  join_segments_kernel<<<blocks_of(std::uint64_t{rows.row_count} * warp_size), threads_per_block, 0,
                         context.stream()>>>(rows, sums.data(), out);
  cuda::check_launch("join_segments_kernel");
}

}  // namespace

void spmv(CudaContext& context, const CudaCsr& a, const LongRows& long_rows, const float* x, float* y) {
  sum_rows(context, a, long_rows, FromVector<float>{x}, y);
}

void spmv(CudaContext& context, const CudaCsr& a, const LongRows& long_rows, const double* x, double* y) {
  sum_rows(context, a, long_rows, FromVector<double>{x}, y);
}

void row_sums(CudaContext& context, const CudaCsr& a, const LongRows& long_rows, float* sums) {
  if (a.weighted()) {
    sum_rows(context, a, long_rows, One{}, sums);
  } else if (a.row_count() > 0) {
    row_sizes_kernel<<<blocks_of(a.row_count()), threads_per_block, 0, context.stream()>>>(
        a.row_count(), a.view().offsets.data(), sums);
    cuda::check_launch("row_sizes_kernel");
  }
}

}  // namespace adjoin
