// Products with blocks of columns at every instruction level.
#include <adjoin/engine/sparse/block_products.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adjoin/engine/sparse/cpu/block_products_hwy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <adjoin/engine/dense/cpu/unroll_inl.hpp>

HWY_BEFORE_NAMESPACE();
namespace adjoin {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, block_width>;
constexpr std::size_t registers = block_width / hn::MaxLanes(Doubles());

void multiply_rows(const DoubleCsrView& a, double scale, const double* x, double keep, double* y) {
  const Doubles d;
  constexpr std::size_t lanes = hn::MaxLanes(Doubles());
  const auto of_product = hn::Set(d, scale);
  const auto of_old = hn::Set(d, keep);
  const std::size_t rows = a.pattern.row_count();
  for (std::size_t row = 0; row < rows; ++row) {
    hn::Vec<Doubles> sums[registers];
    ADJOIN_UNROLL
    for (std::size_t r = 0; r < registers; ++r) sums[r] = hn::Zero(d);
    for (std::size_t e = a.pattern.row_begin(row); e < a.pattern.row_end(row); ++e) {
      const double* const gathered = x + index(a.pattern.targets[e]) * block_width;
      const auto value = hn::Set(d, a.values[e]);
      ADJOIN_UNROLL
      for (std::size_t r = 0; r < registers; ++r) {
        sums[r] = hn::MulAdd(value, hn::LoadU(d, gathered + r * lanes), sums[r]);
      }
    }
    double* const written = y + row * block_width;
    ADJOIN_UNROLL
    for (std::size_t r = 0; r < registers; ++r) {
      const auto old = hn::Mul(of_old, hn::LoadU(d, written + r * lanes));
      hn::StoreU(hn::MulAdd(of_product, sums[r], old), d, written + r * lanes);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {

HWY_EXPORT(multiply_rows);

void multiply_block(const DoubleCsrView& a, double scale, std::span<const double> x, double keep,
                    std::span<double> y) noexcept {
  HWY_DYNAMIC_DISPATCH(multiply_rows)(a, scale, x.data(), keep, y.data());
}

}  // namespace adjoin
#endif
