// Row-wise and column-wise operations at every instruction level. All are bound by memory: each touches its matrix once
// or, to standardise columns, twice.
#include <cmath>

#include <hwy/cache_control.h>

#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/runtime/memory.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/rowwise_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/row_kernels_inl.hpp>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Doubles = hn::ScalableTag<double>;
using HalfFloats = hn::Rebind<float, Doubles>;

void norms(MatrixView<const float> x, std::size_t begin, std::size_t end, float* out) {
  for (std::size_t i = begin; i < end; ++i) {
    out[i] = static_cast<float>(std::sqrt(squared_length(x.data() + i * x.stride(), x.columns())));
  }
}

HWY_INLINE void scale_row(float* row, float factor, std::size_t count) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const auto f = hn::Set(d, factor);
  std::size_t j = 0;
  for (; j + lanes <= count; j += lanes) hn::StoreU(hn::Mul(f, hn::LoadU(d, row + j)), d, row + j);
  for (; j < count; ++j) row[j] *= factor;
}

void scale_by_row(MatrixView<float> x, const float* scale, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) scale_row(x.data() + i * x.stride(), scale[i], x.columns());
}

void normalize(MatrixView<float> x, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    float* const row = x.data() + i * x.stride();
    const double squares = squared_length(row, x.columns());
    if (squares > 0) scale_row(row, static_cast<float>(1.0 / std::sqrt(squares)), x.columns());
  }
}

void scale_by_column(MatrixView<float> x, const float* scale, std::size_t begin, std::size_t end) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = begin; i < end; ++i) {
    float* const row = x.data() + i * x.stride();
    std::size_t j = 0;
    for (; j + lanes <= x.columns(); j += lanes) {
      hn::StoreU(hn::Mul(hn::LoadU(d, scale + j), hn::LoadU(d, row + j)), d, row + j);
    }
    for (; j < x.columns(); ++j) row[j] *= scale[j];
  }
}

void add(float coefficient, MatrixView<const float> x, bool unit_rows, MatrixView<float> y, const std::uint8_t* only,
         std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    if (only != nullptr && only[i] == 0) continue;
    const float* const from = x.data() + i * x.stride();
    float* const to = y.data() + i * y.stride();
    const float factor = unit_rows ? coefficient_of_unit_row(coefficient, from, x.columns()) : coefficient;
    add_scaled_row(factor, from, to, x.columns());
  }
}

/// sums[j] += the sum over the rows of x_ij - center[j], squares[j] += that of its square.
void column_moments(MatrixView<const float> x, const std::uint8_t* skip, const float* center, std::size_t begin,
                    std::size_t end, double* sums, double* squares) {
  const Doubles d;
  const HalfFloats half;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = begin; i < end; ++i) {
    if (skip != nullptr && skip[i] != 0) continue;
    const float* const row = x.data() + i * x.stride();
    std::size_t j = 0;
    for (; j + lanes <= x.columns(); j += lanes) {
      const auto value = hn::PromoteTo(d, hn::LoadU(half, row + j));
      const auto difference = hn::Sub(value, hn::PromoteTo(d, hn::LoadU(half, center + j)));
      hn::StoreU(hn::Add(hn::LoadU(d, sums + j), difference), d, sums + j);
      hn::StoreU(hn::MulAdd(difference, difference, hn::LoadU(d, squares + j)), d, squares + j);
    }
    for (; j < x.columns(); ++j) {
      const double difference = static_cast<double>(row[j]) - static_cast<double>(center[j]);
      sums[j] += difference;
      squares[j] += difference * difference;
    }
  }
}

