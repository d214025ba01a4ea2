// Functions of a number or a row that neither overflow nor lose the digits of small ones.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace adjoin::learn {

template <class Real>
Real sigmoid_of(Real x) {
  const Real small = std::exp(-std::abs(x));
  return x >= 0 ? 1 / (1 + small) : small / (1 + small);
}

template <class Real>
Real softplus_of(Real x) {
  return std::max(x, Real{0}) + std::log1p(std::exp(-std::abs(x)));
}

/// log of the sum of exp(x / temperature) over a row, as a double.
template <class Real>
double log_sum_exp(std::span<const Real> row, double temperature = 1) {
  if (row.empty()) return 0;
  const auto largest = static_cast<double>(*std::ranges::max_element(row));
  double sum = 0;
  for (const Real x : row) sum += std::exp((static_cast<double>(x) - largest) / temperature);
  return largest / temperature + std::log(sum);
}

}  // namespace adjoin::learn
