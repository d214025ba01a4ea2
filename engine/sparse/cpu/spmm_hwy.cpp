// Sparse times dense at every instruction level.
//
// What limits it is the gather: 4*d bytes of X for every non-zero, from anywhere in X. So a row of the result stays in
// registers while its neighbours are added up, the neighbour rows are asked for well before they are needed (the
// targets of coming non-zeros are known), and the finished row is streamed past the cache when Y is larger than any
// cache.
#include <array>
#include <cmath>

#include <hwy/cache_control.h>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/sparse/cpu/spmm_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/row_kernels_inl.hpp>

#ifndef ADJOIN_SPMM_TYPES
#define ADJOIN_SPMM_TYPES
// The accumulators are registers only if the loops over them are unrolled, at whatever level of optimisation.
#if HWY_COMPILER_CLANG
#define ADJOIN_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ADJOIN_UNROLL _Pragma("GCC unroll 16")
#endif

namespace adjoin {
namespace {

/// Rows begin..end of the product, to be written row by row.
struct SpmmJob {
  CsrView a;
  const float* row_scale = nullptr;  // nullptr for ones
  MatrixView<const float> x;
  MatrixView<float> y;
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
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;

/// How many bytes of neighbour rows are asked for ahead of their use: enough to cover the latency of memory, little
/// enough to stay in the first-level cache.
constexpr std::size_t prefetch_bytes = 12 << 10;

/// The columns [first, first + Registers * lanes) of row `row`: the sum over its neighbours, scaled, handed to `finish`
/// one register at a time. Prefetches the same columns of neighbour rows `ahead` non-zeros later, of the next rows too.
template <std::size_t Registers, bool Weighted, class Finish>
HWY_INLINE void gather_row(const SpmmJob& job, std::size_t row, std::size_t first, std::size_t ahead, Finish&& finish) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  hn::Vec<Floats> sums[Registers];
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < Registers; ++r) sums[r] = hn::Zero(d);
  const float* const x = job.x.data() + first;
  const std::size_t stride = job.x.stride();
  const NodeId* const targets = job.a.targets.data();
  const std::size_t last = job.a.targets.size() - 1;
  const std::size_t row_end = job.a.row_end(row);
  for (std::size_t e = job.a.row_begin(row); e < row_end; ++e) {
    const float* const coming = x + index(targets[e + ahead < last ? e + ahead : last]) * stride;
    ADJOIN_UNROLL
    for (std::size_t r = 0; r < Registers; r += hn::MaxLanes(d) >= 16 ? 1 : 16 / hn::MaxLanes(d)) {
      hwy::Prefetch(coming + r * lanes);
    }
    const float* const neighbor = x + index(targets[e]) * stride;
    if constexpr (Weighted) {
      const auto weight = hn::Set(d, job.a.weights[e]);
      ADJOIN_UNROLL
      for (std::size_t r = 0; r < Registers; ++r) {
        sums[r] = hn::MulAdd(weight, hn::LoadU(d, neighbor + r * lanes), sums[r]);
      }
    } else {
      ADJOIN_UNROLL
      for (std::size_t r = 0; r < Registers; ++r) sums[r] = hn::Add(sums[r], hn::LoadU(d, neighbor + r * lanes));
    }
  }
  const auto scale = hn::Set(d, job.row_scale == nullptr ? 1.0F : job.row_scale[row]);
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < Registers; ++r) finish(first + r * lanes, hn::Mul(scale, sums[r]));
}

/// The columns past the last whole register, one by one.
template <bool Weighted>
HWY_INLINE void gather_tail(const SpmmJob& job, std::size_t row, std::size_t first, float* sums) {
  const std::size_t width = job.x.columns() - first;
  for (std::size_t j = 0; j < width; ++j) sums[j] = 0;
  for (std::size_t e = job.a.row_begin(row); e < job.a.row_end(row); ++e) {
    const float* const neighbor = job.x.data() + index(job.a.targets[e]) * job.x.stride() + first;
    const float weight = Weighted ? job.a.weights[e] : 1.0F;
    for (std::size_t j = 0; j < width; ++j) sums[j] += weight * neighbor[j];
  }
  const float scale = job.row_scale == nullptr ? 1.0F : job.row_scale[row];
  for (std::size_t j = 0; j < width; ++j) sums[j] *= scale;
}

/// Hands every whole register of the row to `finish`, in blocks as wide as the registers of the machine hold.
template <bool Weighted, class Finish>
HWY_INLINE std::size_t gather_blocks(const SpmmJob& job, std::size_t row, Finish&& finish) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  // 16 accumulators of the 32 that AVX-512 has, 8 of the 16 below it.
  constexpr std::size_t widest = hn::MaxLanes(Floats()) >= 16 ? 16 : 8;
  std::size_t column = 0;
  const std::size_t columns = job.x.columns();
  const auto block = [&](auto registers) {
    constexpr std::size_t count = decltype(registers)::value;
    const std::size_t ahead = prefetch_bytes / (count * lanes * sizeof(float));
    gather_row<count, Weighted>(job, row, column, ahead, finish);
    column += count * lanes;
  };
  while (columns - column >= widest * lanes) block(std::integral_constant<std::size_t, widest>{});
  if constexpr (widest > 8) {
    if (columns - column >= 8 * lanes) block(std::integral_constant<std::size_t, 8>{});
  }
  if (columns - column >= 4 * lanes) block(std::integral_constant<std::size_t, 4>{});
  if (columns - column >= 2 * lanes) block(std::integral_constant<std::size_t, 2>{});
  if (columns - column >= lanes) block(std::integral_constant<std::size_t, 1>{});
  return column;
}