void shift_and_scale(MatrixView<float> x, const std::uint8_t* skip, const float* shift, const float* scale,
                     std::size_t begin, std::size_t end) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = begin; i < end; ++i) {
    if (skip != nullptr && skip[i] != 0) continue;
    float* const row = x.data() + i * x.stride();
    std::size_t j = 0;
    for (; j + lanes <= x.columns(); j += lanes) {
      const auto moved = hn::Sub(hn::LoadU(d, row + j), hn::LoadU(d, shift + j));
      hn::StoreU(hn::Mul(moved, hn::LoadU(d, scale + j)), d, row + j);
    }
    for (; j < x.columns(); ++j) row[j] = (row[j] - shift[j]) * scale[j];
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {

HWY_EXPORT(norms);
HWY_EXPORT(normalize);
HWY_EXPORT(scale_by_row);
HWY_EXPORT(scale_by_column);
HWY_EXPORT(add);
HWY_EXPORT(column_moments);
HWY_EXPORT(shift_and_scale);

/// Rows of about 1 MiB: a chunk costs some tens of microseconds.
std::size_t rows_per_chunk(std::size_t columns) {
  return std::max<std::size_t>(1, (std::size_t{1} << 18) / std::max<std::size_t>(1, columns));
}

/// The columns' sums of differences from center, then their sums of squares: 2 * d values. One row of partial sums for
/// each chunk of rows, joined in the order of the chunks.
Array<double> sum_columns(RunContext& context, MatrixView<const float> x, const std::uint8_t* skip,
                          const float* center) {
  // Coarser than the other chunks: a chunk has a row of doubles of its own.
  const std::size_t grain = 16 * rows_per_chunk(x.columns());
  const std::size_t chunks = chunk_count(x.rows(), grain);
  const std::size_t width = 2 * x.columns();
  Array<double> partial(chunks * width, 0.0);
  context.for_chunks(x.rows(), grain, [&](Chunk rows) {
    double* const sums = partial.data() + rows.index * width;
    HWY_DYNAMIC_DISPATCH(column_moments)(x, skip, center, rows.begin, rows.end, sums, sums + x.columns());
  });
  Array<double> sums(width, 0.0);
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    for (std::size_t j = 0; j < width; ++j) sums[j] += partial[chunk * width + j];
  }
  return sums;
}

}  // namespace

void row_norms(RunContext& context, MatrixView<const float> x, std::span<float> norms_out) {
  context.for_chunks(x.rows(), rows_per_chunk(x.columns()),
                     [&](Chunk rows) { HWY_DYNAMIC_DISPATCH(norms)(x, rows.begin, rows.end, norms_out.data()); });
}

void normalize_rows(RunContext& context, MatrixView<float> x) {
  context.for_chunks(x.rows(), rows_per_chunk(x.columns()),
                     [&](Chunk rows) { HWY_DYNAMIC_DISPATCH(normalize)(x, rows.begin, rows.end); });
}

void scale_rows(RunContext& context, MatrixView<float> x, std::span<const float> scale) {
  context.for_chunks(x.rows(), rows_per_chunk(x.columns()),
                     [&](Chunk rows) { HWY_DYNAMIC_DISPATCH(scale_by_row)(x, scale.data(), rows.begin, rows.end); });
}

void scale_columns(RunContext& context, MatrixView<float> x, std::span<const float> scale) {
  context.for_chunks(x.rows(), rows_per_chunk(x.columns()),
                     [&](Chunk rows) { HWY_DYNAMIC_DISPATCH(scale_by_column)(x, scale.data(), rows.begin, rows.end); });
}

void add_rows(RunContext& context, float coefficient, MatrixView<const float> x, bool normalize_each,
              MatrixView<float> y, std::span<const std::uint8_t> only) {
  const std::uint8_t* const wanted = only.empty() ? nullptr : only.data();
  context.for_chunks(x.rows(), rows_per_chunk(x.columns()), [&](Chunk rows) {
    HWY_DYNAMIC_DISPATCH(add)(coefficient, x, normalize_each, y, wanted, rows.begin, rows.end);
  });
}

void standardize_columns(RunContext& context, MatrixView<float> x, std::span<const std::uint8_t> skip) {
  const std::uint8_t* const skipped = skip.empty() ? nullptr : skip.data();
  const auto is_counted = [](std::uint8_t s) { return s == 0; };
  const std::size_t first =
      skip.empty() ? 0 : static_cast<std::size_t>(std::find_if(skip.begin(), skip.end(), is_counted) - skip.begin());
  if (first == x.rows()) return;
  const auto counted = static_cast<double>(
      skip.empty() ? x.rows() : static_cast<std::size_t>(std::count_if(skip.begin(), skip.end(), is_counted)));
  // Sums of differences from some row, here the first, give mean and variance in one pass without the cancellation that
  // sums of the values themselves suffer where the mean is large (Chan, Golub, LeVeque 1983).
  const float* const center = x.row(first).data();
  const Array<double> sums = sum_columns(context, x, skipped, center);
  Array<float> shift(x.columns());
  Array<float> scale(x.columns());
  for (std::size_t j = 0; j < x.columns(); ++j) {
    const double offset = sums[j] / counted;
    const double variance = sums[x.columns() + j] / counted - offset * offset;
    shift[j] = static_cast<float>(static_cast<double>(center[j]) + offset);
    scale[j] = variance > 0 ? static_cast<float>(1.0 / std::sqrt(variance)) : 1.0F;
  }
  context.for_chunks(x.rows(), rows_per_chunk(x.columns()), [&](Chunk rows) {
    HWY_DYNAMIC_DISPATCH(shift_and_scale)(x, skipped, shift.data(), scale.data(), rows.begin, rows.end);
  });
}

}  // namespace adjoin
#endif
