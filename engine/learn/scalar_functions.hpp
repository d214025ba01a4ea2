// Functions of one number that neither overflow nor lose the digits of small ones.
#pragma once

#include <algorithm>
#include <cmath>

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

}  // namespace adjoin::learn
