// The slow, obviously right inverse of a small matrix, for comparisons.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace adjoin::test {

using DenseMatrix = std::vector<std::vector<double>>;

/// By Gauss and Jordan, with the largest pivot of each column. m: square, not singular.
inline DenseMatrix inverse_of(DenseMatrix m) {
  const std::size_t n = m.size();
  for (std::size_t row = 0; row < n; ++row) {
    m[row].resize(2 * n, 0.0);
    m[row][n + row] = 1;
  }
  for (std::size_t column = 0; column < n; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column; row < n; ++row) {
      if (std::abs(m[row][column]) > std::abs(m[pivot][column])) pivot = row;
    }
    std::swap(m[pivot], m[column]);
    for (std::size_t row = 0; row < n; ++row) {
      if (row == column) continue;
      const double factor = m[row][column] / m[column][column];
      for (std::size_t k = column; k < 2 * n; ++k) m[row][k] -= factor * m[column][k];
    }
  }
  for (std::size_t row = 0; row < n; ++row) {
    const double pivot = m[row][row];
    m[row].erase(m[row].begin(), m[row].begin() + static_cast<std::ptrdiff_t>(n));
    for (double& value : m[row]) value /= pivot;
  }
  return m;
}

}  // namespace adjoin::test
