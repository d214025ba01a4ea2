// Sparse times dense at every instruction level.
//
// What limits it is the gather: the d entries of a row of X for every non-zero, from anywhere in X. So a row of the
// result stays in registers while its neighbours are added up, the neighbour rows are asked for well before they are
// needed (the targets of coming non-zeros are known), and the finished row is streamed past the cache when Y is larger
// than any cache. Rows of bfloat16 are half the bytes, and nearly twice as fast. A matrix of signs is small enough for
// the caches: there the arithmetic is what limits.
#include <array>
#include <cmath>
#include <type_traits>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/sparse/cpu/spmm_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/row_kernels_inl.hpp>
#include <adjoin/engine/sparse/cpu/spmm_rows_inl.hpp>

#ifndef ADJOIN_SPMM_TYPES
#define ADJOIN_SPMM_TYPES

namespace adjoin {
namespace {

/// A product to be written row by row.
struct SpmmJob {
  CsrView a;
  const float* row_scale;  // nullptr for ones
  GatheredRows x;
  WrittenRows y;
  std::size_t columns;
  bool stream = false;  // y's rows are 64-byte aligned and y is too large for a cache
  // spmm_combine only:
  std::span<const RowTerm> terms;
  float product_coefficient = 1;
  bool normalize = false;
};

}  // namespace
}  // namespace adjoin
#endif

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {

/// The columns [first, first + Registers * lanes) of row `row`: the sum over its neighbours, scaled, written to `out`.
/// Asks for the same columns of neighbour rows to come, those of the next rows too.
template <std::size_t Registers, bool Weighted, class Rows, class Out>
HWY_INLINE void gather_row(const SpmmJob& job, const Rows& rows, std::size_t row, std::size_t first, const Out& out) {
  const Floats d;
  hn::Vec<Floats> sums[Registers];
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < Registers; ++r) sums[r] = hn::Zero(d);
  constexpr std::size_t ahead = Rows::template ahead<Registers>();
  const NodeId* const targets = job.a.targets.data();
  const std::size_t last = job.a.targets.size() - 1;
  const std::size_t row_end = job.a.row_end(row);
  for (std::size_t e = job.a.row_begin(row); e < row_end; ++e) {
    rows.template prefetch<Registers>(targets[e + ahead < last ? e + ahead : last], first);
    rows.template add<Weighted>(sums, targets[e], Weighted ? job.a.weights[e] : 1.0F, first);
  }
  const auto scale = hn::Set(d, job.row_scale == nullptr ? 1.0F : job.row_scale[row]);
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < Registers; ++r) sums[r] = hn::Mul(scale, sums[r]);
  if constexpr (Registers == 1) {
    out.put(first, sums[0]);
  } else {
    ADJOIN_UNROLL
    for (std::size_t r = 0; r < Registers; r += 2) {
      if constexpr (Rows::in_pairs) {
        out.put_pairs(first + r * hn::Lanes(d), sums[r], sums[r + 1]);
      } else {
        out.put_two(first + r * hn::Lanes(d), sums[r], sums[r + 1]);
      }
    }
  }
}

/// The columns past the last whole register, one by one; fewer than a register has lanes.
template <bool Weighted, class Rows, class Out>
HWY_INLINE void gather_tail(const SpmmJob& job, const Rows& rows, std::size_t row, std::size_t first, const Out& out) {
  float sums[hn::MaxLanes(Floats())];
  const std::size_t width = job.columns - first;
  for (std::size_t j = 0; j < width; ++j) sums[j] = 0;
  for (std::size_t e = job.a.row_begin(row); e < job.a.row_end(row); ++e) {
    const float weight = Weighted ? job.a.weights[e] : 1.0F;
    for (std::size_t j = 0; j < width; ++j) sums[j] += weight * rows.value(job.a.targets[e], first + j);
  }
  const float scale = job.row_scale == nullptr ? 1.0F : job.row_scale[row];
  for (std::size_t j = 0; j < width; ++j) sums[j] *= scale;
  out.put_rest(first, sums, width);
}

