// The general product at every instruction level.
//
// A task owns a tile of the result over a stretch of the common dimension. It copies a block of b into a panel of 64
// columns, which stays in a cache while every row of the tile is multiplied with it; a few rows by a few registers of
// sums stay in registers meanwhile. Rows of a are read where they are, through two steps, so that the transpose is the
// same matrix with the steps exchanged; a transpose that is read more than once is copied into blocks first.
#include <algorithm>

#include <adjoin/engine/dense/matrix_product.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/matrix_product_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/unroll_inl.hpp>

#ifndef ADJOIN_MATRIX_PRODUCT_TYPES
#define ADJOIN_MATRIX_PRODUCT_TYPES
namespace adjoin {
namespace {

constexpr std::size_t panel_columns = 64;
/// A panel of this depth is 64 KiB.
constexpr std::size_t panel_depth = 256;
constexpr std::size_t tile_rows = 192;
constexpr std::size_t tile_columns = 256;

/// The part of a product that one task makes.
struct ProductTile {
  ProductSide a;
  ProductSide b;
  MatrixView<float> out;  // of these rows and columns alone
  std::size_t first_row;
  std::size_t first_column;
  std::size_t first_depth;
  std::size_t last_depth;
  bool add;
};

}  // namespace
}  // namespace adjoin
#endif

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, panel_columns / 4>;

/// 24 accumulators of the 32 registers of AVX-512, 12 of the 16 below it.
constexpr std::size_t block_rows = 6;
/// Where one register holds all the columns: as many sums at once as hide the latency of a multiply-add.
constexpr std::size_t narrow_block_rows = 8;
constexpr std::size_t block_registers = hn::MaxLanes(Floats()) >= 16 ? 4 : 2;

/// panel[p, j] = b[depth + p, column + j], zeros past the last column up to a whole register.
void pack_panel(const ProductSide& b, std::size_t depth, std::size_t depths, std::size_t column, std::size_t columns,
                float* panel) {
  const float* const data = b.matrix.data();
  const std::size_t stride = b.matrix.stride();
  const std::size_t width = (columns + hn::Lanes(Floats()) - 1) / hn::Lanes(Floats()) * hn::Lanes(Floats());
  if (!b.transposed) {
    for (std::size_t p = 0; p < depths; ++p) {
      float* const row = panel + p * panel_columns;
      std::copy_n(data + (depth + p) * stride + column, columns, row);
      std::fill(row + columns, row + width, 0.0F);
    }
    return;
  }
  constexpr std::size_t block = 16;  // depths at a time: what is written stays in the first-level cache
  for (std::size_t begin = 0; begin < depths; begin += block) {
    const std::size_t end = std::min(depths, begin + block);
    for (std::size_t j = 0; j < columns; ++j) {
      const float* const from = data + (column + j) * stride + depth;
      for (std::size_t p = begin; p < end; ++p) panel[p * panel_columns + j] = from[p];
    }
    for (std::size_t p = begin; p < end; ++p) {
      std::fill(panel + p * panel_columns + columns, panel + p * panel_columns + width, 0.0F);
    }
  }
}

/// The rows of a transposed a, six by six: left[(i / 6 * depths + p) * 6 + i mod 6] = a[depth + p, row + i], zeros past
/// the last row. Where they stand, a block of six takes a small part of every cache line that it touches, and every
/// step is on another page.
void pack_left(const float* a, std::size_t stride, std::size_t rows, std::size_t depths, float* left) {
  const std::size_t whole = rows / block_rows * block_rows;
  for (std::size_t p = 0; p < depths; ++p) {
    const float* const from = a + p * stride;
    float* to = left + p * block_rows;
    for (std::size_t i = 0; i < whole; i += block_rows, to += depths * block_rows)
      std::copy_n(from + i, block_rows, to);
    if (whole == rows) continue;
    std::fill(std::copy_n(from + whole, rows - whole, to), to + block_rows, 0.0F);
  }
}

/// sums[r, 0..] = the products of a few rows with a few registers of columns of the panel.
template <std::size_t Rows, std::size_t Registers>
HWY_INLINE void multiply_block(const float* const* rows, std::size_t depth_step, std::size_t depths, const float* panel,
                               float* sums) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<Floats> block[Rows][Registers];
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    ADJOIN_UNROLL
    for (std::size_t v = 0; v < Registers; ++v) block[r][v] = hn::Zero(d);
  }
  const float* row[Rows];
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) row[r] = rows[r];
  for (std::size_t p = 0; p < depths; ++p) {
    hn::Vec<Floats> right[Registers];
    ADJOIN_UNROLL
    for (std::size_t v = 0; v < Registers; ++v) right[v] = hn::LoadU(d, panel + p * panel_columns + v * lanes);
    ADJOIN_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      const auto left = hn::Set(d, row[r][p * depth_step]);
      ADJOIN_UNROLL
      for (std::size_t v = 0; v < Registers; ++v) block[r][v] = hn::MulAdd(left, right[v], block[r][v]);
    }
  }
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    ADJOIN_UNROLL
    for (std::size_t v = 0; v < Registers; ++v) hn::StoreU(block[r][v], d, sums + r * panel_columns + v * lanes);
  }
}

/// The same over all the columns of a panel that are there: most registers at a time, fewer at the end.
HWY_INLINE void multiply_panel(const float* const* rows, std::size_t depth_step, std::size_t depths, const float* panel,
                               std::size_t columns, float* sums) {
  const std::size_t lanes = hn::Lanes(Floats());
  std::size_t j = 0;
  for (; j + (block_registers - 1) * lanes < columns; j += block_registers * lanes) {
    multiply_block<block_rows, block_registers>(rows, depth_step, depths, panel + j, sums + j);
  }
  for (; j < columns; j += lanes) multiply_block<block_rows, 1>(rows, depth_step, depths, panel + j, sums + j);
}

