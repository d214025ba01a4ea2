// Cutting the rows of a sparse matrix into chunks of equal work, without storing the cuts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <ranges>

#include <adjoin/engine/runtime/parallel.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Work of the first `row` rows: their entries, and one for each row itself.
inline std::size_t work_before(const CsrView& a, std::size_t row) noexcept {
  return index(a.offsets[row]) + row;
}

inline std::size_t row_chunk_count(const CsrView& a, std::size_t work) noexcept {
  return a.row_count() == 0 ? 0 : chunk_count(work_before(a, a.row_count()), work);
}

/// The rows that begin in the k-th stretch of `work` units. Every row is in exactly one chunk; a chunk may be empty (a
/// row longer than `work` covers several stretches).
inline Chunk row_chunk(const CsrView& a, std::size_t work, std::size_t k) noexcept {
  const auto rows = std::views::iota(std::size_t{0}, a.row_count());
  const auto first_row_at = [&](std::size_t units) {
    return static_cast<std::size_t>(
        std::ranges::partition_point(rows, [&](std::size_t row) { return work_before(a, row) < units; }) -
        rows.begin());
  };
  return {first_row_at(k * work), first_row_at((k + 1) * work), k};
}

}  // namespace adjoin
