// Sparse times dense at every instruction level.
//
// What limits it is the gather: 4*d bytes of X for every non-zero, from anywhere in X. So a row of the result stays in
// registers while its neighbours are added up, the neighbour rows are asked for well before they are needed (the
// targets of coming non-zeros are known), and the finished row is streamed past the cache when Y is larger than any
// cache. A matrix of signs is small enough for the caches: there the arithmetic is what limits.
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
#include <adjoin/engine/dense/cpu/sign_kernels_inl.hpp>
#include <adjoin/engine/dense/cpu/unroll_inl.hpp>

#ifndef ADJOIN_SPMM_TYPES
#define ADJOIN_SPMM_TYPES
namespace adjoin {
namespace {

/// A product to be written row by row.
struct SpmmJob {
  CsrView a;
  const float* row_scale = nullptr;   // nullptr for ones
  MatrixView<const float> x;          // what is gathered, or
  const SignMatrix* signs = nullptr;  // this
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

/// Where neighbour rows come from. prefetch() asks for the columns [first, first + Registers * lanes) of one, add()
/// adds them, times the weight where there is one, to as many registers; value() is one entry.
class DenseRows {
 public:
  explicit DenseRows(const SpmmJob& job) : data_(job.x.data()), stride_(job.x.stride()) {}

  /// In rows: enough to cover the latency of memory, little enough to stay in the first-level cache.
  template <std::size_t Registers>
  static constexpr std::size_t ahead() {
    return (std::size_t{12} << 10) / (Registers * hn::MaxLanes(Floats()) * sizeof(float));
  }

  template <std::size_t Registers>
  HWY_INLINE void prefetch(NodeId node, std::size_t first) const {
    const float* const row = data_ + index(node) * stride_ + first;
    constexpr std::size_t lanes = hn::MaxLanes(Floats());
    ADJOIN_UNROLL
    for (std::size_t r = 0; r < Registers; r += lanes >= 16 ? 1 : 16 / lanes) hwy::Prefetch(row + r * lanes);
  }

  template <bool Weighted, std::size_t Registers>
  HWY_INLINE void add(hn::Vec<Floats> (&sums)[Registers], NodeId node, float weight, std::size_t first) const {
    const Floats d;
    const float* const row = data_ + index(node) * stride_ + first;
    const auto w = hn::Set(d, weight);
    ADJOIN_UNROLL
    for (std::size_t r = 0; r < Registers; ++r) {
      const auto values = hn::LoadU(d, row + r * hn::Lanes(d));
      sums[r] = Weighted ? hn::MulAdd(w, values, sums[r]) : hn::Add(values, sums[r]);
    }
  }

  float value(NodeId node, std::size_t column) const { return data_[index(node) * stride_ + column]; }

 private:
  const float* data_;
  std::size_t stride_;
};

class SignRows {
 public:
  explicit SignRows(const SpmmJob& job)
      : signs_(job.signs),
        codes_(job.signs->codes().data()),
        scale_(job.signs->row_scale().data()),
        words_(job.signs->words_per_row()) {}

  template <std::size_t Registers>
  static constexpr std::size_t ahead() {
    return 64;
  }

  template <std::size_t Registers>
  HWY_INLINE void prefetch(NodeId node, std::size_t first) const {
    hwy::Prefetch(scale_ + index(node));
    hwy::Prefetch(codes_ + index(node) * words_ + first / SignMatrix::signs_per_word);
  }

  template <bool Weighted, std::size_t Registers>
  HWY_INLINE void add(hn::Vec<Floats> (&sums)[Registers], NodeId node, float weight, std::size_t first) const {
    const float scale = scale_[index(node)];
    if (scale == 0) return;  // most rows of a very sparse projection
    const Floats d;
    const SignValues signs(scale);
    const std::uint32_t* const codes = codes_ + index(node) * words_;
    const auto w = hn::Set(d, weight);
    ADJOIN_UNROLL
    for (std::size_t r = 0; r < Registers; ++r) {
      const auto values = signs.columns(codes, first + r * hn::Lanes(d));
      sums[r] = Weighted ? hn::MulAdd(w, values, sums[r]) : hn::Add(values, sums[r]);
    }
  }

