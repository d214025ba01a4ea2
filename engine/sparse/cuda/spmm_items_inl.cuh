// What a product's kernels have in common: its job, and how a warp sums items of rows (row_items.hpp). For .cu files
// only.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/dense/cuda/vector_inl.cuh>
#include <adjoin/engine/sparse/cuda/hot_columns.hpp>
#include <adjoin/engine/sparse/cuda/row_items.hpp>

namespace adjoin::cuda::detail {

constexpr int vectors_at_once = 4;  // that a lane has on the way

/// A product: the items of its rows, and where their sums go.
template <class Out>
struct Job {
  const std::uint32_t* targets;
  const std::uint32_t* hot_columns;  // by their places
  std::uint32_t hot_count;           // places that mean rows the kernel has at hand
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

__device__ inline RowItem load_item(const RowItem* from) {
  const uint4 words = __ldg(reinterpret_cast<const uint4*>(from));
  return {std::uint64_t{words.y} << 32 | words.x, words.z, words.w};
}

/// Four columns of the result from `column` on, past the cache: nobody reads them again soon.
__device__ inline void store_four(float* to, float4 values) {
  __stcs(reinterpret_cast<float4*>(to), values);
}
__device__ inline void store_four(Bf16* to, float4 values) {
  __stcs(reinterpret_cast<uint2*>(to), make_uint2(pack_halves(values.x, values.y), pack_halves(values.z, values.w)));
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

__device__ inline float4 add_groups(float4 sum, int lanes_per_row) {
  for (int offset = warp_size / 2; offset >= lanes_per_row; offset /= 2) {
    sum.x += __shfl_xor_sync(all_lanes, sum.x, offset);
    sum.y += __shfl_xor_sync(all_lanes, sum.y, offset);
    sum.z += __shfl_xor_sync(all_lanes, sum.z, offset);
    sum.w += __shfl_xor_sync(all_lanes, sum.w, offset);
  }
  return sum;
}

/// What a lane has of one slice of X: the columns that begin at `column`, if rows go so far. Marked: targets may be
/// places of hot columns; those below the job's hot_count are given to Rows as they are.
template <class Rows, bool Weighted, bool Marked, class Out>
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
    const std::uint32_t target = exists ? __ldcs(job_.targets + entry) : 0;
    if (!Marked || (target & HotColumns::mark) == 0) return target;
    const std::uint32_t place = target & ~HotColumns::mark;
    return place < job_.hot_count ? target : __ldg(job_.hot_columns + place);
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

/// One of a product's tasks: a wide item, or 32 / Lanes of the narrow ones, by a warp.
template <int Lanes, class Slice, class Out>
__device__ void sum_task(const Job<Out>& job, const Slice& slice, std::uint32_t task) {
  constexpr int groups = warp_size / Lanes;
  if (task < job.wide_count) {
    sum_as_warp<Lanes>(slice, load_item(job.wide + task));
    return;
  }
  const int lane = static_cast<int>(threadIdx.x % warp_size);
  const std::uint32_t narrow = (task - job.wide_count) * groups + lane / Lanes;
  const bool exists = narrow < job.narrow_count;
  const RowItem item = exists ? load_item(job.narrow + narrow) : RowItem{};
  sum_as_groups<Lanes>(slice, item, exists);
}

}  // namespace adjoin::cuda::detail
