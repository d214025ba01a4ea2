#include <type_traits>

#include <adjoin/engine/dense/cuda/vector_inl.cuh>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/cuda/spmm.hpp>

namespace adjoin {
namespace {

using cuda::all_lanes;
using cuda::warp_size;

constexpr unsigned warps_per_block = 8;
constexpr int scalars_per_word = static_cast<int>(SignMatrix::signs_per_word);

/// What a warp sums, an item: a segment of a long row into `partial`, or a whole row into y.
template <class Out>
struct Job {
  const std::uint64_t* offsets;
  const std::uint32_t* targets;
  const float* weights;
  const float* row_scale;
  Out* y;
  std::size_t y_stride;
  std::uint32_t columns;
  std::uint32_t first_row;
  std::uint32_t row_count;
  const std::uint64_t* segment_begin;
  const std::uint32_t* segment_size;
  std::uint32_t segment_count;
  float* partial;
  std::size_t partial_stride;
};

struct Entries {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint32_t row = 0;
  bool whole = false;  // a row, not a segment of one
  bool exists = false;
};

template <class Out>
__device__ Entries entries_of_item(const Job<Out>& job, std::uint32_t item) {
  Entries entries;
  if (item < job.segment_count) {
    entries.begin = job.segment_begin[item];
    entries.end = entries.begin + job.segment_size[item];
    entries.exists = true;
    return entries;
  }
  const std::uint32_t row = item - job.segment_count;
  if (row >= job.row_count) return entries;
  entries.row = row;
  entries.begin = job.offsets[job.first_row + row];
  entries.end = job.offsets[job.first_row + row + 1];
  entries.whole = true;
  entries.exists = entries.end - entries.begin <= CudaCsr::segment_entries;  // else its segments are items
  return entries;
}

/// Four columns of the result from `column` on, past the cache: nobody reads them again soon.
__device__ void store_four(float* to, float4 values) {
  __stcs(reinterpret_cast<float4*>(to), values);
}
__device__ void store_four(Bf16* to, float4 values) {
  const auto two = [](float low, float high) {
    return static_cast<std::uint32_t>(cuda::to_bf16_on_device(low)) |
           static_cast<std::uint32_t>(cuda::to_bf16_on_device(high)) << 16;
  };
  __stcs(reinterpret_cast<uint2*>(to), make_uint2(two(values.x, values.y), two(values.z, values.w)));
}

/// Writes four finished sums. Rows have room for whole fours, so only where a four begins is looked at.
template <class Out>
__device__ void put_four(const Job<Out>& job, const Entries& entries, std::uint32_t item, std::uint32_t column,
                         float4 sum) {
  if (column >= job.columns) return;
  if (!entries.whole) {
    store_four(job.partial + item * job.partial_stride + column, sum);
    return;
  }
  if (job.row_scale != nullptr) {
    const float scale = job.row_scale[job.first_row + entries.row];
    sum = make_float4(scale * sum.x, scale * sum.y, scale * sum.z, scale * sum.w);
  }
  store_four(job.y + entries.row * job.y_stride + column, sum);
}

__device__ float4 add_groups(float4 sum, int lanes_per_row) {
  for (int offset = warp_size / 2; offset >= lanes_per_row; offset /= 2) {
    sum.x += __shfl_xor_sync(all_lanes, sum.x, offset);
    sum.y += __shfl_xor_sync(all_lanes, sum.y, offset);
    sum.z += __shfl_xor_sync(all_lanes, sum.z, offset);
    sum.w += __shfl_xor_sync(all_lanes, sum.w, offset);
  }
  return sum;
}

/// A row of floats, four of them a lane.
struct FloatRows {
  static constexpr int scalars = 4;
  const float* data;
  std::size_t stride;

  struct Loaded {
    float4 v;
  };
  __device__ Loaded load(std::uint32_t row, std::uint32_t column) const {
    return {__ldg(reinterpret_cast<const float4*>(data + row * stride + column))};
  }
  __device__ static void add(float4 (&sums)[1], const Loaded& from, float weight) {
    sums[0].x = fmaf(weight, from.v.x, sums[0].x);
    sums[0].y = fmaf(weight, from.v.y, sums[0].y);
    sums[0].z = fmaf(weight, from.v.z, sums[0].z);
    sums[0].w = fmaf(weight, from.v.w, sums[0].w);
  }
};

/// A row of bfloat16, eight of them a lane.
struct HalfRows {
  static constexpr int scalars = 8;
  const Bf16* data;
  std::size_t stride;

