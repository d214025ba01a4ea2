// Which nodes are in which simplices, as a sparse matrix and its transpose: what projections and triangles are made of.
#pragma once

#include <cstdint>

#include <adjoin/engine/graph/simplex_log.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

/// The size above which Benson et al. 2018 (section 2) leave simplices out.
inline constexpr int default_max_simplex_size = 25;

/// The incidence matrix A of some simplices. Both matrices are without weights.
struct Incidence {
  Csr nodes_of;                 // a row a simplex, in the order of their times: A^T
  Csr simplices_of;             // a row a node: A
  std::uint64_t too_large = 0;  // simplices that were left out

  std::size_t node_count() const noexcept { return nodes_of.column_count; }
  std::size_t simplex_count() const noexcept { return simplices_of.column_count; }
  std::size_t bytes() const noexcept { return nodes_of.bytes() + simplices_of.bytes(); }
};

/// The simplices of at most max_size nodes. max_size: at least 1.
/// Cost.    O(simplices + their nodes); 8 bytes a node of a simplex, 8 a simplex and 8 a node of the log.
/// Errors.  InvalidOption for max_size; InvalidData for 2^32 - 1 simplices or more; BudgetExceeded, Cancelled.
Incidence incidence_of(RunContext& context, const SimplexView& simplices, int max_size = default_max_simplex_size);

/// Bytes that incidence_of takes at its peak beyond the simplices.
std::uint64_t estimate_incidence_memory(const SimplexView& simplices) noexcept;

/// The simplices with after < time <= until. O(log of their number); the view is into the same arrays.
SimplexView simplices_between(const SimplexView& simplices, Time after, Time until) noexcept;
/// The simplices with time <= until.
SimplexView simplices_until(const SimplexView& simplices, Time until) noexcept;

/// The time below or at which a share q of the simplices lies: with x = q (N - 1) the value at place x of the sorted
/// times, linear between two places and rounded to a whole tick, halves to even. It is how ScHoLP cuts the time.
/// q: 0 to 1. InvalidOption for another, InvalidData if there are no simplices.
Time time_quantile(const SimplexView& simplices, double q);

}  // namespace adjoin
