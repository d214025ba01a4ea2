// The mean of repeated measurements, and how far they lie apart.
#pragma once

#include <cmath>
#include <span>

namespace adjoin {

/// sd = sqrt(sum_i (x_i - mean)^2 / (R - 1)) over R measurements, as tables of papers have it; 0 for one.
struct MeanSd {
  double mean = 0;
  double sd = 0;
};

/// values: at least one.
inline MeanSd mean_sd(std::span<const double> values) noexcept {
  const auto count = static_cast<double>(values.size());
  MeanSd result;
  for (const double value : values) result.mean += value / count;
  if (values.size() < 2) return result;
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  result.sd = std::sqrt(squares / (count - 1));
  return result;
}

}  // namespace adjoin
