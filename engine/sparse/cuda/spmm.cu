#include <type_traits>

#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/sparse/cuda/spmm.hpp>
#include <adjoin/engine/sparse/cuda/spmm_hot_inl.hpp>
#include <adjoin/engine/sparse/cuda/spmm_rows_inl.cuh>
#include <adjoin/engine/sparse/cuda/spmm_work_inl.cuh>

namespace adjoin {
namespace cuda::detail {
namespace {

// A block is done when its longest warp is, so blocks are small; 48 registers a thread leave room for 40 warps. With
// these numbers products of skewed graphs take all that the L2 cache gives (about 7.5 TB/s on an H100); more loads on
// the way in fewer warps, loads ahead of sums, and narrow blocks between wide ones all measured slower.
constexpr unsigned warps_per_block = 2;
constexpr unsigned threads_per_block = warp_size * warps_per_block;
constexpr unsigned blocks_at_once = 20;

/// One slice of Lanes vectors of rows: a block's second coordinate is its slice, and blocks are begun in the order of
/// slices. A warp has a task.
template <class Rows, int Lanes, bool Weighted, bool Marked, class Out>
__global__ void __launch_bounds__(threads_per_block, blocks_at_once) sum_rows(const Job<Out> job, const Rows rows) {
  const int lane = static_cast<int>(threadIdx.x % warp_size);
  const std::uint32_t warp = blockIdx.x * warps_per_block + threadIdx.x / warp_size;
  const Slice<Rows, Weighted, Marked, Out> slice(job, rows, (blockIdx.y * Lanes + lane % Lanes) * Rows::scalars);
  sum_task<Lanes>(job, slice, warp);
}

/// The sums of a long row's segments, from its first to its last. A block's first coordinate is a long row.
template <class Out>
__global__ void add_segments(const Job<Out> job, const RowItems::LongRow* rows) {
  const RowItems::LongRow row = rows[blockIdx.x];
  const std::uint32_t column = 4 * (blockIdx.y * blockDim.x + threadIdx.x);
  if (column >= job.columns) return;
  float4 sum = make_float4(0, 0, 0, 0);
  for (std::uint32_t s = row.first_segment; s < row.last_segment; ++s) {
    const float* const from = job.partial + (s - job.first_segment) * job.partial_stride + column;
    const float4 part = __ldcs(reinterpret_cast<const float4*>(from));
    sum = make_float4(sum.x + part.x, sum.y + part.y, sum.z + part.z, sum.w + part.w);
  }
  put_row(job, row.row, column, sum);
}

}  // namespace

template <class Out>
void add_long_rows(CudaContext& context, const Work<Out>& work) {
  if (work.range.long_rows.count == 0) return;
  constexpr unsigned threads = 64;
  const dim3 grid(static_cast<unsigned>(work.range.long_rows.count), parts_of(work.job.columns, 4 * threads));
  add_segments<<<grid, threads, 0, context.stream()>>>(work.job, work.range.long_rows.items);
  check_launch("add_segments");
}

template void add_long_rows(CudaContext&, const Work<float>&);
template void add_long_rows(CudaContext&, const Work<Bf16>&);

namespace {

template <int Lanes, bool Marked, class Rows, class Out>
void multiply(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, const Rows& rows,
              MatrixView<Out, Cuda> y, std::size_t first_row) {
  const Work<Out> work(context, a, row_scale, y, first_row);
  const dim3 grid(parts_of(work.tasks(Lanes), warps_per_block), parts_of(y.columns(), Lanes * Rows::scalars));
  if (a.weighted()) {
    sum_rows<Rows, Lanes, true, Marked><<<grid, threads_per_block, 0, context.stream()>>>(work.job, rows);
  } else {
    sum_rows<Rows, Lanes, false, Marked><<<grid, threads_per_block, 0, context.stream()>>>(work.job, rows);
  }
  check_launch("sum_rows");
  add_long_rows(context, work);
}

/// Calls multiply with 8, 16 or 32 lanes a row.
template <bool Marked, class Rows, class Out>
void multiply_with(std::size_t lanes, CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale,
                   const Rows& rows, MatrixView<Out, Cuda> y, std::size_t first_row) {
  if (lanes <= 8) {
    multiply<8, Marked>(context, a, row_scale, rows, y, first_row);
  } else if (lanes <= 16) {
    multiply<16, Marked>(context, a, row_scale, rows, y, first_row);
  } else {
    multiply<32, Marked>(context, a, row_scale, rows, y, first_row);
  }
}

/// What measured best. Slices as narrow as a cache line, or as two lines of halves, whose sums cost more than their
/// loads, where the cache then serves a good part of the gathers: the rows of X that are gathered most are taken to be
/// as many and as much used as the longest rows of A, which they are where A is symmetric. Else, and where all of X is
/// in the cache anyway, as wide as a warp.
template <class Scalar>
std::size_t slice_bytes_for(const CudaContext& context, const CudaSpmmMatrix& a, std::size_t x_bytes) {
  constexpr std::size_t line_bytes = 128;
  constexpr double good_part = 0.25;
  const bool all_cached = x_bytes <= context.cache_bytes() / 2;
  if (all_cached || a.items.share_of_longest(context.cache_bytes() / line_bytes) < good_part) return 4 * line_bytes;
  return std::is_same_v<Scalar, float> ? line_bytes : 2 * line_bytes;
}

template <class Out>
void multiply_signs(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, const CudaSignView& x,
                    MatrixView<Out, Cuda> y, std::size_t first_row) {
  if (y.rows() == 0 || y.columns() == 0) return;
  const SignRows rows{x.codes, static_cast<std::uint32_t>(x.words_per_row), x.row_scale};
  if (a.hot.count() > 0) {
    multiply_with<true>(x.words_per_row, context, a, row_scale, rows, y, first_row);
  } else {
    multiply_with<false>(x.words_per_row, context, a, row_scale, rows, y, first_row);
  }
}

template <class In, class Out>
void multiply_dense(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const In, Cuda> x,
                    MatrixView<Out, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  if (y.rows() == 0 || y.columns() == 0) return;
  std::size_t slice_bytes = tuning.slice_bytes;
  if (slice_bytes == 0) slice_bytes = slice_bytes_for<In>(context, a, x.rows() * x.stride() * sizeof(In));
  if (a.hot.count() > 0) {
    spmm_with_hot_rows<In, Out>(context, a, row_scale, x, y, first_row, slice_bytes);
    return;
  }
  const DenseRows<In> rows{x.data(), static_cast<std::uint32_t>(x.stride())};
  multiply_with<false>(slice_bytes / sizeof(typename DenseRows<In>::Loaded), context, a, row_scale, rows, y, first_row);
}

}  // namespace
}  // namespace cuda::detail

void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const float, Cuda> x,
          MatrixView<float, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  cuda::detail::multiply_dense(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const float, Cuda> x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  cuda::detail::multiply_dense(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const Bf16, Cuda> x,
          MatrixView<float, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  cuda::detail::multiply_dense(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const Bf16, Cuda> x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  cuda::detail::multiply_dense(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, const CudaSignView& x,
          MatrixView<float, Cuda> y, std::size_t first_row) {
  cuda::detail::multiply_signs(context, a, row_scale, x, y, first_row);
}
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, const CudaSignView& x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row) {
  cuda::detail::multiply_signs(context, a, row_scale, x, y, first_row);
}

}  // namespace adjoin
