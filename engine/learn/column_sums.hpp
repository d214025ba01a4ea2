// Sums down the columns of a matrix: the gradients of everything that is one row for all rows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <adjoin/engine/learn/operation.hpp>

namespace adjoin::learn {

/// Chunks of rows that are summed apart: at most 64, whose sums are little beside the matrix.
constexpr std::size_t column_sum_grain(const Shape& shape) noexcept {
  return std::max(rows_per_chunk(shape.columns), chunk_count(shape.rows, 64));
}

/// Bytes of scratch that sum_columns needs for `width` sums.
constexpr std::size_t column_sum_bytes(const Shape& shape, std::size_t width) noexcept {
  return std::max<std::size_t>(1, chunk_count(shape.rows, column_sum_grain(shape))) * width * sizeof(double);
}

/// Calls body(i, sums) for every row i, which adds to `width` sums in double; returns the totals, which stand in
/// `partial`: column_sum_bytes of it.
template <class Body>
std::span<const double> sum_columns(RunContext& context, const Shape& shape, std::size_t width,
                                    std::span<double> partial, Body&& body) {
  std::fill(partial.begin(), partial.end(), 0.0);
  const std::size_t grain = column_sum_grain(shape);
  context.for_chunks(shape.rows, grain, [&](Chunk chunk) {
    double* const sums = partial.data() + chunk.index * width;
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) body(i, sums);
  });
  for (std::size_t k = 1; k < chunk_count(shape.rows, grain); ++k) {
    for (std::size_t j = 0; j < width; ++j) partial[j] += partial[k * width + j];
  }
  return partial.first(width);
}

}  // namespace adjoin::learn