  float value(NodeId node, std::size_t column) const {
    return scale_[index(node)] * static_cast<float>(signs_->sign(index(node), column));
  }

 private:
  const SignMatrix* signs_;
  const std::uint32_t* codes_;
  const float* scale_;
  std::size_t words_;
};

/// The columns [first, first + Registers * lanes) of row `row`: the sum over its neighbours, scaled, handed to `finish`
/// one register at a time. Asks for the same columns of neighbour rows to come, those of the next rows too.
template <std::size_t Registers, bool Weighted, class Rows, class Finish>
HWY_INLINE void gather_row(const SpmmJob& job, const Rows& rows, std::size_t row, std::size_t first, Finish&& finish) {
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
  for (std::size_t r = 0; r < Registers; ++r) finish(first + r * hn::Lanes(d), hn::Mul(scale, sums[r]));
}

/// The columns past the last whole register, one by one.
template <bool Weighted, class Rows>
HWY_INLINE void gather_tail(const SpmmJob& job, const Rows& rows, std::size_t row, std::size_t first, float* sums) {
  const std::size_t width = job.y.columns() - first;
  for (std::size_t j = 0; j < width; ++j) sums[j] = 0;
  for (std::size_t e = job.a.row_begin(row); e < job.a.row_end(row); ++e) {
    const float weight = Weighted ? job.a.weights[e] : 1.0F;
    for (std::size_t j = 0; j < width; ++j) sums[j] += weight * rows.value(job.a.targets[e], first + j);
  }
  const float scale = job.row_scale == nullptr ? 1.0F : job.row_scale[row];
  for (std::size_t j = 0; j < width; ++j) sums[j] *= scale;
}

/// Hands every whole register of the row to `finish`, in blocks as wide as the registers of the machine hold.
template <bool Weighted, class Rows, class Finish>
HWY_INLINE std::size_t gather_blocks(const SpmmJob& job, const Rows& rows, std::size_t row, Finish&& finish) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  // 16 accumulators of the 32 that AVX-512 has, 8 of the 16 below it.
  constexpr std::size_t widest = hn::MaxLanes(Floats()) >= 16 ? 16 : 8;
  std::size_t column = 0;
  const std::size_t columns = job.y.columns();
  const auto block = [&](auto registers) {
    constexpr std::size_t count = decltype(registers)::value;
    gather_row<count, Weighted>(job, rows, row, column, finish);
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

template <bool Weighted, class Rows>
HWY_INLINE void multiply_rows(const SpmmJob& job, std::size_t begin, std::size_t end) {
  const Floats d;
  const Rows rows(job);
  for (std::size_t row = begin; row < end; ++row) {
    float* const out = job.y.data() + row * job.y.stride();
    std::size_t column = 0;
    if (job.stream) {
      column =
          gather_blocks<Weighted>(job, rows, row, [&](std::size_t j, auto v) HWY_ATTR { hn::Stream(v, d, out + j); });
    } else {
      column =
          gather_blocks<Weighted>(job, rows, row, [&](std::size_t j, auto v) HWY_ATTR { hn::StoreU(v, d, out + j); });
    }
    if (column < job.y.columns()) gather_tail<Weighted>(job, rows, row, column, out + column);
  }
  if (job.stream) hwy::FlushStream();
}

HWY_INLINE void add_term(float coefficient, bool normalize, const float* row, float* sum, std::size_t columns) {
  const float factor = normalize ? coefficient_of_unit_row(coefficient, row, columns) : coefficient;
  add_scaled_row(factor, row, sum, columns);
}

template <bool Weighted, class Rows>
HWY_INLINE void combine_rows(const SpmmJob& job, std::size_t begin, std::size_t end, float* product, float* sum) {
  const Floats d;
  const Rows rows(job);
  const std::size_t columns = job.y.columns();
  for (std::size_t row = begin; row < end; ++row) {
    const std::size_t column =
        gather_blocks<Weighted>(job, rows, row, [&](std::size_t j, auto v) HWY_ATTR { hn::StoreU(v, d, product + j); });
    if (column < columns) gather_tail<Weighted>(job, rows, row, column, product + column);
    // The terms are read in full before the row is written: one of them may be the output.
    for (std::size_t j = 0; j < columns; ++j) sum[j] = 0;
    for (const RowTerm& term : job.terms) {
      const float coefficient = term.row_scale.empty() ? term.coefficient : term.coefficient * term.row_scale[row];
      add_term(coefficient, term.normalize, term.matrix.data() + row * term.matrix.stride(), sum, columns);
    }
    add_term(job.product_coefficient, job.normalize, product, sum, columns);
    float* const out = job.y.data() + row * job.y.stride();
    for (std::size_t j = 0; j < columns; ++j) out[j] = sum[j];
  }
}

template <bool Weighted>
void multiply_from(const SpmmJob& job, std::size_t begin, std::size_t end) {
  job.signs == nullptr ? multiply_rows<Weighted, DenseRows>(job, begin, end)
                       : multiply_rows<Weighted, SignRows>(job, begin, end);
}

template <bool Weighted>
void combine_from(const SpmmJob& job, std::size_t begin, std::size_t end, float* product, float* sum) {
  job.signs == nullptr ? combine_rows<Weighted, DenseRows>(job, begin, end, product, sum)
                       : combine_rows<Weighted, SignRows>(job, begin, end, product, sum);
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

SpmmJob job_of(const CsrView& a, std::span<const float> row_scale, MatrixView<float> y) {
  SpmmJob job;
  job.a = a;
  job.row_scale = row_scale.empty() ? nullptr : row_scale.data();
  job.y = y;
  return job;
}

void multiply_all(RunContext& context, SpmmJob job) {
  job.stream = worth_streaming(job.y);
  for_row_chunks(context, job.a, [&](Chunk rows) { HWY_DYNAMIC_DISPATCH(multiply)(job, rows.begin, rows.end); });
}

void combine_all(RunContext& context, SpmmJob job, float product_coefficient, std::span<const RowTerm> terms,
                 bool normalize) {
  job.terms = terms;
  job.product_coefficient = product_coefficient;
  job.normalize = normalize;
  const std::size_t columns = job.y.columns();
  for_row_chunks(context, job.a, [&](Chunk rows) {
    if (columns <= stack_columns) {
      alignas(cache_line_bytes) std::array<float, stack_columns> product;
      alignas(cache_line_bytes) std::array<float, stack_columns> sum;
      HWY_DYNAMIC_DISPATCH(combine)(job, rows.begin, rows.end, product.data(), sum.data());
    } else {  // once a chunk, against thousands of columns
      Array<float> scratch(2 * columns);
      HWY_DYNAMIC_DISPATCH(combine)(job, rows.begin, rows.end, scratch.data(), scratch.data() + columns);
    }
  });
}

}  // namespace

void spmm(RunContext& context, const CsrView& a, std::span<const float> row_scale, MatrixView<const float> x,
          MatrixView<float> y) {
  SpmmJob job = job_of(a, row_scale, y);
  job.x = x;
  multiply_all(context, job);
}

void spmm(RunContext& context, const CsrView& a, std::span<const float> row_scale, const SignMatrix& x,
          MatrixView<float> y) {
  SpmmJob job = job_of(a, row_scale, y);
  job.signs = &x;
  multiply_all(context, job);
}

void spmm_combine(RunContext& context, const CsrView& a, std::span<const float> row_scale, MatrixView<const float> x,
                  float product_coefficient, bool normalize, std::span<const RowTerm> terms, MatrixView<float> out) {
  SpmmJob job = job_of(a, row_scale, out);
  job.x = x;
  combine_all(context, job, product_coefficient, terms, normalize);
}

void spmm_combine(RunContext& context, const CsrView& a, std::span<const float> row_scale, const SignMatrix& x,
                  float product_coefficient, bool normalize, std::span<const RowTerm> terms, MatrixView<float> out) {
  SpmmJob job = job_of(a, row_scale, out);
  job.signs = &x;
  combine_all(context, job, product_coefficient, terms, normalize);
}

}  // namespace adjoin
#endif
