#include <type_traits>

#include <adjoin/engine/dense/cuda/vector_inl.cuh>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/sparse/cuda/spmm.hpp>

namespace adjoin {
namespace {

using cuda::all_lanes;
using cuda::warp_size;

// A block is done when its longest warp is, so blocks are small; 48 registers a thread leave room for 40 warps. With
// these numbers products of skewed graphs take all that the L2 cache gives (about 7.5 TB/s on an H100); more loads on
// the way in fewer warps, loads ahead of sums, and narrow blocks between wide ones all measured slower.
constexpr unsigned warps_per_block = 2;
constexpr unsigned threads_per_block = warp_size * warps_per_block;
constexpr unsigned blocks_at_once = 20;
constexpr int vectors_at_once = 4;  // that a lane has on the way

/// A product: the items of its rows, and where their sums go.
template <class Out>
struct Job {
  const std::uint32_t* targets;
  const float* weights;
  const float* row_scale;
  const RowItem* wide;
  const RowItem* narrow;
  std::uint32_t wide_count;
  std::uint32_t narrow_count;
  Out* y;
  std::size_t y_stride;
  std::uint32_t columns;
  std::uint32_t first_row;      // that y's first row is
  std::uint32_t first_segment;  // that the first row of `partial` is
  float* partial;
  std::size_t partial_stride;
};

__device__ RowItem load_item(const RowItem* from) {
  const uint4 words = __ldg(reinterpret_cast<const uint4*>(from));
  return {std::uint64_t{words.y} << 32 | words.x, words.z, words.w};
}

/// Four columns of the result from `column` on, past the cache: nobody reads them again soon.
__device__ void store_four(float* to, float4 values) {
  __stcs(reinterpret_cast<float4*>(to), values);
}
__device__ void store_four(Bf16* to, float4 values) {
  __stcs(reinterpret_cast<uint2*>(to),
         make_uint2(cuda::pack_halves(values.x, values.y), cuda::pack_halves(values.z, values.w)));
}

template <class Out>
__device__ void put_row(const Job<Out>& job, std::uint32_t row, std::uint32_t column, float4 sum) {
  if (job.row_scale != nullptr) {
    const float scale = job.row_scale[row];
    sum = make_float4(scale * sum.x, scale * sum.y, scale * sum.z, scale * sum.w);
  }
  store_four(job.y + static_cast<std::size_t>(row - job.first_row) * job.y_stride + column, sum);
}

/// Writes four finished sums. Rows have room for whole fours, so only where a four begins is looked at.
template <class Out>
__device__ void put_four(const Job<Out>& job, const RowItem& item, std::uint32_t column, float4 sum) {
  if (column >= job.columns) return;
  if ((item.size & RowItem::part_of_long_row) == 0) {
    put_row(job, item.row, column, sum);
  } else {
    store_four(job.partial + (item.row - job.first_segment) * job.partial_stride + column, sum);
  }
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

__device__ void add_scaled(float weight, float x, float y, float z, float w, float4& sum) {
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

/// What a lane has of one slice of X: the columns that begin at `column`, if rows go so far.
template <class Rows, bool Weighted, class Out>
class Slice {
 public:
  static constexpr int fours = Rows::scalars / 4;
  static constexpr bool multiplies = Weighted || Rows::scaled;
  using Sums = float4[fours];

  __device__ Slice(const Job<Out>& job, const Rows& rows, std::uint32_t column)
      : job_(job), rows_(rows), column_(column), active_(column < job.columns) {
    rows_.begin_at(column);
  }

  /// An entry that this lane fetches for all of them: 0 where it does not exist.
  __device__ std::uint32_t target(std::uint64_t entry, bool exists) const {
    return exists ? __ldcs(job_.targets + entry) : 0;
  }
  __device__ float weight(std::uint64_t entry, std::uint32_t target, bool exists) const {
    float weight = 1;
    if constexpr (Rows::scaled) weight = exists ? rows_.scale(target) : 0.0F;
    if constexpr (Weighted) weight *= exists ? __ldcs(job_.weights + entry) : 0.0F;
    return weight;
  }

  /// Adds vectors_at_once neighbours, of which lane_of(k) fetched the k-th and exists(k) tells whether there is one.
  template <class LaneOf, class Exists>
  __device__ void add(std::uint32_t target, float weight, LaneOf lane_of, Exists exists, Sums& sums) const {
    typename Rows::Loaded loaded[vectors_at_once];
#pragma unroll
    for (int k = 0; k < vectors_at_once; ++k) {
      const std::uint32_t row = __shfl_sync(all_lanes, target, lane_of(k));
      if (active_ && exists(k)) loaded[k] = rows_.load(row);
    }
#pragma unroll
    for (int k = 0; k < vectors_at_once; ++k) {
      const float of_row = multiplies ? __shfl_sync(all_lanes, weight, lane_of(k)) : 1.0F;
      if (active_ && exists(k)) Rows::add(sums, loaded[k], of_row);
    }
  }

  __device__ void put(const RowItem& item, int four, float4 sum) const {
    put_four(job_, item, column_ + 4 * four, sum);
  }

 private:
  const Job<Out>& job_;
  Rows rows_;  // from the slice's columns on
  std::uint32_t column_;
  bool active_;
};

/// All lanes together on one item, 32 / Lanes neighbours at once, each read by a group of Lanes lanes.
template <int Lanes, class Slice>
__device__ void sum_as_warp(const Slice& slice, const RowItem& item) {
  constexpr int groups = warp_size / Lanes;
  const int lane = static_cast<int>(threadIdx.x % warp_size);
  const int group = lane / Lanes;
  const std::uint64_t end = item.begin + (item.size & ~RowItem::part_of_long_row);
  typename Slice::Sums sums = {};
  std::uint32_t next = slice.target(item.begin + lane, item.begin + lane < end);
  for (std::uint64_t first = item.begin; first < end; first += warp_size) {
    const int count = static_cast<int>(min(end - first, static_cast<std::uint64_t>(warp_size)));
    const std::uint32_t mine = next;
    const std::uint64_t later = first + warp_size + lane;
    next = slice.target(later, later < end);  // on the way while these rows are
    const float weight = slice.weight(first + lane, mine, lane < count);
#pragma unroll 1
    for (int step = 0; step * groups < count; step += vectors_at_once) {
      const auto neighbor = [&](int k) { return (step + k) * groups + group; };
      slice.add(
          mine, weight, [&](int k) { return neighbor(k) % warp_size; }, [&](int k) { return neighbor(k) < count; },
          sums);
    }
  }
#pragma unroll
  for (int f = 0; f < Slice::fours; ++f) {
    const float4 sum = add_groups(sums[f], Lanes);
    if (group == f % groups) slice.put(item, f, sum);
  }
}

/// Each group on an item of its own, all of about the same length.
template <int Lanes, class Slice>
__device__ void sum_as_groups(const Slice& slice, const RowItem& item, bool exists) {
  static_assert(Lanes % vectors_at_once == 0);
  const int lane = static_cast<int>(threadIdx.x % warp_size);
  const int first_lane = lane / Lanes * Lanes;
  const int own = lane - first_lane;
  const int size = exists ? static_cast<int>(item.size) : 0;
  const auto fetch = [&](int base) { return slice.target(item.begin + base + own, base + own < size); };
  typename Slice::Sums sums = {};
  std::uint32_t next = fetch(0);
#pragma unroll 1
  for (int base = 0; !__all_sync(all_lanes, base >= size); base += Lanes) {
    const std::uint32_t mine = next;
    next = fetch(base + Lanes);
    const float weight = slice.weight(item.begin + base + own, mine, base + own < size);
#pragma unroll
    for (int step = 0; step < Lanes; step += vectors_at_once) {
      slice.add(
          mine, weight, [&](int k) { return first_lane + step + k; }, [&](int k) { return base + step + k < size; },
          sums);
    }
  }
  if (!exists) return;
#pragma unroll
  for (int f = 0; f < Slice::fours; ++f) slice.put(item, f, sums[f]);
}

/// One slice of Lanes vectors of rows: a block's second coordinate is its slice, and blocks are begun in the order of
/// slices. A warp has one of the wide items, or 32 / Lanes of the narrow ones.
template <class Rows, int Lanes, bool Weighted, class Out>
__global__ void __launch_bounds__(threads_per_block, blocks_at_once) sum_rows(const Job<Out> job, const Rows rows) {
  constexpr int groups = warp_size / Lanes;
  const int lane = static_cast<int>(threadIdx.x % warp_size);
  const std::uint32_t warp = blockIdx.x * warps_per_block + threadIdx.x / warp_size;
  const Slice<Rows, Weighted, Out> slice(job, rows, (blockIdx.y * Lanes + lane % Lanes) * Rows::scalars);
  if (warp < job.wide_count) {
    sum_as_warp<Lanes>(slice, load_item(job.wide + warp));
    return;
  }
  const std::uint32_t narrow = (warp - job.wide_count) * groups + lane / Lanes;
  const bool exists = narrow < job.narrow_count;
  const RowItem item = exists ? load_item(job.narrow + narrow) : RowItem{};
  sum_as_groups<Lanes>(slice, item, exists);
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

unsigned parts_of(std::size_t all, std::size_t part) {
  return static_cast<unsigned>((all + part - 1) / part);
}

template <int Lanes, class Rows, class Out>
void multiply(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, const Rows& rows,
              MatrixView<Out, Cuda> y, std::size_t first_row) {
  if (y.rows() == 0 || y.columns() == 0) return;
  const BasicCsrView<Cuda> view = a.csr.view();
  const RowItems::Range range = a.items.in_rows(first_row, first_row + y.rows());
  const std::size_t partial_stride = CudaMatrix::stride_of(y.columns());
  DeviceArray<float> partial(context, range.segment_count * partial_stride);
  Job<Out> job{};
  job.targets = reinterpret_cast<const std::uint32_t*>(view.targets.data());
  job.weights = view.weights.data();
  job.row_scale = row_scale;
  job.wide = range.wide.items;
  job.narrow = range.narrow.items;
  job.wide_count = static_cast<std::uint32_t>(range.wide.count);
  job.narrow_count = static_cast<std::uint32_t>(range.narrow.count);
  job.y = y.data();
  job.y_stride = y.stride();
  job.columns = static_cast<std::uint32_t>(y.columns());
  job.first_row = static_cast<std::uint32_t>(first_row);
  job.first_segment = static_cast<std::uint32_t>(range.first_segment);
  job.partial = partial.data();
  job.partial_stride = partial_stride;
  const std::size_t warps = range.wide.count + parts_of(range.narrow.count, warp_size / Lanes);
  const dim3 grid(parts_of(warps, warps_per_block), parts_of(y.columns(), Lanes * Rows::scalars));
  if (a.csr.weighted()) {
    sum_rows<Rows, Lanes, true><<<grid, threads_per_block, 0, context.stream()>>>(job, rows);
  } else {
    sum_rows<Rows, Lanes, false><<<grid, threads_per_block, 0, context.stream()>>>(job, rows);
  }
  cuda::check_launch("sum_rows");
  if (range.long_rows.count == 0) return;
  constexpr unsigned threads = 64;
  const dim3 segments_grid(static_cast<unsigned>(range.long_rows.count), parts_of(y.columns(), 4 * threads));
  add_segments<<<segments_grid, threads, 0, context.stream()>>>(job, range.long_rows.items);
  cuda::check_launch("add_segments");
}

/// Calls multiply with 8, 16 or 32 lanes a row.
template <class Rows, class Out>
void multiply_with(std::size_t lanes, CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale,
                   const Rows& rows, MatrixView<Out, Cuda> y, std::size_t first_row) {
  if (lanes <= 8) {
    multiply<8>(context, a, row_scale, rows, y, first_row);
  } else if (lanes <= 16) {
    multiply<16>(context, a, row_scale, rows, y, first_row);
  } else {
    multiply<32>(context, a, row_scale, rows, y, first_row);
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

SignRows sign_rows(const CudaSignView& x) {
  return {x.codes, static_cast<std::uint32_t>(x.words_per_row), x.row_scale};
}

template <class Rows, class In, class Out>
void multiply_dense(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const In, Cuda> x,
                    MatrixView<Out, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  std::size_t slice_bytes = tuning.slice_bytes;
  if (slice_bytes == 0) slice_bytes = slice_bytes_for<In>(context, a, x.rows() * x.stride() * sizeof(In));
  multiply_with(slice_bytes / sizeof(typename Rows::Loaded), context, a, row_scale,
                Rows{x.data(), static_cast<std::uint32_t>(x.stride())}, y, first_row);
}

}  // namespace

void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const float, Cuda> x,
          MatrixView<float, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  multiply_dense<FloatRows>(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const float, Cuda> x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  multiply_dense<FloatRows>(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const Bf16, Cuda> x,
          MatrixView<float, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  multiply_dense<HalfRows>(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const Bf16, Cuda> x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row, CudaSpmmTuning tuning) {
  multiply_dense<HalfRows>(context, a, row_scale, x, y, first_row, tuning);
}
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, const CudaSignView& x,
          MatrixView<float, Cuda> y, std::size_t first_row) {
  multiply_with(x.words_per_row, context, a, row_scale, sign_rows(x), y, first_row);
}
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, const CudaSignView& x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row) {
  multiply_with(x.words_per_row, context, a, row_scale, sign_rows(x), y, first_row);
}

}  // namespace adjoin
