// Drawing and adding rows of signs at every instruction level.
//
// Philox4x32-10 runs over several counters at once: lane k of a vector works on the block of columns 4*(c+k) ..
// 4*(c+k)+3, whose four codes make one byte. The words are those of philox() in runtime/random.hpp, bit for bit.
#include <algorithm>
#include <bit>
#include <cmath>

#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/runtime/random.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/sign_matrix_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/philox_inl.hpp>
#include <adjoin/engine/dense/cpu/sign_kernels_inl.hpp>

#ifndef ADJOIN_SIGN_MATRIX_TYPES
#define ADJOIN_SIGN_MATRIX_TYPES
namespace adjoin {
namespace {

/// One row to be drawn: whole vectors of codes, past the last column too.
struct SignRow {
  std::uint64_t seed = 0;
  std::uint64_t key = 0;
  std::uint32_t threshold = 0;
  std::uint32_t first_counter = 0;
  std::uint32_t* codes = nullptr;
  std::size_t columns = 0;
};

}  // namespace
}  // namespace adjoin
#endif

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void draw_row(const SignRow& row) {
  const std::uint32_t upper = 0U - row.threshold;
  for (std::size_t first = 0; first < row.columns; first += 16) {
    std::uint32_t codes = 0;
    for (std::size_t j = 0; j < 16; ++j) {
      const auto counter = row.first_counter + static_cast<std::uint32_t>((first + j) / 4);
      const std::uint32_t word = philox(row.seed, RandomStream::projection, row.key, counter)[j % 4];
      codes |= (word < row.threshold ? 1U : word >= upper ? 2U : 0U) << (2 * j);
    }
    row.codes[first / 16] = codes;
  }
}

#else

using Words = hn::ScalableTag<std::uint32_t>;
using Vector = hn::Vec<Words>;

/// The codes of the words in every lane: 1 for a plus, 2 for a minus.
HWY_INLINE Vector sign_codes(Vector words, std::uint32_t threshold) {
  const Words d;
  const Vector plus = hn::IfThenElseZero(hn::Lt(words, hn::Set(d, threshold)), hn::Set(d, 1));
  return hn::IfThenElse(hn::Lt(words, hn::Set(d, 0U - threshold)), plus, hn::Set(d, 2));
}

void draw_row(const SignRow& row) {
  const Words d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t first = 0; first < row.columns; first += 4 * lanes) {
    Vector words[4];
    philox_lanes(row.seed, RandomStream::projection, row.key, row.first_counter + static_cast<std::uint32_t>(first / 4),
                 words);
    auto codes = sign_codes(words[0], row.threshold);
    codes = hn::Or(codes, hn::ShiftLeft<2>(sign_codes(words[1], row.threshold)));
    codes = hn::Or(codes, hn::ShiftLeft<4>(sign_codes(words[2], row.threshold)));
    codes = hn::Or(codes, hn::ShiftLeft<6>(sign_codes(words[3], row.threshold)));
    const hn::Rebind<std::uint8_t, Words> bytes;
    hn::StoreU(hn::TruncateTo(bytes, codes), bytes, reinterpret_cast<std::uint8_t*>(row.codes) + first / 4);
  }
}

#endif

void add_signs(float factor, const std::uint32_t* codes, float* to, std::size_t count) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const SignValues values(factor);
  std::size_t j = 0;
  for (; j + lanes <= count; j += lanes) {
    hn::StoreU(hn::Add(hn::LoadU(d, to + j), values.columns(codes, j)), d, to + j);
  }
  if (j == count) return;
  HWY_ALIGN float rest[hn::MaxLanes(d)];
  hn::Store(values.columns(codes, j), d, rest);
  for (std::size_t k = 0; j + k < count; ++k) to[j + k] += rest[k];
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {
namespace {

HWY_EXPORT(draw_row);
HWY_EXPORT(add_signs);

constexpr std::size_t rows_per_chunk = 1 << 11;

/// Clears the codes past the last column; whether any entry is left.
bool clear_past(std::span<std::uint32_t> codes, std::size_t columns) {
  const std::size_t whole = columns / SignMatrix::signs_per_word;
  if (const std::size_t rest = columns % SignMatrix::signs_per_word; rest > 0) {
    codes[whole] &= (std::uint32_t{1} << (2 * rest)) - 1;
  }
  const std::size_t used = (columns + SignMatrix::signs_per_word - 1) / SignMatrix::signs_per_word;
  std::fill(codes.begin() + static_cast<std::ptrdiff_t>(used), codes.end(), 0U);
  return std::any_of(codes.begin(), codes.end(), [](std::uint32_t word) { return word != 0; });
}

std::size_t count_entries(std::span<const std::uint32_t> codes) {
  std::size_t entries = 0;
  for (const std::uint32_t word : codes) entries += static_cast<std::size_t>(std::popcount(word));
  return entries;
}

}  // namespace

SignMatrix random_signs(RunContext& context, FunctionRef<std::uint64_t(std::size_t)> row_key, double s, float magnitude,
                        std::span<const float> row_scale, std::size_t columns, std::size_t first_column) {
  SignMatrix signs(row_scale.size(), columns);
  const std::size_t words = signs.words_per_row();
  SignRow common;
  common.seed = context.seed();
  common.threshold = sparse_sign_threshold(s);
  common.first_counter = static_cast<std::uint32_t>(first_column / 4);
  common.columns = columns;
  context.for_chunks(signs.rows(), rows_per_chunk, [&](Chunk rows) {
    SignRow row = common;
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      const auto codes = signs.codes().subspan(i * words, words);
      row.key = row_key(i);
      row.codes = codes.data();
      HWY_DYNAMIC_DISPATCH(draw_row)(row);
      signs.row_scale()[i] = clear_past(codes, columns) ? magnitude * row_scale[i] : 0.0F;
    }
  });
  return signs;
}

void add_rows(RunContext& context, float coefficient, const SignMatrix& x, bool normalize, MatrixView<float> y,
              std::span<const std::uint8_t> only) {
  const std::size_t words = x.words_per_row();
  context.for_chunks(x.rows(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      const float scale = x.row_scale()[i];
      if (scale == 0 || (!only.empty() && only[i] == 0)) continue;
      const auto codes = x.codes().subspan(i * words, words);
      // A row of k signs has length |scale| sqrt(k).
      const double factor = normalize ? std::copysign(1.0 / std::sqrt(static_cast<double>(count_entries(codes))), scale)
                                      : static_cast<double>(scale);
      HWY_DYNAMIC_DISPATCH(add_signs)
      (static_cast<float>(static_cast<double>(coefficient) * factor), codes.data(), y.row(i).data(), x.columns());
    }
  });
}

}  // namespace adjoin
#endif
