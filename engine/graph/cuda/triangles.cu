#include <adjoin/engine/graph/cuda/triangles.hpp>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>
#include <adjoin/engine/sparse/cuda/intersect_inl.cuh>

namespace adjoin::cuda {
namespace {

constexpr unsigned warps_per_block = 8;
constexpr unsigned threads_per_block = warps_per_block * warp_size;
/// Edges that a warp takes, one after the other; what it needs to know of them its lanes fetch all at once.
constexpr unsigned edges_per_warp = warp_size;

/// Of integers, whose sum is the same in any order.
__device__ void add_to(std::uint64_t* sum, std::uint64_t number) {
  atomicAdd(reinterpret_cast<unsigned long long*>(sum), static_cast<unsigned long long>(number));
}

/// The row that has entry e.
__device__ std::uint32_t row_of(const EdgeOffset* offsets, std::uint32_t row_count, std::uint64_t e) {
  std::uint32_t low = 0;  // offsets[low] <= e < offsets[high]
  std::uint32_t high = row_count;
  while (high - low > 1) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (static_cast<std::uint64_t>(offsets[middle]) <= e) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

/// sums: the number of all triangles, or with of_ranks a number for each row.
template <bool of_ranks>
__global__ void __launch_bounds__(threads_per_block)
    triangles_kernel(const EdgeOffset* __restrict__ offsets, const NodeId* __restrict__ targets,
                     std::uint32_t row_count, std::uint64_t first, std::uint64_t end, std::uint64_t* sums) {
  const std::uint64_t warp = std::uint64_t{blockIdx.x} * warps_per_block + threadIdx.x / warp_size;
  const unsigned lane = threadIdx.x % warp_size;
  const std::uint64_t begin = first + warp * edges_per_warp;
  if (begin >= end) return;  // all lanes of a warp alike
  const unsigned edges = end - begin < edges_per_warp ? static_cast<unsigned>(end - begin) : edges_per_warp;
  std::uint32_t own_lower = 0;
  std::uint32_t own_middle = 0;
  std::uint64_t own_lower_begin = 0;
  std::uint64_t own_middle_begin = 0;
  std::uint32_t own_middle_size = 0;
  if (lane < edges) {
    own_lower = row_of(offsets, row_count, begin + lane);
    own_lower_begin = static_cast<std::uint64_t>(offsets[own_lower]);
    own_middle = static_cast<std::uint32_t>(targets[begin + lane]);
    own_middle_begin = static_cast<std::uint64_t>(offsets[own_middle]);
    own_middle_size = static_cast<std::uint32_t>(static_cast<std::uint64_t>(offsets[std::uint64_t{own_middle} + 1]) -
                                                 own_middle_begin);
  }
  std::uint64_t total = 0;
  for (unsigned i = 0; i < edges; ++i) {
    const std::uint32_t lower = __shfl_sync(all_lanes, own_lower, static_cast<int>(i));
    const std::uint32_t middle = __shfl_sync(all_lanes, own_middle, static_cast<int>(i));
    const std::uint64_t lower_begin = __shfl_sync(all_lanes, own_lower_begin, static_cast<int>(i));
    const std::uint64_t middle_begin = __shfl_sync(all_lanes, own_middle_begin, static_cast<int>(i));
    const std::uint32_t middle_size = __shfl_sync(all_lanes, own_middle_size, static_cast<int>(i));
    // Of the lowest node, the neighbours above the middle one.
    const SortedNodes of_lower = sorted_nodes(targets + lower_begin, begin + i - lower_begin);
    const SortedNodes of_middle = sorted_nodes(targets + middle_begin, middle_size);
    const bool lower_is_shorter = of_lower.size <= of_middle.size;
    const SortedNodes shorter = lower_is_shorter ? of_lower : of_middle;
    const SortedNodes longer = lower_is_shorter ? of_middle : of_lower;
    std::uint32_t found = 0;
    visit_common(shorter, 0, shorter.size, longer, [&](std::uint32_t highest, std::uint32_t, std::uint32_t) {
      ++found;
      if constexpr (of_ranks) add_to(sums + highest, 1);
    });
    if constexpr (of_ranks) {
      found = sum_of_warp(found);
      if (lane == 0 && found > 0) {
        add_to(sums + lower, found);
        add_to(sums + middle, found);
      }
    } else {
      total += found;
    }
  }
  if constexpr (!of_ranks) {
    total = sum_of_warp(total);
    if (lane == 0 && total > 0) add_to(sums, total);
  }
}

template <bool of_ranks>
void launch(CudaContext& context, const CudaCsr& above, std::uint64_t first, std::uint64_t count, std::uint64_t* sums) {
  if (count == 0) return;
  const BasicCsrView<Cuda> view = above.view();
  constexpr std::uint64_t edges_per_block = std::uint64_t{warps_per_block} * edges_per_warp;
  const auto blocks = static_cast<unsigned>((count + edges_per_block - 1) / edges_per_block);
  triangles_kernel<of_ranks><<<blocks, threads_per_block, 0, context.stream()>>>(
      view.offsets.data(), view.targets.data(), static_cast<std::uint32_t>(above.row_count()), first, first + count,
      sums);
  check_launch("triangles_kernel");
}

}  // namespace

void add_triangles(CudaContext& context, const CudaCsr& above, std::uint64_t first, std::uint64_t count,
                   std::uint64_t* total) {
  launch<false>(context, above, first, count, total);
}

void add_triangles_of_ranks(CudaContext& context, const CudaCsr& above, std::uint64_t first, std::uint64_t count,
                            std::uint64_t* counts) {
  launch<true>(context, above, first, count, counts);
}

}  // namespace adjoin::cuda
