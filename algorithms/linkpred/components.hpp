// A private part of linkpred: the connected pieces of a graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <adjoin/algorithms/linkpred/walk_matrix.hpp>

namespace adjoin::detail {

struct Components {
  std::vector<std::uint32_t> of;    // the number of each node's piece, by rising smallest node
  std::vector<std::uint32_t> size;  // nodes of each piece
};

/// a: symmetric. An edge of weight 0 connects nothing. O(n + m), on the calling thread.
inline Components components(const CsrView& a) {
  constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  Components result{std::vector<std::uint32_t>(a.row_count(), none), {}};
  std::vector<NodeId> waiting;
  for (std::size_t start = 0; start < a.row_count(); ++start) {
    if (result.of[start] != none) continue;
    const auto piece = static_cast<std::uint32_t>(result.size.size());
    result.size.push_back(0);
    const auto reach = [&](NodeId node) {
      if (result.of[index(node)] != none) return;
      result.of[index(node)] = piece;
      ++result.size.back();
      waiting.push_back(node);
    };
    reach(node_id(start));
    while (!waiting.empty()) {
      const std::size_t node = index(waiting.back());
      waiting.pop_back();
      for (std::size_t e = a.row_begin(node); e < a.row_end(node); ++e) {
        if (walk_weight(a, e) > 0) reach(a.targets[e]);
      }
    }
  }
  return result;
}

/// Peak bytes of `components`.
inline std::uint64_t estimate_components_memory(std::size_t node_count) {
  return node_count * 2 * (2 * sizeof(std::uint32_t) + sizeof(NodeId));  // vectors may have room for twice as many
}

}  // namespace adjoin::detail
