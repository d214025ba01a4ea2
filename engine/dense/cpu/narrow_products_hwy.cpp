// One kernel for both products: a block of the result stays in registers while the sums over the common dimension are
// made. It sees the tall matrix through two steps, so that its transpose is the same matrix with the steps exchanged.
#include <algorithm>

#include <adjoin/engine/dense/narrow_products.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/narrow_products_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;

/// Element (i, p) of the tall operand stands at data[i * row_step + p * depth_step].
struct Steps {
  const float* data;
  std::size_t row_step;
  std::size_t depth_step;
};

/// Count registers side by side. A chain of members and not an array: compilers keep members in registers.
template <std::size_t Count>
struct Registers {
  HWY_INLINE void clear() {
    first = hn::Zero(Floats());
    others.clear();
  }
  HWY_INLINE void load(const float* from) {
    first = hn::LoadU(Floats(), from);
    others.load(from + hn::Lanes(Floats()));
  }
  HWY_INLINE void store(float* to) const {
    hn::StoreU(first, Floats(), to);
    others.store(to + hn::Lanes(Floats()));
  }
  HWY_INLINE void add(hn::Vec<Floats> factor, const Registers& row) {
    first = hn::MulAdd(factor, row.first, first);
    others.add(factor, row.others);
  }
  hn::Vec<Floats> first;
  Registers<Count - 1> others;
};
template <>
struct Registers<0> {
  HWY_INLINE void clear() {}
  HWY_INLINE void load(const float*) {}
  HWY_INLINE void store(float*) const {}
  HWY_INLINE void add(hn::Vec<Floats>, const Registers&) {}
};

/// Rows rows of the result, each of Vectors registers.
template <std::size_t Rows, std::size_t Vectors>
struct Sums {
  HWY_INLINE void clear() {
    first.clear();
    others.clear();
  }
  HWY_INLINE void load(const float* from, std::size_t stride) {
    first.load(from);
    others.load(from + stride, stride);
  }
  HWY_INLINE void store(float* to, std::size_t stride) const {
    first.store(to);
    others.store(to + stride, stride);
  }
  HWY_INLINE void add(const float* a, std::size_t row_step, const Registers<Vectors>& row) {
    first.add(hn::Set(Floats(), *a), row);
    others.add(a + row_step, row_step, row);
  }
  Registers<Vectors> first;
  Sums<Rows - 1, Vectors> others;
};
template <std::size_t Vectors>
struct Sums<0, Vectors> {
  HWY_INLINE void clear() {}
  HWY_INLINE void load(const float*, std::size_t) {}
  HWY_INLINE void store(float*, std::size_t) const {}
  HWY_INLINE void add(const float*, std::size_t, const Registers<Vectors>&) {}
};

/// out[i][v] (+)= sum over p of a(i, p) * b[p][v], for Rows rows and Vectors registers of columns.
template <std::size_t Rows, std::size_t Vectors>
HWY_INLINE void block(const Steps& a, std::size_t depth, const float* b, std::size_t b_stride, bool add, float* out,
                      std::size_t out_stride) {
  Sums<Rows, Vectors> sums;
  if (add) {
    sums.load(out, out_stride);
  } else {
    sums.clear();
  }
  for (std::size_t p = 0; p < depth; ++p) {
    Registers<Vectors> row;
    row.load(b + p * b_stride);
    sums.add(a.data + p * a.depth_step, a.row_step, row);
  }
  sums.store(out, out_stride);
}

template <std::size_t Rows>
HWY_INLINE void block_row(const Steps& a, std::size_t depth, const float* b, std::size_t b_stride, bool add, float* out,
                          std::size_t out_stride, std::size_t columns) {
  const std::size_t lanes = hn::Lanes(Floats());
  std::size_t j = 0;
  for (; j + 3 * lanes <= columns; j += 3 * lanes) block<Rows, 3>(a, depth, b + j, b_stride, add, out + j, out_stride);
  for (; j < columns; j += lanes) block<Rows, 1>(a, depth, b + j, b_stride, add, out + j, out_stride);
}

void multiply(const float* a, std::size_t row_step, std::size_t depth_step, std::size_t rows, std::size_t depth,
              const float* b, std::size_t b_stride, bool add, float* out, std::size_t out_stride, std::size_t columns) {
  std::size_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    block_row<4>({a + i * row_step, row_step, depth_step}, depth, b, b_stride, add, out + i * out_stride, out_stride,
                 columns);
  }
  for (; i < rows; ++i) {
    block_row<1>({a + i * row_step, row_step, depth_step}, depth, b, b_stride, add, out + i * out_stride, out_stride,
                 columns);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {

HWY_EXPORT(multiply);

constexpr std::size_t rows_per_task = 64;
constexpr std::size_t columns_per_task = 32;
/// Rows of x that a task reads for all its columns before it goes on: they stay in the cache meanwhile.
constexpr std::size_t rows_per_block = 256;

}  // namespace

void tall_product(const Threads& threads, MatrixView<const float> x, MatrixView<const float> w, MatrixView<float> out) {
  threads.for_chunks(x.rows(), rows_per_task, [&](Chunk rows) {
    HWY_DYNAMIC_DISPATCH(multiply)
    (x.data() + rows.begin * x.stride(), x.stride(), 1, rows.size(), x.columns(), w.data(), w.stride(), false,
     out.data() + rows.begin * out.stride(), out.stride(), out.columns());
  });
}

void tall_product_transposed(const Threads& threads, MatrixView<const float> x, MatrixView<const float> r,
                             MatrixView<float> out) {
  threads.for_chunks(x.columns(), columns_per_task, [&](Chunk columns) {
    float* const sums = out.data() + columns.begin * out.stride();
    // At least once, so that no rows give zeros.
    for (std::size_t begin = 0; begin == 0 || begin < x.rows(); begin += rows_per_block) {
      HWY_DYNAMIC_DISPATCH(multiply)
      (x.data() + begin * x.stride() + columns.begin, 1, x.stride(), columns.size(),
       std::min(rows_per_block, x.rows() - begin), r.data() + begin * r.stride(), r.stride(), begin > 0, sums,
       out.stride(), out.columns());
    }
  });
}

}  // namespace adjoin
#endif
