// What a product gathers, and what it writes, for spmm_hwy.cpp. Included once for each instruction level, after
// <hwy/highway.h>: not a header on its own.
//
// DenseRows, HalfRows, SignRows are where neighbour rows come from: prefetch() asks for the columns
// [first, first + Registers * lanes) of one, add() adds them, times the weight where there is one, to as many
// registers; value() is one entry. With `in_pairs`, an even number of registers holds, two by two, the even columns and
// the odd columns of a stretch (half_kernels_inl.hpp); one register alone is in order always.
//
// FloatRow and HalfRow are where a finished row goes: one register of columns in order, two, or an even and an odd one.
#if defined(ADJOIN_SPARSE_SPMM_ROWS) == defined(HWY_TARGET_TOGGLE)
#ifdef ADJOIN_SPARSE_SPMM_ROWS
#undef ADJOIN_SPARSE_SPMM_ROWS
#else
#define ADJOIN_SPARSE_SPMM_ROWS
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/half_kernels_inl.hpp>
#include <adjoin/engine/dense/cpu/sign_kernels_inl.hpp>
#include <adjoin/engine/dense/cpu/unroll_inl.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/ids.hpp>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;

class DenseRows {
 public:
  static constexpr bool in_pairs = false;

  explicit DenseRows(MatrixView<const float> x) : data_(x.data()), stride_(x.stride()) {}

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

class HalfRows {
 public:
#if HWY_TARGET == HWY_SCALAR
  static constexpr bool in_pairs = false;
#else
  static constexpr bool in_pairs = true;
#endif

  explicit HalfRows(MatrixView<const Bf16> x) : data_(x.data()), stride_(x.stride()) {}

  template <std::size_t Registers>
  static constexpr std::size_t ahead() {
    return (std::size_t{12} << 10) / (Registers * hn::MaxLanes(Floats()) * sizeof(Bf16));
  }

  template <std::size_t Registers>
  HWY_INLINE void prefetch(NodeId node, std::size_t first) const {
    const Bf16* const row = data_ + index(node) * stride_ + first;
    constexpr std::size_t lanes = hn::MaxLanes(Floats());
    constexpr std::size_t step = 32 / lanes;  // registers in a cache line
    ADJOIN_UNROLL
    for (std::size_t r = 0; r < Registers; r += step) hwy::Prefetch(row + r * lanes);
  }

  template <bool Weighted, std::size_t Registers>
  HWY_INLINE void add(hn::Vec<Floats> (&sums)[Registers], NodeId node, float weight, std::size_t first) const {
    const Floats d;
    const Bf16* const row = data_ + index(node) * stride_ + first;
    const auto w = hn::Set(d, weight);
    const auto add_to = [&](hn::Vec<Floats>& sum, hn::Vec<Floats> values)
                            HWY_ATTR { sum = Weighted ? hn::MulAdd(w, values, sum) : hn::Add(values, sum); };
#if HWY_TARGET != HWY_SCALAR
    if constexpr (Registers % 2 == 0) {
      ADJOIN_UNROLL
      for (std::size_t r = 0; r < Registers; r += 2) {
        hn::Vec<Floats> even;
        hn::Vec<Floats> odd;
        load_half_pairs(row + r * hn::Lanes(d), even, odd);
        add_to(sums[r], even);
        add_to(sums[r + 1], odd);
      }
      return;
    }
#endif
    ADJOIN_UNROLL
    for (std::size_t r = 0; r < Registers; ++r) add_to(sums[r], load_halves(row + r * hn::Lanes(d)));
  }

  float value(NodeId node, std::size_t column) const { return to_float(data_[index(node) * stride_ + column]); }

 private:
  const Bf16* data_;
  std::size_t stride_;
};

class SignRows {
 public:
  static constexpr bool in_pairs = false;

  explicit SignRows(const SignMatrix& x)
      : signs_(&x), codes_(x.codes().data()), scale_(x.row_scale().data()), words_(x.words_per_row()) {}

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

/// Streamed: past the cache; the row is 64-byte aligned then.
class FloatRow {
 public:
  FloatRow(float* row, bool stream) : row_(row), stream_(stream) {}

  HWY_INLINE void put(std::size_t column, hn::Vec<Floats> values) const {
    const Floats d;
    if (stream_) {
      hn::Stream(values, d, row_ + column);
    } else {
      hn::StoreU(values, d, row_ + column);
    }
  }
  HWY_INLINE void put_two(std::size_t column, hn::Vec<Floats> first, hn::Vec<Floats> second) const {
    put(column, first);
    put(column + hn::Lanes(Floats()), second);
  }
#if HWY_TARGET != HWY_SCALAR
  HWY_INLINE void put_pairs(std::size_t column, hn::Vec<Floats> even, hn::Vec<Floats> odd) const {
    const Floats d;
    if (stream_) {
      HWY_ALIGN float in_order[2 * hn::MaxLanes(Floats())];
      hn::StoreInterleaved2(even, odd, d, in_order);
      put_two(column, hn::Load(d, in_order), hn::Load(d, in_order + hn::Lanes(d)));
    } else {
      hn::StoreInterleaved2(even, odd, d, row_ + column);
    }
  }
#endif
  void put_rest(std::size_t column, const float* values, std::size_t count) const {
    std::copy_n(values, count, row_ + column);
  }

 private:
  float* row_;
  bool stream_;
};

class HalfRow {
 public:
  HalfRow(Bf16* row, bool stream) : row_(row), stream_(stream) {}

  HWY_INLINE void put(std::size_t column, hn::Vec<Floats> values) const { store_halves(values, row_ + column); }
#if HWY_TARGET == HWY_SCALAR
  HWY_INLINE void put_two(std::size_t column, hn::Vec<Floats> first, hn::Vec<Floats> second) const {
    put(column, first);
    put(column + 1, second);
  }
#else
  HWY_INLINE void put_two(std::size_t column, hn::Vec<Floats> first, hn::Vec<Floats> second) const {
    store(halves_of_two(first, second), column);
  }
  HWY_INLINE void put_pairs(std::size_t column, hn::Vec<Floats> even, hn::Vec<Floats> odd) const {
    store(halves_of_pairs(even, odd), column);
  }
#endif
  void put_rest(std::size_t column, const float* values, std::size_t count) const {
    for (std::size_t j = 0; j < count; ++j) row_[column + j] = to_bf16(values[j]);
  }

 private:
#if HWY_TARGET != HWY_SCALAR
  HWY_INLINE void store(hn::Vec<HalfKernelPairs> halves, std::size_t column) const {
    if (stream_) {
      hn::Stream(halves, HalfKernelPairs(), half_bits(row_ + column));
    } else {
      hn::StoreU(halves, HalfKernelPairs(), half_bits(row_ + column));
    }
  }
#endif

  Bf16* row_;
  bool stream_;
};

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#endif
