#include <algorithm>
#include <cmath>

#include <adjoin/engine/dense/decompose.hpp>
#include <adjoin/engine/dense/orthonormalize.hpp>
#include <adjoin/engine/dense/tall_products.hpp>

namespace adjoin {
namespace {

/// Less than this share of a column's square left by those before it is rounding: the column depends on them.
constexpr double dependent = 1e-12;
/// More than this left of every column, and one pass is as good as two.
constexpr double independent = 1e-2;

struct Factor {
  std::size_t rank = 0;
  double least_left = 1;  // of the columns kept
};

/// Cholesky: the upper triangle of a becomes R with a = R^T R; the row of a dependent column becomes zero.
Factor factorize(SmallMatrix& a) {
  const std::size_t d = a.rows();
  Factor factor;
  std::vector<double> whole(d);
  for (std::size_t j = 0; j < d; ++j) whole[j] = a(j, j);
  for (std::size_t p = 0; p < d; ++p) {
    const std::span<double> pivot = a.row(p);
    const double left = whole[p] > 0 ? pivot[p] / whole[p] : 0;
    if (left <= dependent) {
      std::fill(pivot.begin() + static_cast<std::ptrdiff_t>(p), pivot.end(), 0.0);
      continue;
    }
    ++factor.rank;
    factor.least_left = std::min(factor.least_left, left);
    const double scale = 1 / std::sqrt(pivot[p]);
    for (std::size_t j = p; j < d; ++j) pivot[j] *= scale;
    for (std::size_t i = p + 1; i < d; ++i) {
      const std::span<double> row = a.row(i);
      const double of_row = pivot[i];
      for (std::size_t j = i; j < d; ++j) row[j] -= of_row * pivot[j];
    }
  }
  return factor;
}

/// The inverse of an upper triangle, with zero rows and columns where the triangle has a zero row.
SmallMatrix inverse_of_triangle(const SmallMatrix& r) {
  const std::size_t d = r.rows();
  SmallMatrix inverse(d, d);
  for (std::size_t i = d; i-- > 0;) {
    if (r(i, i) == 0) continue;
    const std::span<double> row = inverse.row(i);
    row[i] = 1;
    for (std::size_t k = i + 1; k < d; ++k) {
      const double factor = r(i, k);
      const std::span<const double> below = std::as_const(inverse).row(k);
      for (std::size_t j = k; j < d; ++j) row[j] -= factor * below[j];
    }
    const double scale = 1 / r(i, i);
    for (std::size_t j = i; j < d; ++j) row[j] *= scale;
  }
  return inverse;
}

}  // namespace

std::size_t orthonormalize_with(FunctionRef<SmallMatrix()> gram, FunctionRef<void(const SmallMatrix&)> multiply) {
  constexpr int most_passes = 3;
  Factor factor;
  for (int pass = 0; pass < most_passes; ++pass) {
    SmallMatrix r = gram();
    factor = factorize(r);
    multiply(inverse_of_triangle(r));
    if (factor.least_left > independent) break;
  }
  return factor.rank;
}

std::size_t orthonormalize_columns(RunContext& context, MatrixView<float> x) {
  return orthonormalize_with([&] { return gram_matrix(context, x); },
                             [&](const SmallMatrix& t) { multiply_tall(context, x, t, x); });
}

}  // namespace adjoin
