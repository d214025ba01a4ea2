// How a warp finds what two sorted sets of nodes have in common. For .cu files only.
#pragma once

#include <cstdint>

#include <adjoin/engine/dense/cuda/vector_inl.cuh>
#include <adjoin/engine/runtime/ids.hpp>

namespace adjoin::cuda {

/// A strictly increasing list of nodes.
struct SortedNodes {
  const std::uint32_t* nodes;
  std::uint32_t size;
};

__device__ inline SortedNodes sorted_nodes(const NodeId* first, std::uint64_t size) {
  return {reinterpret_cast<const std::uint32_t*>(first), static_cast<std::uint32_t>(size)};
}

/// The first of the places [begin, end) whose node is not below `node`, else `end`.
__device__ inline std::uint32_t lower_bound(const std::uint32_t* nodes, std::uint32_t begin, std::uint32_t end,
                                            std::uint32_t node) {
  while (begin < end) {
    const std::uint32_t middle = begin + (end - begin) / 2;
    if (nodes[middle] < node) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

/// Calls visit(node, place in shorter, place in longer) for the nodes at the places [begin, end) of `shorter` that are
/// in `longer` too: each on the lane (place - begin) % 32, on each lane in increasing order. To be called by all lanes
/// of a warp with the same arguments.
template <class Visit>
__device__ inline void visit_common(const SortedNodes& shorter, std::uint32_t begin, std::uint32_t end,
                                    const SortedNodes& longer, Visit&& visit) {
  if (begin >= end) return;
  constexpr std::uint32_t after_all = 0xffffffffU;  // no node has this number
  const std::uint32_t lane = threadIdx.x % warp_size;
  // As far as 32 nodes of the shorter list reach in the longer one, were both spread alike, and as far again.
  const std::uint64_t wide_gap = 2 * (std::uint64_t{longer.size} / shorter.size + 1);
  // Everything before `low` is below the nodes still to come.
  std::uint32_t low = begin == 0 ? 0 : lower_bound(longer.nodes, 0, longer.size, shorter.nodes[begin]);
  for (std::uint32_t base = begin; base < end && low < longer.size; base += warp_size) {
    const bool has_node = lane < end - base;
    const std::uint32_t place = base + lane;
    const std::uint32_t node = has_node ? shorter.nodes[place] : after_all;
    // Posts in the longer list, the last node of each of 32 gaps.
    const std::uint32_t rest = longer.size - low;
    const std::uint64_t narrow_gap = (std::uint64_t{rest} + warp_size - 1) / warp_size;
    const auto gap = static_cast<std::uint32_t>(wide_gap < narrow_gap ? wide_gap : narrow_gap);
    const std::uint64_t post_place = std::uint64_t{low} + std::uint64_t{lane + 1} * gap - 1;
    const std::uint32_t post = post_place < longer.size ? longer.nodes[post_place] : after_all;
    // How many posts are below the node: the number of its gap, 32 for what is beyond the last post.
    std::uint32_t below = 0;
    for (std::uint32_t step = warp_size / 2; step > 0; step /= 2) {
      const std::uint32_t candidate = __shfl_sync(all_lanes, post, static_cast<int>(below + step - 1));
      if (candidate < node) below += step;
    }
    const std::uint32_t last = __shfl_sync(all_lanes, post, static_cast<int>(below));
    if (last < node) ++below;
    std::uint32_t found_at = longer.size;
    if (has_node) {
      const std::uint64_t gap_end = std::uint64_t{low} + std::uint64_t{below + 1} * gap - 1;
      const std::uint32_t to =
          below == warp_size || gap_end > longer.size ? longer.size : static_cast<std::uint32_t>(gap_end);
      found_at = lower_bound(longer.nodes, low + below * gap, to, node);
      if (found_at < longer.size && longer.nodes[found_at] == node) visit(node, place, found_at);
    }
    low = __shfl_sync(all_lanes, found_at, warp_size - 1);  // a short last batch: no matter
  }
}

}  // namespace adjoin::cuda
