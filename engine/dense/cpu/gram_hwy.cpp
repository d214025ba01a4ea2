// X^T X at every instruction level.
//
// A tile of rows is turned into doubles once and stays in a cache while every block of the result is added to from it.
// A block is a few rows by a few registers of the result; it stays in registers over the whole tile.
#include <algorithm>

#include <adjoin/engine/dense/tall_products.hpp>
#include <adjoin/engine/runtime/memory.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/gram_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/unroll_inl.hpp>

#ifndef ADJOIN_GRAM_TYPES
#define ADJOIN_GRAM_TYPES
namespace adjoin {
namespace {

constexpr std::size_t tile_rows = 32;
/// Widths are rounded up to this many doubles, whole blocks at every level.
constexpr std::size_t width_unit = 32;
constexpr std::size_t stripe_columns = 64;

}  // namespace
}  // namespace adjoin
#endif

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::ScalableTag<double>;
using HalfFloats = hn::Rebind<float, Doubles>;

/// One row of x as doubles, zeros up to the width.
void widen_row(const float* from, std::size_t count, double* to, std::size_t width) {
  const Doubles d;
  const HalfFloats half;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t j = 0;
  for (; j + lanes <= count; j += lanes) hn::StoreU(hn::PromoteTo(d, hn::LoadU(half, from + j)), d, to + j);
  for (; j < count; ++j) to[j] = static_cast<double>(from[j]);
  for (; j < width; ++j) to[j] = 0;
}

constexpr std::size_t block_rows = 4;
/// 16 accumulators of the 32 registers of AVX-512, 8 of the 16 below it.
constexpr std::size_t block_registers = hn::MaxLanes(Doubles()) >= 8 ? 4 : 2;

/// sums[i..i+4, j..] += the products of these columns over the rows of the tile.
HWY_INLINE void add_block(const double* tile, std::size_t rows, std::size_t width, std::size_t i, std::size_t j,
                          double* sums) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<Doubles> block[block_rows][block_registers];
  ADJOIN_UNROLL
  for (std::size_t a = 0; a < block_rows; ++a) {
    ADJOIN_UNROLL
    for (std::size_t b = 0; b < block_registers; ++b)
      block[a][b] = hn::LoadU(d, sums + (i + a) * width + j + b * lanes);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    const double* const values = tile + row * width;
    hn::Vec<Doubles> right[block_registers];
    ADJOIN_UNROLL
    for (std::size_t b = 0; b < block_registers; ++b) right[b] = hn::LoadU(d, values + j + b * lanes);
    ADJOIN_UNROLL
    for (std::size_t a = 0; a < block_rows; ++a) {
      const auto left = hn::Set(d, values[i + a]);
      ADJOIN_UNROLL
      for (std::size_t b = 0; b < block_registers; ++b) block[a][b] = hn::MulAdd(left, right[b], block[a][b]);
    }
  }
  ADJOIN_UNROLL
  for (std::size_t a = 0; a < block_rows; ++a) {
    ADJOIN_UNROLL
    for (std::size_t b = 0; b < block_registers; ++b)
      hn::StoreU(block[a][b], d, sums + (i + a) * width + j + b * lanes);
  }
}

/// The rows [first, last) of the result, from the diagonal on, over the rows [begin, end) of x. tile: tile_rows *
/// width; sums: width * width, of which these rows are added to.
void gram_stripe(MatrixView<const float> x, std::size_t begin, std::size_t end, std::size_t first, std::size_t last,
                 std::size_t width, double* tile, double* sums) {
  const std::size_t step = block_registers * hn::Lanes(Doubles());
  for (std::size_t row = begin; row < end; row += tile_rows) {
    const std::size_t rows = std::min(tile_rows, end - row);
    for (std::size_t r = 0; r < rows; ++r) {
      widen_row(x.data() + (row + r) * x.stride(), x.columns(), tile + r * width, width);
    }
    for (std::size_t i = first; i < last; i += block_rows) {
      for (std::size_t j = i / step * step; j < width; j += step) add_block(tile, rows, width, i, j, sums);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {

HWY_EXPORT(gram_stripe);

std::size_t padded_width(std::size_t columns) {
  return (columns + width_unit - 1) / width_unit * width_unit;
}

/// Few enough that their sums take a quarter of the matrix at most, many enough for every thread of a large machine.
std::size_t chunks_of(std::size_t rows, std::size_t width) {
  return std::clamp<std::size_t>(rows / (8 * std::max<std::size_t>(width, 1)), 1, 64);
}

}  // namespace

SmallMatrix gram_matrix(RunContext& context, MatrixView<const float> x) {
  const std::size_t width = padded_width(x.columns());
  const std::size_t chunks = chunks_of(x.rows(), width);
  const std::size_t rows_per_chunk = chunk_count(x.rows(), chunks);
  const std::size_t stripes = chunk_count(width, stripe_columns);
  const auto rows_of = [&](std::size_t task) {
    const std::size_t begin = std::min(x.rows(), task / stripes * rows_per_chunk);
    return Chunk{begin, std::min(x.rows(), begin + rows_per_chunk), task / stripes};
  };
  Array<double> partial(chunks * width * width, 0.0);
  context.for_tasks(
      chunks * stripes,
      [&](std::size_t task) {
        Array<double> tile(tile_rows * width);  // once for thousands of rows
        const Chunk rows = rows_of(task);
        const std::size_t first = task % stripes * stripe_columns;
        HWY_DYNAMIC_DISPATCH(gram_stripe)
        (x, rows.begin, rows.end, first, std::min(width, first + stripe_columns), width, tile.data(),
         partial.data() + rows.index * width * width);
      },
      [&](std::size_t task) { return task % stripes == 0 ? std::uint64_t{rows_of(task).size()} : 0; });
  SmallMatrix result(x.columns(), x.columns());
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    const double* const sums = partial.data() + chunk * width * width;
    for (std::size_t i = 0; i < x.columns(); ++i) {
      for (std::size_t j = i; j < x.columns(); ++j) result(i, j) += sums[i * width + j];
    }
  }
  for (std::size_t i = 0; i < x.columns(); ++i) {
    for (std::size_t j = 0; j < i; ++j) result(i, j) = result(j, i);
  }
  return result;
}

std::uint64_t estimate_tall_product_memory(std::uint64_t rows, std::uint64_t columns, int threads) {
  const std::uint64_t width = padded_width(columns);
  const std::uint64_t small = 3 * width * width * sizeof(double);  // the matrices that are passed about
  const std::uint64_t partial = chunks_of(rows, width) * width * width * sizeof(double);
  return small + partial + static_cast<std::uint64_t>(threads) * tile_rows * width * sizeof(double);
}

}  // namespace adjoin
#endif
