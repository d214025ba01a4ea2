// Conversions of rows at every instruction level. All are bound by memory.
#include <algorithm>

#include <adjoin/engine/dense/half_matrix.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/half_matrix_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/half_kernels_inl.hpp>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {

void narrow(MatrixView<const float> x, MatrixView<Bf16> y, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    floats_to_halves(x.data() + i * x.stride(), y.data() + i * y.stride(), x.columns());
  }
}

void widen(MatrixView<const Bf16> x, MatrixView<float> y, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    halves_to_floats(x.data() + i * x.stride(), y.data() + i * y.stride(), x.columns());
  }
}

void add_halves(float coefficient, MatrixView<const Bf16> x, bool unit_rows, MatrixView<float> y,
                const std::uint8_t* only, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    if (only != nullptr && only[i] == 0) continue;
    const Bf16* const from = x.data() + i * x.stride();
    const float factor = unit_rows ? coefficient_of_unit_row(coefficient, from, x.columns()) : coefficient;
    add_scaled_row(factor, from, y.data() + i * y.stride(), x.columns());
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {

HWY_EXPORT(narrow);
HWY_EXPORT(widen);
HWY_EXPORT(add_halves);

/// Rows of about a quarter of a million numbers: a chunk costs some tens of microseconds.
std::size_t rows_per_chunk(std::size_t columns) {
  return std::max<std::size_t>(1, (std::size_t{1} << 18) / std::max<std::size_t>(1, columns));
}

}  // namespace

void convert(RunContext& context, MatrixView<const float> x, MatrixView<Bf16> y) {
  context.for_chunks(x.rows(), rows_per_chunk(x.columns()),
                     [&](Chunk rows) { HWY_DYNAMIC_DISPATCH(narrow)(x, y, rows.begin, rows.end); });
}

void convert(RunContext& context, MatrixView<const Bf16> x, MatrixView<float> y) {
  context.for_chunks(x.rows(), rows_per_chunk(x.columns()),
                     [&](Chunk rows) { HWY_DYNAMIC_DISPATCH(widen)(x, y, rows.begin, rows.end); });
}

void add_rows(RunContext& context, float coefficient, MatrixView<const Bf16> x, bool normalize, MatrixView<float> y,
              std::span<const std::uint8_t> only) {
  const std::uint8_t* const wanted = only.empty() ? nullptr : only.data();
  context.for_chunks(x.rows(), rows_per_chunk(x.columns()), [&](Chunk rows) {
    HWY_DYNAMIC_DISPATCH(add_halves)(coefficient, x, normalize, y, wanted, rows.begin, rows.end);
  });
}

}  // namespace adjoin
#endif
