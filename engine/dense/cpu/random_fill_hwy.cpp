// Philox4x32-10 over several counters at once: lane k of a vector works on the block of columns 4*(c+k) .. 4*(c+k)+3.
// The words are those of philox() in runtime/random.hpp, bit for bit.
#include <algorithm>
#include <array>

#include <adjoin/engine/dense/random_fill.hpp>
#include <adjoin/engine/runtime/random.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/random_fill_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef ADJOIN_RANDOM_FILL_TYPES
#define ADJOIN_RANDOM_FILL_TYPES
namespace adjoin {
namespace {

struct SignRow {
  std::uint64_t seed = 0;
  std::uint64_t key = 0;
  std::uint32_t threshold = 0;
  float magnitude = 1;
  float* out = nullptr;
  std::size_t columns = 0;
};

// Multipliers and Weyl increments of Philox4x32 (Salmon et al. 2011, table 2).
constexpr std::uint32_t multiplier_0 = 0xD2511F53;
constexpr std::uint32_t multiplier_1 = 0xCD9E8D57;
constexpr std::uint32_t weyl_0 = 0x9E3779B9;
constexpr std::uint32_t weyl_1 = 0xBB67AE85;

}  // namespace
}  // namespace adjoin
#endif

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void fill_row(const SignRow& row) {
  const std::uint32_t upper = 0U - row.threshold;
  for (std::size_t first = 0; first < row.columns; first += 4) {
    const RandomWords words =
        philox(row.seed, RandomStream::projection, row.key, static_cast<std::uint32_t>(first / 4));
    for (std::size_t j = first; j < std::min(first + 4, row.columns); ++j) {
      const std::uint32_t word = words[j - first];
      row.out[j] = word < row.threshold ? row.magnitude : word >= upper ? -row.magnitude : 0.0F;
    }
  }
}

#else

using Words = hn::ScalableTag<std::uint32_t>;
using Vector = hn::Vec<Words>;

/// The high and the low halves of the 64-bit products of every lane with `multiplier`.
HWY_INLINE void multiply_wide(Vector a, std::uint32_t multiplier, Vector& high, Vector& low) {
  const Words d;
  const hn::RepartitionToWide<Words> wide;
  const Vector m = hn::Set(d, multiplier);
  const auto even = hn::MulEven(a, m);
  const auto odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, a))), m);
  low = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even));
  high = hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even)));
}

/// Turns words into signs times the magnitude and writes the columns that exist.
HWY_INLINE void write_signs(const SignRow& row, const std::array<Vector, 4>& words, std::size_t first) {
  const Words d;
  const hn::RebindToFloat<Words> f;
  constexpr std::size_t most_lanes = hn::MaxLanes(Words());
  const Vector threshold = hn::Set(d, row.threshold);
  const Vector upper = hn::Set(d, 0U - row.threshold);
  const auto plus = hn::Set(f, row.magnitude);
  const auto minus = hn::Set(f, -row.magnitude);
  std::array<decltype(hn::Zero(f)), 4> values;
  for (std::size_t w = 0; w < 4; ++w) {
    const auto positive = hn::RebindMask(f, hn::Lt(words[w], threshold));
    const auto negative = hn::RebindMask(f, hn::Not(hn::Lt(words[w], upper)));
    values[w] = hn::IfThenElse(positive, plus, hn::IfThenElseZero(negative, minus));
  }
  const std::size_t block = 4 * hn::Lanes(d);
  if (first + block <= row.columns) {
    hn::StoreInterleaved4(values[0], values[1], values[2], values[3], f, row.out + first);
  } else {
    HWY_ALIGN std::array<float, 4 * most_lanes> whole;
    hn::StoreInterleaved4(values[0], values[1], values[2], values[3], f, whole.data());
    std::copy_n(whole.data(), row.columns - first, row.out + first);
  }
}

void fill_row(const SignRow& row) {
  const Words d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t first = 0; first < row.columns; first += 4 * lanes) {
    Vector c0 = hn::Iota(d, static_cast<std::uint32_t>(first / 4));
    Vector c1 = hn::Set(d, static_cast<std::uint32_t>(RandomStream::projection));
    Vector c2 = hn::Set(d, static_cast<std::uint32_t>(row.key));
    Vector c3 = hn::Set(d, static_cast<std::uint32_t>(row.key >> 32));
    auto k0 = static_cast<std::uint32_t>(row.seed);
    auto k1 = static_cast<std::uint32_t>(row.seed >> 32);
    for (int round = 0; round < 10; ++round) {
      Vector high0 = c0;
      Vector low0 = c0;
      Vector high1 = c2;
      Vector low1 = c2;
      multiply_wide(c0, multiplier_0, high0, low0);
      multiply_wide(c2, multiplier_1, high1, low1);
      c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(d, k0));
      c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(d, k1));
      c1 = low1;
      c3 = low0;
      k0 += weyl_0;
      k1 += weyl_1;
    }
    write_signs(row, {c0, c1, c2, c3}, first);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {

HWY_EXPORT(fill_row);

constexpr std::size_t rows_per_chunk = 1 << 11;

}  // namespace

void fill_sparse_signs(RunContext& context, FunctionRef<std::uint64_t(std::size_t)> row_key, double s, float magnitude,
                       std::span<const float> row_scale, MatrixView<float> out) {
  SignRow common;
  common.seed = context.seed();
  common.threshold = sparse_sign_threshold(s);
  common.columns = out.columns();
  context.for_chunks(out.rows(), rows_per_chunk, [&](Chunk rows) {
    SignRow row = common;
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      row.key = row_key(i);
      row.magnitude = magnitude * (row_scale.empty() ? 1.0F : row_scale[i]);
      row.out = out.row(i).data();
      HWY_DYNAMIC_DISPATCH(fill_row)(row);
    }
  });
}

}  // namespace adjoin
#endif
