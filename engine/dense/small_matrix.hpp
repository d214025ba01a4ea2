// A small matrix of doubles, d x d or so: what is left of a tall matrix after a product with another, and what its
// columns are then multiplied by.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace adjoin {

/// Row-major, all zeros at first. Copied freely: it is small beside any matrix of one row a node.
class SmallMatrix {
 public:
  SmallMatrix() = default;
  SmallMatrix(std::size_t rows, std::size_t columns) : values_(rows * columns), rows_(rows), columns_(columns) {}

  std::size_t rows() const noexcept { return rows_; }
  std::size_t columns() const noexcept { return columns_; }
  double& operator()(std::size_t i, std::size_t j) noexcept { return values_[i * columns_ + j]; }
  double operator()(std::size_t i, std::size_t j) const noexcept { return values_[i * columns_ + j]; }
  std::span<double> row(std::size_t i) noexcept { return {values_.data() + i * columns_, columns_}; }
  std::span<const double> row(std::size_t i) const noexcept { return {values_.data() + i * columns_, columns_}; }
  double* data() noexcept { return values_.data(); }
  const double* data() const noexcept { return values_.data(); }

 private:
  std::vector<double> values_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace adjoin
