// How products of tall matrices are cut on a GPU, and what memory they take there. Needs no CUDA toolkit: whether a run
// has room is asked before it begins.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <adjoin/engine/runtime/parallel.hpp>

namespace adjoin::cuda {

/// A panel that is written by one kernel and read by the next stays in the cache between them.
inline constexpr std::size_t panel_bytes = std::size_t{32} << 20;

/// How X^T X is cut: panels of rows one after the other, and each panel into parts whose products are made at the same
/// time, since one d x d result alone would keep few of a device's processors busy. By the shape alone.
struct GramPlan {
  std::size_t panels = 0;
  std::size_t parts = 0;
  std::size_t rows_per_part = 0;

  std::size_t rows_per_panel() const noexcept { return parts * rows_per_part; }
};

inline GramPlan plan_gram(std::size_t rows, std::size_t columns) {
  constexpr std::size_t tile = 64;
  constexpr std::size_t tiles_at_once = 256;
  constexpr std::size_t least_rows_per_part = 128;
  const std::size_t most_rows = std::max<std::size_t>(1, panel_bytes / (columns * sizeof(double)));
  const std::size_t tiles = chunk_count(columns, tile) * chunk_count(columns, tile);
  GramPlan plan;
  plan.panels = chunk_count(rows, most_rows);
  const std::size_t rows_at_once = chunk_count(rows, plan.panels);
  plan.parts = std::clamp<std::size_t>(tiles_at_once / tiles, 1, chunk_count(rows_at_once, least_rows_per_part));
  plan.rows_per_part = chunk_count(rows_at_once, plan.parts);
  return plan;
}

/// Rows of `columns` floats that are multiplied in place at once.
inline std::size_t rows_in_place(std::size_t columns) {
  return std::max<std::size_t>(1, panel_bytes / (std::max<std::size_t>(1, columns) * sizeof(float)));
}

/// Bytes of a run's share of the device that any operation of tall_products.hpp takes beside its arguments at most;
/// rows and columns of x, and t square.
inline std::uint64_t tall_product_device_bytes(std::uint64_t rows, std::uint64_t columns) {
  if (rows == 0 || columns == 0) return 0;
  const GramPlan plan = plan_gram(rows, columns);
  const std::uint64_t gram = (plan.rows_per_panel() + plan.parts * columns) * columns * sizeof(double);
  const std::uint64_t product =
      (std::min<std::uint64_t>(rows, rows_in_place(columns)) + columns) * columns * sizeof(float);
  return std::max(gram, product);
}

}  // namespace adjoin::cuda
