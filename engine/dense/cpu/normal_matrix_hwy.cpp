// Normal random numbers at every instruction level.
//
// Lane k of a vector works on the pair of columns of counter c+k. The draws are those of RandomSequence in
// runtime/random.hpp; the arithmetic is in floats, which the result is rounded to anyway, from the first 32 bits of
// each uniform number.
#include <algorithm>
#include <numbers>

#include <adjoin/engine/dense/normal_matrix.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/dense/cpu/normal_matrix_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format off: it has to come after foreach_target.h
#include <hwy/contrib/math/math-inl.h>
// clang-format on

#include <adjoin/engine/dense/cpu/philox_inl.hpp>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void draw_row(std::uint64_t seed, RandomStream stream, std::uint64_t key, float* to, std::size_t count) {
  RandomSequence random(seed, stream, key);
  for (std::size_t j = 0; j < count; ++j) to[j] = static_cast<float>(random.next_normal());
}

#else

using Floats = hn::ScalableTag<float>;
using Words = hn::RebindToUnsigned<Floats>;

/// A whole number of 32 bits as the nearest float: two exact halves, one rounding.
HWY_INLINE hn::Vec<Floats> to_float(hn::Vec<Words> word) {
  const Floats d;
  const Words w;
  const hn::RebindToSigned<Floats> whole;
  const auto high = hn::ConvertTo(d, hn::BitCast(whole, hn::ShiftRight<16>(word)));
  const auto low = hn::ConvertTo(d, hn::BitCast(whole, hn::And(word, hn::Set(w, 0xFFFF))));
  return hn::Add(hn::Mul(high, hn::Set(d, 65536.0F)), low);
}

void draw_row(std::uint64_t seed, RandomStream stream, std::uint64_t key, float* to, std::size_t count) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const auto unit = hn::Set(d, 0x1.0p-32F);
  for (std::size_t j = 0; j < count; j += 2 * lanes) {
    hn::Vec<Words> words[4];
    philox_lanes(seed, stream, key, static_cast<std::uint32_t>(j / 2), words);
    // ln(1 - u), by whichever of u and 1 - u is the more exact.
    const auto u = hn::Mul(to_float(words[0]), unit);
    const auto rest = hn::Mul(hn::Add(to_float(hn::Not(words[0])), hn::Set(d, 1)), unit);
    const auto log = hn::IfThenElse(hn::Lt(u, hn::Set(d, 0.5F)), hn::Log1p(d, hn::Neg(u)), hn::Log(d, rest));
    const auto radius = hn::Sqrt(hn::Mul(hn::Set(d, -2), log));
    const auto angle = hn::Mul(to_float(words[2]), hn::Set(d, 2 * std::numbers::pi_v<float> * 0x1.0p-32F));
    const auto first = hn::Mul(radius, hn::Cos(d, angle));
    const auto second = hn::Mul(radius, hn::Sin(d, angle));
    if (j + 2 * lanes <= count) {
      hn::StoreInterleaved2(first, second, d, to + j);
    } else {
      HWY_ALIGN float rest_of_row[2 * hn::MaxLanes(d)];
      hn::StoreInterleaved2(first, second, d, rest_of_row);
      std::copy_n(rest_of_row, count - j, to + j);
    }
  }
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {

HWY_EXPORT(draw_row);

void fill_with_normals(RunContext& context, FunctionRef<std::uint64_t(std::size_t)> row_key, RandomStream stream,
                       MatrixView<float> x) {
  constexpr std::size_t rows_per_chunk = 256;
  context.for_chunks(x.rows(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      HWY_DYNAMIC_DISPATCH(draw_row)(context.seed(), stream, row_key(i), x.row(i).data(), x.columns());
    }
  });
}

}  // namespace adjoin
#endif
