#include <algorithm>

#include <adjoin/engine/sparse/head_products.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/sparse/cpu/head_products_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef ADJOIN_HEAD_PRODUCTS_JOBS
#define ADJOIN_HEAD_PRODUCTS_JOBS
namespace adjoin {
namespace {

struct SumJob {
  CsrView a;
  MatrixView<const float> values;
  std::span<const EdgeOffset> rows;
  MatrixView<const float> x;
  bool add;
  MatrixView<float> out;

  std::size_t width() const noexcept { return x.columns() / values.columns(); }
  const float* values_of(std::size_t e) const noexcept { return values.row(rows.empty() ? e : index(rows[e])).data(); }
};

struct DotJob {
  CsrView a;
  MatrixView<const float> left;
  MatrixView<const float> right;
  bool add;
  MatrixView<float> out;

  std::size_t width() const noexcept { return left.columns() / out.columns(); }
};

}  // namespace
}  // namespace adjoin
#endif

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

/// Registers of at most `cap` numbers, each within one head.
template <std::size_t cap, std::size_t registers>
void sum_columns(const SumJob& job, std::size_t begin, std::size_t end, std::size_t column) {
  const hn::CappedTag<float, cap> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t heads[registers];
  for (std::size_t r = 0; r < registers; ++r) heads[r] = (column + r * lanes) / job.width();
  for (std::size_t i = begin; i < end; ++i) {
    float* const to = job.out.row(i).data() + column;
    hn::Vec<decltype(d)> sums[registers];
    for (std::size_t r = 0; r < registers; ++r) sums[r] = job.add ? hn::LoadU(d, to + r * lanes) : hn::Zero(d);
    for (std::size_t e = job.a.row_begin(i); e < job.a.row_end(i); ++e) {
      const float* const values = job.values_of(e);
      const float* const from = job.x.row(index(job.a.targets[e])).data() + column;
      for (std::size_t r = 0; r < registers; ++r) {
        sums[r] = hn::MulAdd(hn::Set(d, values[heads[r]]), hn::LoadU(d, from + r * lanes), sums[r]);
      }
    }
    for (std::size_t r = 0; r < registers; ++r) hn::StoreU(sums[r], d, to + r * lanes);
  }
}

template <std::size_t cap>
void sum_rows(const SumJob& job, std::size_t begin, std::size_t end) {
  const std::size_t lanes = hn::Lanes(hn::CappedTag<float, cap>());
  const std::size_t columns = job.x.columns();
  std::size_t column = 0;
  for (; column + 4 * lanes <= columns; column += 4 * lanes) sum_columns<cap, 4>(job, begin, end, column);
  for (; column + 2 * lanes <= columns; column += 2 * lanes) sum_columns<cap, 2>(job, begin, end, column);
  for (; column < columns; column += lanes) sum_columns<cap, 1>(job, begin, end, column);
}

void sum_in_heads(const SumJob& job, std::size_t begin, std::size_t end) {
  const std::size_t width = job.width();
  if (width % 16 == 0) return sum_rows<16>(job, begin, end);
  if (width % 8 == 0) return sum_rows<8>(job, begin, end);
  if (width % 4 == 0) return sum_rows<4>(job, begin, end);
  for (std::size_t i = begin; i < end; ++i) {
    float* const to = job.out.row(i).data();
    if (!job.add) std::fill_n(to, job.x.columns(), 0.0F);
    for (std::size_t e = job.a.row_begin(i); e < job.a.row_end(i); ++e) {
      const float* const values = job.values_of(e);
      const float* const from = job.x.row(index(job.a.targets[e])).data();
      for (std::size_t head = 0; head < job.values.columns(); ++head) {
        for (std::size_t j = head * width; j < (head + 1) * width; ++j) to[j] += values[head] * from[j];
      }
    }
  }
}

template <std::size_t cap>
float dot(const float* a, const float* b, std::size_t count) {
  const hn::CappedTag<float, cap> d;
  const std::size_t lanes = hn::Lanes(d);
  auto sum = hn::Zero(d);
  for (std::size_t j = 0; j < count; j += lanes) sum = hn::MulAdd(hn::LoadU(d, a + j), hn::LoadU(d, b + j), sum);
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

float plain_dot(const float* a, const float* b, std::size_t count) {
  float sum = 0;
  for (std::size_t j = 0; j < count; ++j) sum += a[j] * b[j];
  return sum;
}

template <class Dot>
void dot_rows(const DotJob& job, std::size_t begin, std::size_t end, Dot&& dot_of) {
  const std::size_t width = job.width();
  for (std::size_t i = begin; i < end; ++i) {
    const float* const left = job.left.row(i).data();
    for (std::size_t e = job.a.row_begin(i); e < job.a.row_end(i); ++e) {
      const float* const right = job.right.row(index(job.a.targets[e])).data();
      float* const to = job.out.row(e).data();
      for (std::size_t head = 0; head < job.out.columns(); ++head) {
        const float value = dot_of(left + head * width, right + head * width, width);
        to[head] = job.add ? to[head] + value : value;
      }
    }
  }
}

void dot_in_heads(const DotJob& job, std::size_t begin, std::size_t end) {
  const std::size_t width = job.width();
  if (width % 16 == 0) return dot_rows(job, begin, end, dot<16>);
  if (width % 8 == 0) return dot_rows(job, begin, end, dot<8>);
  if (width % 4 == 0) return dot_rows(job, begin, end, dot<4>);
  dot_rows(job, begin, end, plain_dot);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {

HWY_EXPORT(sum_in_heads);
HWY_EXPORT(dot_in_heads);

/// Rows and entries of a chunk: some ten thousand numbers.
std::size_t work_per_chunk(std::size_t columns) {
  constexpr std::size_t numbers = 1 << 14;
  return std::max<std::size_t>(1, numbers / std::max<std::size_t>(1, columns));
}

template <class Run>
void for_row_chunks(RunContext& context, const CsrView& a, std::size_t columns, Run&& run) {
  const std::size_t work = work_per_chunk(columns);
  context.for_tasks(row_chunk_count(a, work), [&](std::size_t task) {
    const Chunk rows = row_chunk(a, work, task);
    run(rows.begin, rows.end);
  });
}

}  // namespace

void spmm_heads(RunContext& context, const CsrView& a, MatrixView<const float> values, std::span<const EdgeOffset> rows,
                MatrixView<const float> x, bool add, MatrixView<float> out) {
  const SumJob job = {a, values, rows, x, add, out};
  for_row_chunks(context, a, x.columns(),
                 [&](std::size_t begin, std::size_t end) { HWY_DYNAMIC_DISPATCH(sum_in_heads)(job, begin, end); });
}

void entry_dots(RunContext& context, const CsrView& a, MatrixView<const float> left, MatrixView<const float> right,
                bool add, MatrixView<float> out) {
  const DotJob job = {a, left, right, add, out};
  for_row_chunks(context, a, left.columns(),
                 [&](std::size_t begin, std::size_t end) { HWY_DYNAMIC_DISPATCH(dot_in_heads)(job, begin, end); });
}

}  // namespace adjoin
#endif
