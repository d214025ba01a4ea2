#include <algorithm>
#include <utility>

#include <hwy/cache_control.h>

#include <adjoin/engine/dense/panel_products.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/panel_products_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// At most the registers of a level: a panel is swept in groups of two registers.
using Floats = hn::CappedTag<float, panel_width / 2>;
using Vector = hn::Vec<Floats>;

/// Rows that share a group of two registers: twice as many accumulators, two registers of the panel and one value must
/// fit the registers there are, 32 with 64-byte registers and 16 below.
constexpr std::size_t rows_per_tile = HWY_MAX_BYTES == 64 ? 12 : 6;
constexpr std::size_t columns_per_run = 512;

/// The products of rows 0, 1 ... with two registers of the panel, or with one, over a run of columns, added to out
/// unless it is the first run. Row is 0 ... rows - 1: written out by the compiler, so that every accumulator is a
/// register.
template <bool both, std::size_t... Row>
HWY_INLINE void tile(const float* rows, std::size_t stride, const float* panel, std::size_t columns, bool first_run,
                     float* out, std::index_sequence<Row...> /*rows*/) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  Vector low[sizeof...(Row)] = {((void)Row, hn::Zero(d))...};
  Vector high[sizeof...(Row)] = {((void)Row, hn::Zero(d))...};
  for (std::size_t k = 0; k < columns; ++k) {
    const Vector panel_low = hn::LoadU(d, panel + k * panel_width);
    ((low[Row] = hn::MulAdd(hn::Set(d, rows[Row * stride + k]), panel_low, low[Row])), ...);
    if constexpr (both) {
      const Vector panel_high = hn::LoadU(d, panel + k * panel_width + lanes);
      ((high[Row] = hn::MulAdd(hn::Set(d, rows[Row * stride + k]), panel_high, high[Row])), ...);
    }
  }
  if (!first_run) ((low[Row] = hn::Add(hn::LoadU(d, out + Row * panel_width), low[Row])), ...);
  (hn::StoreU(low[Row], d, out + Row * panel_width), ...);
  if constexpr (both) {
    if (!first_run) ((high[Row] = hn::Add(hn::LoadU(d, out + Row * panel_width + lanes), high[Row])), ...);
    (hn::StoreU(high[Row], d, out + Row * panel_width + lanes), ...);
  }
}

template <std::size_t Rows>
HWY_INLINE void all_groups(const float* rows, std::size_t stride, const float* panel, std::size_t width,
                           std::size_t columns, bool first_run, float* out) {
  const std::size_t lanes = hn::Lanes(Floats());
  std::size_t v = 0;
  for (; v + lanes < width; v += 2 * lanes) {
    tile<true>(rows, stride, panel + v, columns, first_run, out + v, std::make_index_sequence<Rows>());
  }
  if (v < width) tile<false>(rows, stride, panel + v, columns, first_run, out + v, std::make_index_sequence<Rows>());
}

/// Asks for the rows of the next tile: read side by side, they are too many streams for the processor to foresee.
HWY_INLINE void fetch_tile(const float* rows, std::size_t stride, std::size_t columns, std::size_t count) {
  constexpr std::size_t floats_per_line = 64 / sizeof(float);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < columns; k += floats_per_line) hwy::Prefetch(rows + i * stride + k);
  }
}

void products(MatrixView<const float> x, std::size_t begin, std::size_t count, const float* panel, std::size_t width,
              float* out) {
  if (x.columns() == 0) std::fill_n(out, count * panel_width, 0.0F);
  for (std::size_t column = 0; column < x.columns(); column += columns_per_run) {
    const std::size_t columns = std::min(columns_per_run, x.columns() - column);
    const float* const run = panel + column * panel_width;
    std::size_t i = 0;
    for (; i + rows_per_tile <= count; i += rows_per_tile) {
      const float* const rows = x.data() + (begin + i) * x.stride() + column;
      fetch_tile(rows + rows_per_tile * x.stride(), x.stride(), columns,
                 std::min(rows_per_tile, count - i - rows_per_tile));
      all_groups<rows_per_tile>(rows, x.stride(), run, width, columns, column == 0, out + i * panel_width);
    }
    for (; i < count; ++i) {
      const float* const row = x.data() + (begin + i) * x.stride() + column;
      all_groups<1>(row, x.stride(), run, width, columns, column == 0, out + i * panel_width);
    }
  }
}

std::size_t over_bound(const float* products_of_rows, std::size_t count, const float* bound, const float* scale,
                       std::uint32_t* rows) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t found = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const float* const row = products_of_rows + i * panel_width;
    const Vector factor = hn::Set(d, scale[i]);
    auto over = hn::Ge(hn::LoadU(d, row), hn::Mul(hn::LoadU(d, bound), factor));
    for (std::size_t v = lanes; v < panel_width; v += lanes) {
      over = hn::Or(over, hn::Ge(hn::LoadU(d, row + v), hn::Mul(hn::LoadU(d, bound + v), factor)));
    }
    if (!hn::AllFalse(d, over)) rows[found++] = static_cast<std::uint32_t>(i);
  }
  return found;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {

HWY_EXPORT(products);
HWY_EXPORT(over_bound);

void put_in_panel(std::span<const float> vector, float length, std::size_t position, std::span<float> panel) noexcept {
  for (std::size_t k = 0; k < vector.size(); ++k) panel[k * panel_width + position] = vector[k] / length;
}

void panel_products(MatrixView<const float> x, std::size_t begin, std::size_t count, const float* panel,
                    std::size_t width, float* out) noexcept {
  HWY_DYNAMIC_DISPATCH(products)(x, begin, count, panel, width, out);
}

std::size_t rows_over_bound(const float* products, std::size_t count, const float* bound, const float* scale,
                            std::uint32_t* rows) noexcept {
  return HWY_DYNAMIC_DISPATCH(over_bound)(products, count, bound, scale, rows);
}

}  // namespace adjoin
#endif
