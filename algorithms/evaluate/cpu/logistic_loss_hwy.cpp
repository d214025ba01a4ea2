#include <adjoin/algorithms/evaluate/logistic_loss.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/algorithms/evaluate/cpu/logistic_loss_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "hwy/contrib/math/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

void loss(MatrixView<float> scores, std::size_t begin, std::size_t end, float c, const float* bias, float* losses,
          float* slopes) {
  const hn::CappedTag<float, 16> d;
  const auto one = hn::Set(d, 1.0F);
  const auto scale = hn::Set(d, c);
  for (std::size_t k = 0; k < scores.columns(); k += hn::Lanes(d)) {
    const auto shift = hn::LoadU(d, bias + k);
    auto loss_sum = hn::Zero(d);
    auto slope_sum = hn::Zero(d);
    for (std::size_t i = begin; i < end; ++i) {
      float* const at = scores.data() + i * scores.stride() + k;
      const auto s = hn::Add(hn::LoadU(d, at), shift);
      // exp of a number that is not positive never overflows; both functions follow from it.
      const auto e = hn::Exp(d, hn::Neg(hn::Abs(s)));
      const auto share = hn::Div(hn::IfThenElse(hn::Ge(s, hn::Zero(d)), one, e), hn::Add(one, e));
      loss_sum = hn::Add(loss_sum, hn::Add(hn::Max(s, hn::Zero(d)), hn::Log1p(d, e)));
      const auto slope = hn::Mul(scale, share);
      slope_sum = hn::Add(slope_sum, slope);
      hn::StoreU(slope, d, at);
    }
    hn::StoreU(hn::Mul(scale, loss_sum), d, losses + k);
    hn::StoreU(slope_sum, d, slopes + k);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin::detail {

HWY_EXPORT(loss);

void logistic_loss(MatrixView<float> scores, std::size_t begin, std::size_t end, float c, const float* bias,
                   float* losses, float* slopes) noexcept {
  HWY_DYNAMIC_DISPATCH(loss)(scores, begin, end, c, bias, losses, slopes);
}

}  // namespace adjoin::detail
#endif
