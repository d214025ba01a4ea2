// A private part of simplicial: what its means of a power have in common.
#pragma once

#include <limits>

namespace adjoin::detail {

/// The power whose mean is the largest number; of its negative, the smallest.
inline constexpr double infinite_power = std::numeric_limits<double>::infinity();
/// Powers nearer to 0 give the geometric mean; the root of their sum would be lost in its rounding.
inline constexpr double geometric_below = 1e-6;

}  // namespace adjoin::detail
