// A row-major matrix that owns its memory: 64-byte aligned, contiguous, on huge pages where granted.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include <adjoin/engine/dense/bf16.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin {

/// rows x columns numbers, uninitialised unless a value is given. Move-only. See Matrix and HalfMatrix below.
template <class Scalar>
class BasicMatrix {
 public:
  BasicMatrix() = default;
  BasicMatrix(std::size_t rows, std::size_t columns) : values_(rows * columns), rows_(rows), columns_(columns) {}
  BasicMatrix(std::size_t rows, std::size_t columns, Scalar value)
      : values_(rows * columns, value), rows_(rows), columns_(columns) {}

  /// values: size rows * columns.
  BasicMatrix(Array<Scalar> values, std::size_t rows, std::size_t columns)
      : values_(std::move(values)), rows_(rows), columns_(columns) {}

  std::size_t rows() const noexcept { return rows_; }
  std::size_t columns() const noexcept { return columns_; }
  std::size_t bytes() const noexcept { return values_.bytes(); }
  bool owns_memory() const noexcept { return values_.owns_memory(); }

  MatrixView<Scalar> view() & noexcept { return {values_.data(), rows_, columns_}; }
  MatrixView<const Scalar> view() const& noexcept { return {values_.data(), rows_, columns_}; }
  MatrixView<const Scalar> view() && = delete;  // the memory would be gone before the view is used

  std::span<Scalar> row(std::size_t i) & noexcept { return view().row(i); }
  std::span<const Scalar> row(std::size_t i) const& noexcept { return view().row(i); }
  Scalar& operator()(std::size_t i, std::size_t j) noexcept { return values_[i * columns_ + j]; }
  Scalar operator()(std::size_t i, std::size_t j) const noexcept { return values_[i * columns_ + j]; }

 private:
  Array<Scalar> values_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

/// What algorithms compute with and results are.
using Matrix = BasicMatrix<float>;
/// The same in half the bytes, for state that is gathered again and again; half_matrix.hpp converts.
using HalfMatrix = BasicMatrix<Bf16>;

}  // namespace adjoin