/// A whole row, in blocks as wide as the registers of the machine hold.
template <bool Weighted, class Rows, class Out>
HWY_INLINE void gather_columns(const SpmmJob& job, const Rows& rows, std::size_t row, const Out& out) {
  const std::size_t lanes = hn::Lanes(Floats());
  // 16 accumulators of the 32 that AVX-512 has, 8 of the 16 below it.
  constexpr std::size_t widest = hn::MaxLanes(Floats()) >= 16 ? 16 : 8;
  const std::size_t columns = job.columns;
  std::size_t column = 0;
  const auto block = [&](auto registers) HWY_ATTR {
    constexpr std::size_t count = decltype(registers)::value;
    gather_row<count, Weighted>(job, rows, row, column, out);
    column += count * lanes;
  };
  while (columns - column >= widest * lanes) block(std::integral_constant<std::size_t, widest>{});
  if constexpr (widest > 8) {
    if (columns - column >= 8 * lanes) block(std::integral_constant<std::size_t, 8>{});
  }
  if (columns - column >= 4 * lanes) block(std::integral_constant<std::size_t, 4>{});
  if (columns - column >= 2 * lanes) block(std::integral_constant<std::size_t, 2>{});
  if (columns - column >= lanes) block(std::integral_constant<std::size_t, 1>{});
  if (column < columns) gather_tail<Weighted>(job, rows, row, column, out);
}

template <bool Weighted, class Out, class Rows, class Scalar>
HWY_INLINE void multiply_rows(const SpmmJob& job, const Rows& rows, MatrixView<Scalar> y, std::size_t begin,
                              std::size_t end) {
  for (std::size_t row = begin; row < end; ++row) {
    gather_columns<Weighted>(job, rows, row, Out(y.data() + row * y.stride(), job.stream));
  }
  if (job.stream) hwy::FlushStream();
}

template <class Scalar>
HWY_INLINE void add_term(float coefficient, bool normalize, const Scalar* row, float* sum, std::size_t columns) {
  const float factor = normalize ? coefficient_of_unit_row(coefficient, row, columns) : coefficient;
  add_scaled_row(factor, row, sum, columns);
}

template <class Scalar>
HWY_INLINE void add_term(const RowTerm& term, MatrixView<const Scalar> matrix, std::size_t row, float* sum,
                         std::size_t columns) {
  const float coefficient = term.row_scale.empty() ? term.coefficient : term.coefficient * term.row_scale[row];
  add_term(coefficient, term.normalize, matrix.data() + row * matrix.stride(), sum, columns);
}

template <bool Weighted, class Rows>
HWY_INLINE void combine_rows(const SpmmJob& job, const Rows& rows, std::size_t begin, std::size_t end, float* product,
                             float* sum) {
  const std::size_t columns = job.columns;
  for (std::size_t row = begin; row < end; ++row) {
    gather_columns<Weighted>(job, rows, row, FloatRow(product, false));
    // The terms are read in full before the row is written: one of them may be the output.
    for (std::size_t j = 0; j < columns; ++j) sum[j] = 0;
    for (const RowTerm& term : job.terms) {
      if (const auto* const floats = std::get_if<MatrixView<const float>>(&term.matrix)) {
        add_term(term, *floats, row, sum, columns);
      } else {
        add_term(term, *std::get_if<MatrixView<const Bf16>>(&term.matrix), row, sum, columns);
      }
    }
    add_term(job.product_coefficient, job.normalize, product, sum, columns);
    if (const auto* const floats = std::get_if<MatrixView<float>>(&job.y)) {
      std::copy_n(sum, columns, floats->data() + row * floats->stride());
    } else {
      const auto& halves = *std::get_if<MatrixView<Bf16>>(&job.y);
      floats_to_halves(sum, halves.data() + row * halves.stride(), columns);
    }
  }
}

/// Calls body(rows) with what the job gathers.
template <class Body>
HWY_INLINE void with_rows(const SpmmJob& job, Body&& body) {
  if (const auto* const floats = std::get_if<MatrixView<const float>>(&job.x)) {
    body(DenseRows(*floats));
  } else if (const auto* const halves = std::get_if<MatrixView<const Bf16>>(&job.x)) {
    body(HalfRows(*halves));
  } else {
    body(SignRows(*std::get_if<std::reference_wrapper<const SignMatrix>>(&job.x)));
  }
}

