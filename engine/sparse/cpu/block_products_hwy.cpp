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

/// A number a column, as registers.
struct Row {
  hn::Vec<Doubles> part[registers];
};

HWY_INLINE Row load(const double* from) {
  Row row;
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < registers; ++r) row.part[r] = hn::LoadU(Doubles(), from + r * hn::MaxLanes(Doubles()));
  return row;
}
HWY_INLINE void store(const Row& row, double* to) {
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < registers; ++r) hn::StoreU(row.part[r], Doubles(), to + r * hn::MaxLanes(Doubles()));
}
/// sums += x y
HWY_INLINE void add_products(Row& sums, const Row& x, const Row& y) {
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < registers; ++r) sums.part[r] = hn::MulAdd(x.part[r], y.part[r], sums.part[r]);
}
/// sums -= x y
HWY_INLINE void subtract_products(Row& sums, const Row& x, const Row& y) {
  ADJOIN_UNROLL
  for (std::size_t r = 0; r < registers; ++r) sums.part[r] = hn::NegMulAdd(x.part[r], y.part[r], sums.part[r]);
}

void dot(const double* x, const double* y, std::size_t size, double* sums) {
  Row total = load(sums);
  for (std::size_t at = 0; at < size; at += block_width) add_products(total, load(x + at), load(y + at));
  store(total, sums);
}

void step(const double* steps, const double* d, const double* p, std::size_t size, double* x, double* r,
          double* squares) {
  const Row along = load(steps);
  Row total = load(squares);
  for (std::size_t at = 0; at < size; at += block_width) {
    Row solution = load(x + at);
    add_products(solution, along, load(d + at));
    store(solution, x + at);
    Row residual = load(r + at);
    subtract_products(residual, along, load(p + at));
    store(residual, r + at);
    add_products(total, residual, residual);
  }
  store(total, squares);
}

void turn(const double* ratios, const double* r, std::size_t size, double* d) {
  const Row ratio = load(ratios);
  for (std::size_t at = 0; at < size; at += block_width) {
    Row direction = load(r + at);
    add_products(direction, ratio, load(d + at));
    store(direction, d + at);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace adjoin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace adjoin {

HWY_EXPORT(multiply_rows);
HWY_EXPORT(dot);
HWY_EXPORT(step);
HWY_EXPORT(turn);

void multiply_block(const DoubleCsrView& a, double scale, std::span<const double> x, double keep,
                    std::span<double> y) noexcept {
  HWY_DYNAMIC_DISPATCH(multiply_rows)(a, scale, x.data(), keep, y.data());
}

BlockNumbers dot_columns(std::span<const double> x, std::span<const double> y) noexcept {
  BlockNumbers sums{};
  HWY_DYNAMIC_DISPATCH(dot)(x.data(), y.data(), x.size(), sums.data());
  return sums;
}

BlockNumbers step_block(const BlockNumbers& steps, std::span<const double> d, std::span<const double> p,
                        std::span<double> x, std::span<double> r) noexcept {
  BlockNumbers squares{};
  HWY_DYNAMIC_DISPATCH(step)(steps.data(), d.data(), p.data(), x.size(), x.data(), r.data(), squares.data());
  return squares;
}

void turn_block(const BlockNumbers& ratios, std::span<const double> r, std::span<double> d) noexcept {
  HWY_DYNAMIC_DISPATCH(turn)(ratios.data(), r.data(), r.size(), d.data());
}

}  // namespace adjoin
#endif
