// Where an edge stands in a projected graph, and what is counted of every edge once. Private to scores and features.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin::detail {

inline constexpr std::size_t no_entry = std::numeric_limits<std::size_t>::max();

/// The entry of v in the row of u; no_entry if there is none.
inline std::size_t entry_in_row(const CsrView& a, NodeId u, NodeId v) noexcept {
  const auto targets = a.row_targets(index(u));
  const auto at = std::ranges::lower_bound(targets, v);
  if (at == targets.end() || *at != v) return no_entry;
  return a.row_begin(index(u)) + static_cast<std::size_t>(at - targets.begin());
}

/// The entry of u and v in a symmetric matrix, that of the shorter row; no_entry if there is none.
inline std::size_t entry_of(const CsrView& a, NodeId u, NodeId v) noexcept {
  return a.row_size(index(v)) < a.row_size(index(u)) ? entry_in_row(a, v, u) : entry_in_row(a, u, v);
}

/// How many neighbours the two ends of each entry have in common. A stage of its own.
Array<std::uint32_t> common_neighbors_of_entries(RunContext& context, const CsrView& a);

}  // namespace adjoin::detail
