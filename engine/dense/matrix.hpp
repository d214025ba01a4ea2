// A row-major float matrix that owns its memory: 64-byte aligned, contiguous, on huge pages where granted.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin {

/// rows x columns floats, uninitialised unless a value is given. Move-only.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns) : values_(rows * columns), rows_(rows), columns_(columns) {}
  Matrix(std::size_t rows, std::size_t columns, float value)
      : values_(rows * columns, value), rows_(rows), columns_(columns) {}

  /// values: size rows * columns.
  Matrix(Array<float> values, std::size_t rows, std::size_t columns)
      : values_(std::move(values)), rows_(rows), columns_(columns) {}

  std::size_t rows() const noexcept { return rows_; }
  std::size_t columns() const noexcept { return columns_; }
  std::size_t bytes() const noexcept { return values_.bytes(); }

  MatrixView<float> view() & noexcept { return {values_.data(), rows_, columns_}; }
  MatrixView<const float> view() const& noexcept { return {values_.data(), rows_, columns_}; }
  MatrixView<const float> view() && = delete;  // the memory would be gone before the view is used

  std::span<float> row(std::size_t i) & noexcept { return view().row(i); }
  std::span<const float> row(std::size_t i) const& noexcept { return view().row(i); }
  float& operator()(std::size_t i, std::size_t j) noexcept { return values_[i * columns_ + j]; }
  float operator()(std::size_t i, std::size_t j) const noexcept { return values_[i * columns_ + j]; }

 private:
  Array<float> values_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace adjoin
