// One block a multiprocessor, which goes through all slices: it fetches the slice's part of the hot rows, and then its
// warps take tasks until none is left. What is in a block's memory is gathered at the speed of that memory, which
// leaves the cache's to the others.
#include <algorithm>

#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/sparse/cuda/spmm_hot_inl.hpp>
#include <adjoin/engine/sparse/cuda/spmm_rows_inl.cuh>
#include <adjoin/engine/sparse/cuda/spmm_work_inl.cuh>

namespace adjoin::cuda::detail {
namespace {

constexpr unsigned threads_per_block = 1024;  // with all of a multiprocessor's registers: 64 each
constexpr std::uint32_t tasks_at_once = 4;    // that a warp takes: few enough to end together, and not one atomic each

// Words of the block's memory, by an address of 32 bits: of a pointer the compiler would make it anew for every load.
#ifdef __CUDA_ARCH__
using KeptWords = std::uint32_t;
__device__ KeptWords kept_words_from(const uint4* words) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(words));
}
__device__ uint4 load_kept(KeptWords words, std::uint32_t at) {
  uint4 loaded;
  asm volatile("ld.shared.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(loaded.x), "=r"(loaded.y), "=r"(loaded.z), "=r"(loaded.w)
               : "r"(words + at * static_cast<std::uint32_t>(sizeof(uint4)))
               : "memory");
  return loaded;
}
#else  // the same in C++, for an emulated GPU
using KeptWords = const uint4*;
__device__ KeptWords kept_words_from(const uint4* words) {
  return words;
}
__device__ uint4 load_kept(KeptWords words, std::uint32_t at) {
  return words[at];
}
#endif

__device__ void take_words(uint4 words, uint4& to) {
  to = words;
}
__device__ void take_words(uint4 words, float4& to) {
  to = make_float4(__uint_as_float(words.x), __uint_as_float(words.y), __uint_as_float(words.z),
                   __uint_as_float(words.w));
}

/// Rows of X, of which those at hot places are the block's: `kept` begins with this lane's part of the first. Both ways
/// to a row are one multiplication.
template <class Rows, int Lanes>
struct RowsAtHand {
  static constexpr int scalars = Rows::scalars;
  static constexpr bool scaled = false;
  using Loaded = typename Rows::Loaded;
  const char* all;
  std::uint32_t stride_bytes;
  KeptWords kept;

  __device__ RowsAtHand(const Rows& rows, const uint4* kept)
      : all(reinterpret_cast<const char*>(rows.data)),
        stride_bytes(rows.stride * static_cast<std::uint32_t>(sizeof(*rows.data))),
        kept(kept_words_from(kept)) {}

  __device__ void begin_at(std::uint32_t column) { all += column * sizeof(*Rows::data); }
  __device__ Loaded load(std::uint32_t row) const {
    const bool hot = (row & HotColumns::mark) != 0;
    Loaded loaded;
    if (hot) take_words(load_kept(kept, (row & ~HotColumns::mark) * Lanes), loaded);
    if (!hot) loaded = __ldg(reinterpret_cast<const Loaded*>(all + std::uint64_t{row} * stride_bytes));
    return loaded;
  }
  template <int Fours>
  __device__ static void add(float4 (&sums)[Fours], Loaded v, float weight) {
    Rows::add(sums, v, weight);
  }
};

/// The first of the tasks that a warp takes next, in its first lane.
__device__ std::uint32_t take_tasks(std::uint32_t* taken) {
  return threadIdx.x % warp_size == 0 ? atomicAdd(taken, tasks_at_once) : 0;
}

