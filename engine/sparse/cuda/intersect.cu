#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/sparse/cuda/intersect.hpp>
#include <adjoin/engine/sparse/cuda/intersect_inl.cuh>

namespace adjoin {
namespace {

using cuda::SortedNodes;
using cuda::sum_of_warp;
using cuda::warp_size;

constexpr unsigned warps_per_block = 8;
constexpr unsigned threads_per_block = warps_per_block * warp_size;
/// Pairs whose shorter row is longer than this are shared out among the warps of a block.
constexpr std::uint32_t most_for_a_warp = 2048;

struct Matrix {
  const EdgeOffset* offsets;
  const NodeId* targets;
  const float* weights;  // nullptr: ones, or nobody asks
};

/// The shorter of a pair's rows and the longer, of two alike the lower one first.
struct TwoRows {
  std::uint32_t first;
  std::uint32_t second;
  std::uint64_t shorter_begin;
  std::uint64_t longer_begin;
  SortedNodes shorter;
  SortedNodes longer;
};

__device__ TwoRows rows_of(const Matrix& a, const RowPair& pair) {
  std::uint32_t shorter = static_cast<std::uint32_t>(pair.first);
  std::uint32_t longer = static_cast<std::uint32_t>(pair.second);
  std::uint64_t shorter_begin = static_cast<std::uint64_t>(a.offsets[shorter]);
  std::uint64_t shorter_size = static_cast<std::uint64_t>(a.offsets[std::uint64_t{shorter} + 1]) - shorter_begin;
  std::uint64_t longer_begin = static_cast<std::uint64_t>(a.offsets[longer]);
  std::uint64_t longer_size = static_cast<std::uint64_t>(a.offsets[std::uint64_t{longer} + 1]) - longer_begin;
  if (shorter_size > longer_size || (shorter_size == longer_size && shorter > longer)) {
    const std::uint32_t node = shorter;
    const std::uint64_t begin = shorter_begin;
    const std::uint64_t size = shorter_size;
    shorter = longer;
    shorter_begin = longer_begin;
    shorter_size = longer_size;
    longer = node;
    longer_begin = begin;
    longer_size = size;
  }
  return {shorter,
          longer,
          shorter_begin,
          longer_begin,
          cuda::sorted_nodes(a.targets + shorter_begin, shorter_size),
          cuda::sorted_nodes(a.targets + longer_begin, longer_size)};
}

struct Totals {
  std::uint32_t all;
  std::uint32_t others;
  double shares;
  double first;
  double second;
};

/// Of the places [begin, end) of the shorter row; the same in every lane.
template <class Value>
__device__ Totals totals_of_warp(const Matrix& a, const TwoRows& rows, std::uint32_t begin, std::uint32_t end,
                                 const OverlapSums<Value>& sums) {
  Totals totals{};
  cuda::visit_common(rows.shorter, begin, end, rows.longer,
                     [&](std::uint32_t node, std::uint32_t in_shorter, std::uint32_t in_longer) {
                       ++totals.all;
                       if (node == rows.first || node == rows.second) return;
                       ++totals.others;
                       double share = sums.use_weights ? 2 : 1;
                       if (a.weights != nullptr) {
                         share = static_cast<double>(a.weights[rows.shorter_begin + in_shorter]) +
                                 static_cast<double>(a.weights[rows.longer_begin + in_longer]);
                       }
                       totals.shares += share;
                       if (sums.first != nullptr) totals.first += share * static_cast<double>(sums.first_values[node]);
                       if (sums.second != nullptr) {
                         totals.second += share * static_cast<double>(sums.second_values[node]);
                       }
                     });
  totals.all = sum_of_warp(totals.all);
  totals.others = sum_of_warp(totals.others);
  if (sums.shares != nullptr) totals.shares = sum_of_warp(totals.shares);
  if (sums.first != nullptr) totals.first = sum_of_warp(totals.first);
  if (sums.second != nullptr) totals.second = sum_of_warp(totals.second);
  return totals;
}

template <class Value>
__device__ void write(const Totals& totals, std::size_t pair, RowOverlap* overlaps, const OverlapSums<Value>& sums) {
  overlaps[pair] = {totals.all, totals.others};
  if (sums.shares != nullptr) sums.shares[pair] = totals.shares;
  if (sums.first != nullptr) sums.first[pair] = totals.first;
  if (sums.second != nullptr) sums.second[pair] = totals.second;
}

template <class Value>
__global__ void __launch_bounds__(threads_per_block)
    intersect_rows_kernel(Matrix a, const RowPair* __restrict__ pairs, std::size_t count, RowOverlap* overlaps,
                          OverlapSums<Value> sums) {
  __shared__ Totals of_warps[warps_per_block];
  const unsigned warp = threadIdx.x / warp_size;
  const unsigned lane = threadIdx.x % warp_size;
  const std::size_t first_pair = std::size_t{blockIdx.x} * warps_per_block;
  const std::size_t own = first_pair + warp;
  bool is_long = false;
  if (own < count) {
    const TwoRows rows = rows_of(a, pairs[own]);
    is_long = rows.shorter.size > most_for_a_warp;
    if (!is_long) {
      const Totals totals = totals_of_warp(a, rows, 0, rows.shorter.size, sums);
      if (lane == 0) write(totals, own, overlaps, sums);
    }
  }
  if (__syncthreads_or(is_long ? 1 : 0) == 0) return;
  for (std::size_t pair = first_pair; pair < first_pair + warps_per_block && pair < count; ++pair) {
    const TwoRows rows = rows_of(a, pairs[pair]);
    if (rows.shorter.size <= most_for_a_warp) continue;  // all threads alike
    // Whole batches of a warp; the size is at least one batch for each, so nothing here overflows.
    const std::uint32_t batches = (rows.shorter.size - 1) / warp_size + 1;
    const std::uint64_t of_a_warp = std::uint64_t{(batches + warps_per_block - 1) / warps_per_block} * warp_size;
    const std::uint64_t size = rows.shorter.size;
    const std::uint64_t begin = warp * of_a_warp < size ? warp * of_a_warp : size;
    const std::uint64_t end = begin + of_a_warp < size ? begin + of_a_warp : size;
    const Totals part =
        totals_of_warp(a, rows, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), sums);
    if (lane == 0) of_warps[warp] = part;
    __syncthreads();
    if (threadIdx.x == 0) {
      Totals totals = of_warps[0];
      for (unsigned w = 1; w < warps_per_block; ++w) {
        totals.all += of_warps[w].all;
        totals.others += of_warps[w].others;
        totals.shares += of_warps[w].shares;
        totals.first += of_warps[w].first;
        totals.second += of_warps[w].second;
      }
      write(totals, pair, overlaps, sums);
    }
    __syncthreads();  // before the next pair's parts
  }
}

template <class Value>
void launch(CudaContext& context, const CudaCsr& a, const RowPair* pairs, std::size_t count, RowOverlap* overlaps,
            const OverlapSums<Value>& sums) {
  if (count == 0) return;
  const BasicCsrView<Cuda> view = a.view();
  const Matrix matrix{view.offsets.data(), view.targets.data(),
                      sums.use_weights && a.weighted() ? view.weights.data() : nullptr};
  // Below 2^31: so many pairs and overlaps would be more than the memory of a GPU.
  const auto blocks = static_cast<unsigned>((count + warps_per_block - 1) / warps_per_block);
  intersect_rows_kernel<<<blocks, threads_per_block, 0, context.stream()>>>(matrix, pairs, count, overlaps, sums);
  cuda::check_launch("intersect_rows_kernel");
}

}  // namespace

void intersect_rows(CudaContext& context, const CudaCsr& a, const RowPair* pairs, std::size_t count,
                    RowOverlap* overlaps, const OverlapSums<float>& sums) {
  launch(context, a, pairs, count, overlaps, sums);
}

void intersect_rows(CudaContext& context, const CudaCsr& a, const RowPair* pairs, std::size_t count,
                    RowOverlap* overlaps, const OverlapSums<double>& sums) {
  launch(context, a, pairs, count, overlaps, sums);
}

}  // namespace adjoin