  struct Loaded {
    uint4 v;
  };
  __device__ Loaded load(std::uint32_t row, std::uint32_t column) const {
    return {__ldg(reinterpret_cast<const uint4*>(data + row * stride + column))};
  }
  __device__ static float low(std::uint32_t pair) { return __uint_as_float(pair << 16); }
  __device__ static float high(std::uint32_t pair) { return __uint_as_float(pair & 0xffff0000U); }
  __device__ static void add(float4 (&sums)[2], const Loaded& from, float weight) {
    sums[0].x = fmaf(weight, low(from.v.x), sums[0].x);
    sums[0].y = fmaf(weight, high(from.v.x), sums[0].y);
    sums[0].z = fmaf(weight, low(from.v.y), sums[0].z);
    sums[0].w = fmaf(weight, high(from.v.y), sums[0].w);
    sums[1].x = fmaf(weight, low(from.v.z), sums[1].x);
    sums[1].y = fmaf(weight, high(from.v.z), sums[1].y);
    sums[1].z = fmaf(weight, low(from.v.w), sums[1].z);
    sums[1].w = fmaf(weight, high(from.v.w), sums[1].w);
  }
};

/// What a lane has of one slice of a row of X: the vector that begins at `column`, if the row goes so far.
template <class Rows>
struct Slice {
  Rows rows;
  std::uint32_t column;
  bool active;
};

constexpr int vectors_at_once = 8;  // of 16 bytes, that a lane has on the way

/// Adds the entries [begin, end) to `sums`, 32 / Lanes neighbours at once, each read by Lanes lanes: a group of lanes
/// has every so many-th neighbour.
template <int Lanes, bool Weighted, class Rows, class Out, std::size_t fours>
__device__ void add_as_warp(const Job<Out>& job, const Slice<Rows>& slice, std::uint64_t begin, std::uint64_t end,
                            float4 (&sums)[fours]) {
  constexpr int groups = warp_size / Lanes;
  const int lane = static_cast<int>(threadIdx.x % warp_size);
  const int group = lane / Lanes;
  const auto target_at = [&](std::uint64_t entry) { return entry < end ? __ldcs(job.targets + entry) : 0; };
  std::uint32_t next = target_at(begin + lane);
  for (std::uint64_t first = begin; first < end; first += warp_size) {
    const int count = static_cast<int>(min(end - first, static_cast<std::uint64_t>(warp_size)));
    const std::uint32_t mine = next;
    next = target_at(first + warp_size + lane);  // on the way while these rows are
    float weight_of_mine = 1;
    if constexpr (Weighted) weight_of_mine = lane < count ? __ldcs(job.weights + first + lane) : 0.0F;
    for (int step = 0; step * groups < count; step += vectors_at_once) {
      typename Rows::Loaded loaded[vectors_at_once];
#pragma unroll
      for (int k = 0; k < vectors_at_once; ++k) {
        const int neighbor = (step + k) * groups + group;
        const std::uint32_t target = __shfl_sync(all_lanes, mine, neighbor % warp_size);
        if (slice.active && neighbor < count) loaded[k] = slice.rows.load(target, slice.column);
      }
#pragma unroll
      for (int k = 0; k < vectors_at_once; ++k) {
        const int neighbor = (step + k) * groups + group;
        const float weight = Weighted ? __shfl_sync(all_lanes, weight_of_mine, neighbor % warp_size) : 1.0F;
        if (slice.active && neighbor < count) Rows::add(sums, loaded[k], weight);
      }
    }
  }
#pragma unroll
  for (float4& sum : sums) sum = add_groups(sum, Lanes);
}

/// Adds the entries [begin, end) of each group's own row, at most `most`, to its `sums`. All groups of a warp together.
template <int Lanes, bool Weighted, int most, class Rows, class Out, std::size_t fours>
__device__ void add_as_groups(const Job<Out>& job, const Slice<Rows>& slice, std::uint64_t begin, int size,
                              float4 (&sums)[fours]) {
  static_assert(Lanes % vectors_at_once == 0);
  const int lane = static_cast<int>(threadIdx.x % warp_size);
  const int first_lane = lane / Lanes * Lanes;
  const int own = lane - first_lane;
#pragma unroll
  for (int base = 0; base < most; base += Lanes) {
    if (__all_sync(all_lanes, base >= size)) break;
    const bool exists = base + own < size;
    const std::uint32_t mine = exists ? __ldcs(job.targets + begin + base + own) : 0;
    float weight_of_mine = 1;
    if constexpr (Weighted) weight_of_mine = exists ? __ldcs(job.weights + begin + base + own) : 0.0F;
#pragma unroll
    for (int step = 0; step < Lanes; step += vectors_at_once) {
      typename Rows::Loaded loaded[vectors_at_once];
#pragma unroll
      for (int k = 0; k < vectors_at_once; ++k) {
        const std::uint32_t target = __shfl_sync(all_lanes, mine, first_lane + step + k);
        if (slice.active && base + step + k < size) loaded[k] = slice.rows.load(target, slice.column);
      }
#pragma unroll
      for (int k = 0; k < vectors_at_once; ++k) {
        const float weight = Weighted ? __shfl_sync(all_lanes, weight_of_mine, first_lane + step + k) : 1.0F;
        if (slice.active && base + step + k < size) Rows::add(sums, loaded[k], weight);
      }
    }
  }
}

template <int Lanes>
__device__ bool of_group(int group) {
  return static_cast<int>(threadIdx.x % warp_size) / Lanes == group;
}

/// One slice of `Lanes` vectors of rows: a block's second coordinate is its slice, and blocks are begun in the order of
/// slices. A warp has a segment of a long row, or 32 / Lanes rows side by side: short ones at the same time, a group of
/// lanes each, and the others one after the other, all lanes together.
template <class Rows, int Lanes, bool Weighted, class Out>
__global__ void __launch_bounds__(warp_size* warps_per_block) sum_rows(const Job<Out> job, const Rows rows) {
  constexpr int groups = warp_size / Lanes;
  constexpr int fours = Rows::scalars / 4;
  constexpr int most_of_short = groups > 1 ? 16 : 0;  // entries
  const int lane = static_cast<int>(threadIdx.x % warp_size);
  const std::uint32_t warp = blockIdx.x * warps_per_block + threadIdx.x / warp_size;
  const std::uint32_t column = (blockIdx.y * Lanes + lane % Lanes) * Rows::scalars;
  const Slice<Rows> slice{rows, column, column < job.columns};
  if (warp < job.segment_count) {
    const Entries entries = entries_of_item(job, warp);
    float4 sums[fours] = {};
    add_as_warp<Lanes, Weighted>(job, slice, entries.begin, entries.end, sums);
#pragma unroll
    for (int f = 0; f < fours; ++f) {
      if (of_group<Lanes>(f % groups)) put_four(job, entries, warp, column + 4 * f, sums[f]);
    }
    return;
  }
  const std::uint32_t first_item = job.segment_count + (warp - job.segment_count) * groups;
  const Entries own = entries_of_item(job, first_item + lane / Lanes);  // the same in all lanes of a group
  const auto size = static_cast<int>(own.exists ? own.end - own.begin : 0);
  const bool is_short = groups > 1 && own.exists && size <= most_of_short;
  if constexpr (groups > 1) {
    if (__any_sync(all_lanes, is_short)) {
      float4 sums[fours] = {};
      add_as_groups<Lanes, Weighted, most_of_short>(job, slice, own.begin, is_short ? size : 0, sums);
#pragma unroll
      for (int f = 0; f < fours; ++f) {
        if (is_short) put_four(job, own, 0, column + 4 * f, sums[f]);
      }
    }
  }
  for (int group = 0; group < groups; ++group) {
    Entries entries = own;
    entries.begin = __shfl_sync(all_lanes, own.begin, group * Lanes);
    entries.end = __shfl_sync(all_lanes, own.end, group * Lanes);
    entries.row = __shfl_sync(all_lanes, own.row, group * Lanes);
    entries.whole = true;
    if (!__shfl_sync(all_lanes, own.exists && !is_short, group * Lanes)) continue;
    float4 sums[fours] = {};
    add_as_warp<Lanes, Weighted>(job, slice, entries.begin, entries.end, sums);
#pragma unroll
    for (int f = 0; f < fours; ++f) {
      if (of_group<Lanes>(f % groups)) put_four(job, entries, 0, column + 4 * f, sums[f]);
    }
  }
}

/// The same of rows of signs, a word of 16 a lane. Two bits a column, lowest first, (minus, plus); with plus set for a
/// minus too they are the two highest bits of +2, -2 or 0 as a float, which is then multiplied by half the row's scale.
template <int Lanes, bool Weighted, class Out>
__global__ void __launch_bounds__(warp_size* warps_per_block) sum_signs(const Job<Out> job, const CudaSignView signs) {
  constexpr int groups = warp_size / Lanes;
  constexpr int at_once = 8;
  const int lane = static_cast<int>(threadIdx.x % warp_size);
  const int group = lane / Lanes;
  const std::uint32_t item = blockIdx.x * warps_per_block + threadIdx.x / warp_size;
  const Entries entries = entries_of_item(job, item);
  if (!entries.exists) return;
  const std::uint32_t word = blockIdx.y * Lanes + lane % Lanes;
  const bool active = word < signs.words_per_row;
  float sums[scalars_per_word];
#pragma unroll
  for (float& sum : sums) sum = 0;
  for (std::uint64_t first = entries.begin; first < entries.end; first += warp_size) {
    const int count = static_cast<int>(min(entries.end - first, static_cast<std::uint64_t>(warp_size)));
    std::uint32_t mine = 0;
    float half_of_mine = 0;
    if (lane < count) {
      mine = __ldcs(job.targets + first + lane);
      half_of_mine = 0.5F * __ldg(signs.row_scale + mine);
      if constexpr (Weighted) half_of_mine *= __ldcs(job.weights + first + lane);
    }
    for (int step = 0; step * groups < count; step += at_once) {
      std::uint32_t codes[at_once];
#pragma unroll
      for (int k = 0; k < at_once; ++k) {
        const int neighbor = (step + k) * groups + group;
        const std::uint32_t target = __shfl_sync(all_lanes, mine, neighbor % warp_size);
        codes[k] = active && neighbor < count
                       ? __ldg(signs.codes + static_cast<std::size_t>(target) * signs.words_per_row + word)
                       : 0;
      }
#pragma unroll
      for (int k = 0; k < at_once; ++k) {
        const int neighbor = (step + k) * groups + group;
        const float half = __shfl_sync(all_lanes, half_of_mine, neighbor % warp_size);
        if (neighbor >= count) continue;
        const std::uint32_t bits = codes[k] | (codes[k] >> 1 & 0x55555555U);
#pragma unroll
        for (int j = 0; j < scalars_per_word; ++j) {
          const float two = __uint_as_float(bits << (30 - 2 * j) & 0xc0000000U);
          sums[j] = fmaf(two, half, sums[j]);
        }
      }
    }
  }
#pragma unroll
  for (int f = 0; f < scalars_per_word / 4; ++f) {
    const float4 sum = add_groups(make_float4(sums[4 * f], sums[4 * f + 1], sums[4 * f + 2], sums[4 * f + 3]), Lanes);
    if (active && group == f % groups) put_four(job, entries, item, word * scalars_per_word + 4 * f, sum);
  }
}

/// The sums of a long row's segments, from its first to its last. A block's first coordinate is a long row.
template <class Out>
__global__ void add_segments(const Job<Out> job, const std::uint32_t* rows, const std::uint32_t* first_segment,
                             std::uint32_t before) {
  const std::uint32_t row = rows[blockIdx.x];
  const std::uint32_t column = 4 * (blockIdx.y * blockDim.x + threadIdx.x);
  if (column >= job.columns) return;
  float4 sum = make_float4(0, 0, 0, 0);
  for (std::uint32_t s = first_segment[blockIdx.x] - before; s < first_segment[blockIdx.x + 1] - before; ++s) {
    const float4 part = __ldcs(reinterpret_cast<const float4*>(job.partial + s * job.partial_stride + column));
    sum = make_float4(sum.x + part.x, sum.y + part.y, sum.z + part.z, sum.w + part.w);
  }
  Entries entries;
  entries.row = row - job.first_row;
  entries.whole = true;
  put_four(job, entries, 0, column, sum);
}

unsigned blocks_for(std::size_t items, std::size_t per_block) {
  return static_cast<unsigned>((items + per_block - 1) / per_block);
}

/// Runs `launch(job, grid_x)`, with a warp for each segment and each `rows_per_warp` rows, and joins what it left of
/// long rows.
template <class Out, class Launch>
void multiply(CudaContext& context, const CudaCsr& a, const float* row_scale, MatrixView<Out, Cuda> y,
              std::size_t first_row, std::size_t rows_per_warp, const char* kernel, Launch launch) {
  if (y.rows() == 0 || y.columns() == 0) return;
  const BasicCsrView<Cuda> view = a.view();
  const CudaCsr::LongRows long_rows = a.long_rows();
  const CudaCsr::Range in_range = a.long_rows_in(first_row, first_row + y.rows());
  const CudaCsr::Range segments = a.segments_of(in_range);
  const std::size_t partial_stride = CudaMatrix::stride_of(y.columns());
  DeviceArray<float> partial(context, segments.count() * partial_stride);
  Job<Out> job{};
  job.offsets = reinterpret_cast<const std::uint64_t*>(view.offsets.data());
  job.targets = reinterpret_cast<const std::uint32_t*>(view.targets.data());
  job.weights = view.weights.data();
  job.row_scale = row_scale;
  job.y = y.data();
  job.y_stride = y.stride();
  job.columns = static_cast<std::uint32_t>(y.columns());
  job.first_row = static_cast<std::uint32_t>(first_row);
  job.row_count = static_cast<std::uint32_t>(y.rows());
  job.segment_begin = long_rows.segment_begin + segments.first;
  job.segment_size = long_rows.segment_size + segments.first;
  job.segment_count = static_cast<std::uint32_t>(segments.count());
  job.partial = partial.data();
  job.partial_stride = partial_stride;
  launch(job, blocks_for(segments.count() + blocks_for(y.rows(), rows_per_warp), warps_per_block));
  cuda::check_launch(kernel);
  if (in_range.count() == 0) return;
  constexpr unsigned threads = 64;
  const dim3 grid(static_cast<unsigned>(in_range.count()), blocks_for(y.columns(), 4 * threads));
  add_segments<<<grid, threads, 0, context.stream()>>>(job, long_rows.rows + in_range.first,
                                                       long_rows.first_segment + in_range.first,
                                                       static_cast<std::uint32_t>(segments.first));
  cuda::check_launch("add_segments");
}

/// What measured best: slices as narrow as a cache line, unless all of X is in the cache anyway.
std::size_t slice_bytes_for(const CudaContext& context, std::size_t x_bytes) {
  return x_bytes <= context.cache_bytes() / 2 ? 512 : 128;
}

template <class Rows, class In, class Out>
void multiply_dense(CudaContext& context, const CudaCsr& a, const float* row_scale, MatrixView<const In, Cuda> x,
                    MatrixView<Out, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  const Rows rows{x.data(), x.stride()};
  std::size_t slice_bytes = tuning.slice_bytes;
  if (slice_bytes == 0) slice_bytes = slice_bytes_for(context, x.rows() * x.stride() * sizeof(In));
  const auto run = [&]<int Lanes>(std::integral_constant<int, Lanes>) {
    multiply(context, a, row_scale, y, first_row, warp_size / Lanes, "sum_rows",
             [&](const Job<Out>& job, unsigned blocks) {
               const dim3 grid(blocks, blocks_for(y.columns(), Lanes * Rows::scalars));
               constexpr unsigned threads = warp_size * warps_per_block;
               if (a.weighted()) {
                 sum_rows<Rows, Lanes, true><<<grid, threads, 0, context.stream()>>>(job, rows);
               } else {
                 sum_rows<Rows, Lanes, false><<<grid, threads, 0, context.stream()>>>(job, rows);
               }
             });
  };
  if (slice_bytes <= 128) {
    run(std::integral_constant<int, 8>{});
  } else if (slice_bytes <= 256) {
    run(std::integral_constant<int, 16>{});
  } else {
    run(std::integral_constant<int, 32>{});
  }
}

template <class Out>
void multiply_signs(CudaContext& context, const CudaCsr& a, const float* row_scale, const CudaSignView& x,
                    MatrixView<Out, Cuda> y, std::size_t first_row) {
  const auto run = [&]<int Lanes>(std::integral_constant<int, Lanes>) {
    multiply(context, a, row_scale, y, first_row, 1, "sum_signs", [&](const Job<Out>& job, unsigned blocks) {
      const dim3 grid(blocks, blocks_for(x.words_per_row, Lanes));
      constexpr unsigned threads = warp_size * warps_per_block;
      if (a.weighted()) {
        sum_signs<Lanes, true><<<grid, threads, 0, context.stream()>>>(job, x);
      } else {
        sum_signs<Lanes, false><<<grid, threads, 0, context.stream()>>>(job, x);
      }
    });
  };
  if (x.words_per_row <= 8) {
    run(std::integral_constant<int, 8>{});
  } else if (x.words_per_row <= 16) {
    run(std::integral_constant<int, 16>{});
  } else {
    run(std::integral_constant<int, 32>{});
  }
}

}  // namespace

void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, MatrixView<const float, Cuda> x,
          MatrixView<float, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  multiply_dense<FloatRows>(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, MatrixView<const float, Cuda> x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  multiply_dense<FloatRows>(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, MatrixView<const Bf16, Cuda> x,
          MatrixView<float, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  multiply_dense<HalfRows>(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, MatrixView<const Bf16, Cuda> x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  multiply_dense<HalfRows>(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, const CudaSignView& x,
          MatrixView<float, Cuda> y, std::size_t first_row) {
  multiply_signs(context, a, row_scale, x, y, first_row);
}
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, const CudaSignView& x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row) {
  multiply_signs(context, a, row_scale, x, y, first_row);
}

}  // namespace adjoin