template <bool Weighted>
HWY_INLINE void multiply_rows(const SpmmJob& job, std::size_t begin, std::size_t end) {
  const Floats d;
  for (std::size_t row = begin; row < end; ++row) {
    float* const out = job.y.data() + row * job.y.stride();
    std::size_t column = 0;
    if (job.stream) {
      column = gather_blocks<Weighted>(job, row, [&](std::size_t j, auto v) HWY_ATTR { hn::Stream(v, d, out + j); });
    } else {
      column = gather_blocks<Weighted>(job, row, [&](std::size_t j, auto v) HWY_ATTR { hn::StoreU(v, d, out + j); });
    }
    if (column < job.x.columns()) gather_tail<Weighted>(job, row, column, out + column);
  }
  if (job.stream) hwy::FlushStream();
}

HWY_INLINE float term_factor(const SpmmJob& job, float coefficient, const float* row) {
  return job.normalize ? coefficient_of_unit_row(coefficient, row, job.x.columns()) : coefficient;
}

template <bool Weighted>
HWY_INLINE void combine_rows(const SpmmJob& job, std::size_t begin, std::size_t end, float* product, float* sum) {
  const Floats d;
  const std::size_t columns = job.x.columns();
  for (std::size_t row = begin; row < end; ++row) {
    const std::size_t column =
        gather_blocks<Weighted>(job, row, [&](std::size_t j, auto v) HWY_ATTR { hn::StoreU(v, d, product + j); });
    if (column < columns) gather_tail<Weighted>(job, row, column, product + column);
    // The terms are read in full before the row is written: one of them may be the output.
    for (std::size_t j = 0; j < columns; ++j) sum[j] = 0;
    for (const RowTerm& term : job.terms) {
      const float* const values = term.matrix.data() + row * term.matrix.stride();
      add_scaled_row(term_factor(job, term.coefficient, values), values, sum, columns);
    }
    add_scaled_row(term_factor(job, job.product_coefficient, product), product, sum, columns);
    float* const out = job.y.data() + row * job.y.stride();
    for (std::size_t j = 0; j < columns; ++j) out[j] = sum[j];
  }
}

void multiply(const SpmmJob& job, std::size_t begin, std::size_t end) {
  job.a.weighted() ? multiply_rows<true>(job, begin, end) : multiply_rows<false>(job, begin, end);
}

void combine(const SpmmJob& job, std::size_t begin, std::size_t end, float* product, float* sum) {
  job.a.weighted() ? combine_rows<true>(job, begin, end, product, sum)
                   : combine_rows<false>(job, begin, end, product, sum);
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

bool worth_streaming(MatrixView<float> y) {
  const bool aligned = reinterpret_cast<std::uintptr_t>(y.data()) % cache_line_bytes == 0 &&
                       y.stride() * sizeof(float) % cache_line_bytes == 0;
  return aligned && y.rows() * y.stride() * sizeof(float) >= streamed_bytes;
}

template <class Body>
void for_row_chunks(RunContext& context, const CsrView& a, Body&& body) {
  const auto chunk = [&](std::size_t k) { return row_chunk(a, work_per_chunk, k); };
  context.for_tasks(
      row_chunk_count(a, work_per_chunk), [&](std::size_t k) { body(chunk(k)); },
      [&](std::size_t k) { return std::uint64_t{chunk(k).size()}; });
}

}  // namespace

void spmm(RunContext& context, const CsrView& a, std::span<const float> row_scale, MatrixView<const float> x,
          MatrixView<float> y) {
  SpmmJob job;
  job.a = a;
  job.row_scale = row_scale.empty() ? nullptr : row_scale.data();
  job.x = x;
  job.y = y;
  job.stream = worth_streaming(y);
  for_row_chunks(context, a, [&](Chunk rows) { HWY_DYNAMIC_DISPATCH(multiply)(job, rows.begin, rows.end); });
}

void spmm_combine(RunContext& context, const CsrView& a, std::span<const float> row_scale, MatrixView<const float> x,
                  float product_coefficient, std::span<const RowTerm> terms, bool normalize, MatrixView<float> out) {
  SpmmJob job;
  job.a = a;
  job.row_scale = row_scale.empty() ? nullptr : row_scale.data();
  job.x = x;
  job.y = out;
  job.terms = terms;
  job.product_coefficient = product_coefficient;
  job.normalize = normalize;
  for_row_chunks(context, a, [&](Chunk rows) {
    if (x.columns() <= stack_columns) {
      alignas(cache_line_bytes) std::array<float, stack_columns> product;
      alignas(cache_line_bytes) std::array<float, stack_columns> sum;
      HWY_DYNAMIC_DISPATCH(combine)(job, rows.begin, rows.end, product.data(), sum.data());
    } else {  // once a chunk, against thousands of columns
      Array<float> scratch(2 * x.columns());
      HWY_DYNAMIC_DISPATCH(combine)(job, rows.begin, rows.end, scratch.data(), scratch.data() + x.columns());
    }
  });
}

}  // namespace adjoin
#endif
