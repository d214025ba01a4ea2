// A private part of linkpred: the two ways in which Eigen counts rows, without Eigen.
#pragma once

#include <cstddef>

namespace adjoin::detail {

/// In dense matrices: an Eigen::Index.
inline std::ptrdiff_t position(std::size_t value) noexcept {
  return static_cast<std::ptrdiff_t>(value);
}

/// In sparse ones.
inline int as_int(std::size_t value) noexcept {
  return static_cast<int>(value);
}

}  // namespace adjoin::detail