template <bool Weighted>
void multiply_from(const SpmmJob& job, std::size_t begin, std::size_t end) {
  with_rows(job, [&](const auto& rows) HWY_ATTR {
    if (const auto* const floats = std::get_if<MatrixView<float>>(&job.y)) {
      multiply_rows<Weighted, FloatRow>(job, rows, *floats, begin, end);
    } else {
      multiply_rows<Weighted, HalfRow>(job, rows, *std::get_if<MatrixView<Bf16>>(&job.y), begin, end);
    }
  });
}

template <bool Weighted>
void combine_from(const SpmmJob& job, std::size_t begin, std::size_t end, float* product, float* sum) {
  with_rows(job, [&](const auto& rows) HWY_ATTR { combine_rows<Weighted>(job, rows, begin, end, product, sum); });
}

void multiply(const SpmmJob& job, std::size_t begin, std::size_t end) {
  job.a.weighted() ? multiply_from<true>(job, begin, end) : multiply_from<false>(job, begin, end);
}

void combine(const SpmmJob& job, std::size_t begin, std::size_t end, float* product, float* sum) {
  job.a.weighted() ? combine_from<true>(job, begin, end, product, sum)
                   : combine_from<false>(job, begin, end, product, sum);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {

HWY_EXPORT(multiply);
HWY_EXPORT(combine);

/// Non-zeros and rows of a chunk: some hundred microseconds of work, and far more chunks than threads.
constexpr std::size_t work_per_chunk = 1 << 14;
/// From this size on Y does not stay in a cache until it is read again.
constexpr std::size_t streamed_bytes = std::size_t{8} << 20;
/// Rows up to this many columns are summed on the stack.
constexpr std::size_t stack_columns = 4096;

template <class Scalar>
bool worth_streaming(MatrixView<Scalar> y) {
  const std::size_t row_bytes = y.stride() * sizeof(Scalar);
  const bool aligned =
      reinterpret_cast<std::uintptr_t>(y.data()) % cache_line_bytes == 0 && row_bytes % cache_line_bytes == 0;
  return aligned && y.rows() * row_bytes >= streamed_bytes;
}

template <class Body>
void for_row_chunks(RunContext& context, const CsrView& a, Body&& body) {
  const auto chunk = [&](std::size_t k) { return row_chunk(a, work_per_chunk, k); };
  context.for_tasks(
      row_chunk_count(a, work_per_chunk), [&](std::size_t k) { body(chunk(k)); },
      [&](std::size_t k) { return std::uint64_t{chunk(k).size()}; });
}

SpmmJob job_of(const CsrView& a, std::span<const float> row_scale, const GatheredRows& x, const WrittenRows& y) {
  const std::size_t columns = std::visit([](const auto& view) { return view.columns(); }, y);
  return {.a = a,
          .row_scale = row_scale.empty() ? nullptr : row_scale.data(),
          .x = x,
          .y = y,
          .columns = columns,
          .terms = {}};
}

}  // namespace

void spmm(RunContext& context, const CsrView& a, std::span<const float> row_scale, const GatheredRows& x,
          const WrittenRows& y) {
  SpmmJob job = job_of(a, row_scale, x, y);
  job.stream = std::visit([](const auto& view) { return worth_streaming(view); }, y);
  for_row_chunks(context, a, [&](Chunk rows) { HWY_DYNAMIC_DISPATCH(multiply)(job, rows.begin, rows.end); });
}

void spmm_combine(RunContext& context, const CsrView& a, std::span<const float> row_scale, const GatheredRows& x,
                  float product_coefficient, bool normalize, std::span<const RowTerm> terms, const WrittenRows& out) {
  SpmmJob job = job_of(a, row_scale, x, out);
  job.terms = terms;
  job.product_coefficient = product_coefficient;
  job.normalize = normalize;
  for_row_chunks(context, a, [&](Chunk rows) {
    if (job.columns <= stack_columns) {
      alignas(cache_line_bytes) std::array<float, stack_columns> product;
      alignas(cache_line_bytes) std::array<float, stack_columns> sum;
      HWY_DYNAMIC_DISPATCH(combine)(job, rows.begin, rows.end, product.data(), sum.data());
    } else {  // once a chunk, against thousands of columns
      Array<float> scratch(2 * job.columns);
      HWY_DYNAMIC_DISPATCH(combine)(job, rows.begin, rows.end, scratch.data(), scratch.data() + job.columns);
    }
  });
}

}  // namespace adjoin
#endif
