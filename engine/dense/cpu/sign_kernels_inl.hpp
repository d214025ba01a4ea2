// Reading rows of a SignMatrix into registers, for the *_hwy.cpp files that need it. Included once for each instruction
// level, after <hwy/highway.h>: not a header on its own.
#if defined(ADJOIN_DENSE_SIGN_KERNELS) == defined(HWY_TARGET_TOGGLE)
#ifdef ADJOIN_DENSE_SIGN_KERNELS
#undef ADJOIN_DENSE_SIGN_KERNELS
#else
#define ADJOIN_DENSE_SIGN_KERNELS
#endif

#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {

/// The values that the four codes stand for, repeated in all lanes: 0, +scale, -scale, 0.
class SignValues {
  using Floats = hwy::HWY_NAMESPACE::ScalableTag<float>;
  using Words = hwy::HWY_NAMESPACE::RebindToUnsigned<Floats>;

 public:
  HWY_INLINE explicit SignValues(float scale) {
    namespace hn = hwy::HWY_NAMESPACE;
    const Floats d;
#if HWY_TARGET == HWY_SCALAR
    values_ = hn::Set(d, scale);
#else
    alignas(64) static constexpr float pattern[16] = {0, 1, -1, 0, 0, 1, -1, 0, 0, 1, -1, 0, 0, 1, -1, 0};
    static_assert(hn::MaxLanes(Floats()) <= 16, "a register of signs is cut from one word of codes");
    values_ = hn::Mul(hn::Set(d, scale), hn::Load(d, pattern));
#endif
  }

  /// The entries of the columns [column, column + lanes); column is a multiple of the number of lanes.
  HWY_INLINE hwy::HWY_NAMESPACE::Vec<Floats> columns(const std::uint32_t* codes, std::size_t column) const {
    namespace hn = hwy::HWY_NAMESPACE;
    const Floats d;
#if HWY_TARGET == HWY_SCALAR
    const std::uint32_t code = codes[column / 16] >> (2 * (column % 16)) & 3U;
    const float sign = code == 1 ? 1.0F : code == 2 ? -1.0F : 0.0F;
    return hn::Mul(values_, hn::Set(d, sign));
#else
    const Words w;
    // Lane k wants the two bits at 2*(column mod 16 + k).
    const auto first = static_cast<std::uint32_t>(2 * (column % 16));
    const auto shift = hn::Add(hn::ShiftLeft<1>(hn::Iota(w, 0)), hn::Set(w, first));
    const auto code = hn::And(hn::Shr(hn::Set(w, codes[column / 16]), shift), hn::Set(w, 3));
    return hn::TableLookupLanes(values_, hn::IndicesFromVec(d, code));
#endif
  }

 private:
  hwy::HWY_NAMESPACE::Vec<Floats> values_;
};

}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#endif