void multiply_tile(const ProductTile& tile) {
  HWY_ALIGN float panel[panel_depth * panel_columns];
  HWY_ALIGN float sums[narrow_block_rows * panel_columns];
  HWY_ALIGN float left[tile_rows * panel_depth];
  const bool packed = tile.a.transposed;
  const std::size_t row_step = tile.a.transposed ? 1 : tile.a.matrix.stride();
  const std::size_t depth_step = tile.a.transposed ? tile.a.matrix.stride() : 1;
  if (!tile.add && tile.first_depth == tile.last_depth) {
    for (std::size_t i = 0; i < tile.out.rows(); ++i) std::fill_n(tile.out.row(i).data(), tile.out.columns(), 0.0F);
  }
  for (std::size_t depth = tile.first_depth; depth < tile.last_depth; depth += panel_depth) {
    const std::size_t depths = std::min(panel_depth, tile.last_depth - depth);
    const bool add = tile.add || depth > tile.first_depth;
    const float* const a = tile.a.matrix.data() + tile.first_row * row_step + depth * depth_step;
    if (packed) pack_left(a, depth_step, tile.out.rows(), depths, left);
    for (std::size_t column = 0; column < tile.out.columns(); column += panel_columns) {
      const std::size_t columns = std::min(panel_columns, tile.out.columns() - column);
      pack_panel(tile.b, depth, depths, tile.first_column + column, columns, panel);
      const bool narrow = columns <= hn::Lanes(Floats());
      const std::size_t most_rows = narrow ? narrow_block_rows : block_rows;
      for (std::size_t i = 0; i < tile.out.rows(); i += most_rows) {
        const float* rows[narrow_block_rows];
        for (std::size_t r = 0; r < most_rows; ++r) {
          const std::size_t row = std::min(i + r, tile.out.rows() - 1);
          rows[r] = packed ? left + row / block_rows * block_rows * depths + row % block_rows : a + row * row_step;
        }
        const std::size_t step = packed ? block_rows : depth_step;
        if (narrow) {
          multiply_block<narrow_block_rows, 1>(rows, step, depths, panel, sums);
        } else {
          multiply_panel(rows, step, depths, panel, columns, sums);
        }
        for (std::size_t r = 0; r < std::min(most_rows, tile.out.rows() - i); ++r) {
          float* const to = tile.out.data() + (i + r) * tile.out.stride() + column;
          const float* const from = sums + r * panel_columns;
          if (add) {
            for (std::size_t j = 0; j < columns; ++j) to[j] += from[j];
          } else {
            std::copy_n(from, columns, to);
          }
        }
      }
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

HWY_EXPORT(multiply_tile);

/// Stretches of the common dimension that threads take apart: as many as give work to a large machine, but each long
/// enough that adding the stretches up is little beside it.
std::size_t depth_stretches(std::size_t n, std::size_t d, std::size_t k) {
  constexpr std::size_t enough_tasks = 32;
  constexpr std::size_t least_depth = 1024;
  const std::size_t tiles = chunk_count(n, tile_rows) * chunk_count(d, tile_columns);
  if (tiles == 0) return 1;
  return std::max<std::size_t>(1, std::min(enough_tasks / tiles, k / least_depth));
}

}  // namespace

std::size_t matrix_product_scratch(std::size_t n, std::size_t d, std::size_t k) noexcept {
  const std::size_t stretches = depth_stretches(n, d, k);
  return stretches > 1 ? stretches * n * d : 0;
}

void matrix_product(RunContext& context, const ProductSide& a, const ProductSide& b, bool add, MatrixView<float> out,
                    std::span<float> scratch) {
  const std::size_t n = out.rows();
  const std::size_t d = out.columns();
  const std::size_t k = a.columns();
  const std::size_t row_tiles = chunk_count(n, tile_rows);
  const std::size_t column_tiles = chunk_count(d, tile_columns);
  const std::size_t stretches = depth_stretches(n, d, k);
  const std::size_t depth = chunk_count(k, stretches);
  context.for_tasks(row_tiles * column_tiles * stretches, [&](std::size_t task) {
    const std::size_t stretch = task / (row_tiles * column_tiles);
    const std::size_t row = task / column_tiles % row_tiles * tile_rows;
    const std::size_t column = task % column_tiles * tile_columns;
    float* const to = stretches > 1 ? scratch.data() + stretch * n * d : out.data();
    const std::size_t stride = stretches > 1 ? d : out.stride();
    HWY_DYNAMIC_DISPATCH(multiply_tile)
    ({.a = a,
      .b = b,
      .out = {to + row * stride + column, std::min(tile_rows, n - row), std::min(tile_columns, d - column), stride},
      .first_row = row,
      .first_column = column,
      .first_depth = std::min(k, stretch * depth),
      .last_depth = std::min(k, (stretch + 1) * depth),
      .add = stretches == 1 && add});
  });
  if (stretches == 1) return;
  constexpr std::size_t rows_per_chunk = 16;
  context.for_chunks(n, rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      float* const to = out.data() + i * out.stride();
      if (!add) std::fill_n(to, d, 0.0F);
      for (std::size_t stretch = 0; stretch < stretches; ++stretch) {
        const float* const from = scratch.data() + (stretch * n + i) * d;
        for (std::size_t j = 0; j < d; ++j) to[j] += from[j];
      }
    }
  });
}

}  // namespace adjoin
#endif