/// Before it, taken, a number for each slice, is 0.
template <class Rows, int Lanes, bool Weighted, class Out>
__global__ void __launch_bounds__(threads_per_block, 1)
    sum_rows_with_hot(const Job<Out> job, const Rows rows, std::uint32_t slices, std::uint32_t tasks,
                      std::uint32_t* taken) {
  extern __shared__ uint4 kept_words[];
  using Loaded = typename Rows::Loaded;
  auto* const kept = reinterpret_cast<Loaded*>(kept_words);
  const std::uint32_t own = threadIdx.x % Lanes;
  for (std::uint32_t s = 0; s < slices; ++s) {
    const std::uint32_t column = (s * Lanes + own) * Rows::scalars;
    Rows mine = rows;
    mine.begin_at(column);
    __syncthreads();  // nobody reads the slice before
    for (std::uint32_t place = threadIdx.x / Lanes; place < job.hot_count; place += threads_per_block / Lanes) {
      if (column < job.columns) kept[place * Lanes + own] = mine.load(__ldg(job.hot_columns + place));
    }
    __syncthreads();
    using AtHand = RowsAtHand<Rows, Lanes>;
    const Slice<AtHand, Weighted, true, Out> slice(job, AtHand(rows, kept_words + own), column);
    std::uint32_t first = __shfl_sync(all_lanes, take_tasks(taken + s), 0);
    while (first < tasks) {
      const std::uint32_t following = take_tasks(taken + s);  // on its way while these are summed
      for (std::uint32_t task = first; task < min(first + tasks_at_once, tasks); ++task) {
        sum_task<Lanes>(job, slice, task);
      }
      first = __shfl_sync(all_lanes, following, 0);
    }
  }
}

template <int Lanes, class Rows, class Out>
void multiply_with_hot(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, const Rows& rows,
                       MatrixView<Out, Cuda> y, std::size_t first_row) {
  static_assert(sizeof(typename Rows::Loaded) == sizeof(uint4));
  constexpr std::size_t slice_bytes = Lanes * sizeof(uint4);
  Work<Out> work(context, a, row_scale, y, first_row);
  const std::size_t room = context.shared_bytes() / slice_bytes;
  work.job.hot_count = static_cast<std::uint32_t>(std::min(a.hot.count(), room));
  const std::size_t kept_bytes = work.job.hot_count * slice_bytes;
  const unsigned slices = parts_of(y.columns(), Lanes * Rows::scalars);
  const auto tasks = static_cast<std::uint32_t>(work.tasks(Lanes));
  DeviceArray<std::uint32_t> taken(context, slices);
  context.clear(taken.data(), taken.bytes());
  const auto kernel =
      a.weighted() ? sum_rows_with_hot<Rows, Lanes, true, Out> : sum_rows_with_hot<Rows, Lanes, false, Out>;
  check("cudaFuncSetAttribute", cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                     static_cast<int>(context.shared_bytes())));
  const auto blocks = static_cast<unsigned>(context.multiprocessors());
  kernel<<<blocks, threads_per_block, kept_bytes, context.stream()>>>(work.job, rows, slices, tasks, taken.data());
  check_launch("sum_rows_with_hot");
  add_long_rows(context, work);
}

}  // namespace

template <class In, class Out>
void spmm_with_hot_rows(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale,
                        MatrixView<const In, Cuda> x, MatrixView<Out, Cuda> y, std::size_t first_row,
                        std::size_t slice_bytes) {
  const DenseRows<In> rows{x.data(), static_cast<std::uint32_t>(x.stride())};
  if (slice_bytes <= 64) {
    multiply_with_hot<4>(context, a, row_scale, rows, y, first_row);
  } else if (slice_bytes <= 128) {
    multiply_with_hot<8>(context, a, row_scale, rows, y, first_row);
  } else {
    multiply_with_hot<16>(context, a, row_scale, rows, y, first_row);
  }
}

template void spmm_with_hot_rows(CudaContext&, const CudaSpmmMatrix&, const float*, MatrixView<const float, Cuda>,
                                 MatrixView<float, Cuda>, std::size_t, std::size_t);
template void spmm_with_hot_rows(CudaContext&, const CudaSpmmMatrix&, const float*, MatrixView<const float, Cuda>,
                                 MatrixView<Bf16, Cuda>, std::size_t, std::size_t);
template void spmm_with_hot_rows(CudaContext&, const CudaSpmmMatrix&, const float*, MatrixView<const Bf16, Cuda>,
                                 MatrixView<float, Cuda>, std::size_t, std::size_t);
template void spmm_with_hot_rows(CudaContext&, const CudaSpmmMatrix&, const float*, MatrixView<const Bf16, Cuda>,
                                 MatrixView<Bf16, Cuda>, std::size_t, std::size_t);

}  // namespace adjoin::cuda::detail
