// A tall matrix times a small one at every instruction level.
//
// The small matrix is packed into panels of 64 columns, which stay in a cache. A tile of rows of x is copied first, so
// that the result may be written over it; then each panel is gone through for a few rows at a time, whose sums stay in
// registers.
#include <algorithm>
#include <array>

#include <adjoin/engine/dense/tall_products.hpp>
#include <adjoin/engine/runtime/memory.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/multiply_tall_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/unroll_inl.hpp>

#ifndef ADJOIN_MULTIPLY_TALL_TYPES
#define ADJOIN_MULTIPLY_TALL_TYPES
namespace adjoin {
namespace {

constexpr std::size_t panel_columns = 64;
/// Whole blocks of rows at every level.
constexpr std::size_t tile_rows = 48;
constexpr std::size_t tiles_per_chunk = 8;

}  // namespace
}  // namespace adjoin
#endif

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;

/// 24 accumulators of the 32 registers of AVX-512, 8 of the 16 below it.
constexpr std::size_t block_rows = hn::MaxLanes(Floats()) >= 16 ? 6 : 4;
constexpr std::size_t block_registers = hn::MaxLanes(Floats()) >= 16 ? 4 : 2;

/// out[a, 0..] = the products of block_rows rows of x with block_registers registers of columns of the panel.
HWY_INLINE void multiply_block(const float* x, std::size_t depth, const float* panel, float* out) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<Floats> block[block_rows][block_registers];
  ADJOIN_UNROLL
  for (std::size_t a = 0; a < block_rows; ++a) {
    ADJOIN_UNROLL
    for (std::size_t b = 0; b < block_registers; ++b) block[a][b] = hn::Zero(d);
  }
  for (std::size_t k = 0; k < depth; ++k) {
    hn::Vec<Floats> right[block_registers];
    ADJOIN_UNROLL
    for (std::size_t b = 0; b < block_registers; ++b) right[b] = hn::LoadU(d, panel + k * panel_columns + b * lanes);
    ADJOIN_UNROLL
    for (std::size_t a = 0; a < block_rows; ++a) {
      const auto left = hn::Set(d, x[a * depth + k]);
      ADJOIN_UNROLL
      for (std::size_t b = 0; b < block_registers; ++b) block[a][b] = hn::MulAdd(left, right[b], block[a][b]);
    }
  }
  ADJOIN_UNROLL
  for (std::size_t a = 0; a < block_rows; ++a) {
    ADJOIN_UNROLL
    for (std::size_t b = 0; b < block_registers; ++b) hn::StoreU(block[a][b], d, out + a * panel_columns + b * lanes);
  }
}

/// y[0..rows, first_column..] = x times one panel. x: tile_rows x depth, contiguous.
void multiply_panel(const float* x, std::size_t rows, std::size_t depth, const float* panel, MatrixView<float> y) {
  HWY_ALIGN float sums[block_rows * panel_columns];
  const std::size_t step = block_registers * hn::Lanes(Floats());
  for (std::size_t row = 0; row < rows; row += block_rows) {
    for (std::size_t j = 0; j < y.columns(); j += step) multiply_block(x + row * depth, depth, panel + j, sums + j);
    for (std::size_t a = 0; a < std::min(block_rows, rows - row); ++a) {
      std::copy_n(sums + a * panel_columns, y.columns(), y.data() + (row + a) * y.stride());
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

HWY_EXPORT(multiply_panel);

/// Panel p holds the columns [64 p, 64 p + 64) of t, row by row, zeros past the last.
Array<float> packed(const SmallMatrix& t) {
  const std::size_t panels = chunk_count(t.columns(), panel_columns);
  Array<float> result(panels * t.rows() * panel_columns, 0.0F);
  for (std::size_t k = 0; k < t.rows(); ++k) {
    for (std::size_t j = 0; j < t.columns(); ++j) {
      result[(j / panel_columns * t.rows() + k) * panel_columns + j % panel_columns] = static_cast<float>(t(k, j));
    }
  }
  return result;
}

}  // namespace

void multiply_tall(RunContext& context, MatrixView<const float> x, const SmallMatrix& t, MatrixView<float> y) {
  const Array<float> panels = packed(t);
  const std::size_t depth = x.columns();
  context.for_chunks(x.rows(), tiles_per_chunk * tile_rows, [&](Chunk chunk) {
    Array<float> tile(tile_rows * depth, 0.0F);  // once for hundreds of rows
    for (std::size_t begin = chunk.begin; begin < chunk.end; begin += tile_rows) {
      const std::size_t rows = std::min(tile_rows, chunk.end - begin);
      for (std::size_t r = 0; r < rows; ++r) std::ranges::copy(x.row(begin + r), tile.data() + r * depth);
      for (std::size_t first = 0; first < y.columns(); first += panel_columns) {
        const std::size_t width = std::min(panel_columns, y.columns() - first);
        HWY_DYNAMIC_DISPATCH(multiply_panel)
        (tile.data(), rows, depth, panels.data() + first * depth,
         {y.data() + begin * y.stride() + first, rows, width, y.stride()});
      }
    }
  });
}

}  // namespace adjoin
#endif
