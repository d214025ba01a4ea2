// A row-major matrix that somebody else owns. Layout, everywhere in adjoin: element (i, j) stands at
// data[i*stride + j], one row a node; columns is the dimension d, stride >= columns.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include <adjoin/engine/runtime/memory_space.hpp>

namespace adjoin {

/// Scalar is float, double or Bf16, const or not; Space says which memory `data` points into.
template <class Scalar, class Space = Host>
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(Scalar* data, std::size_t rows, std::size_t columns, std::size_t stride) noexcept
      : data_(data), rows_(rows), columns_(columns), stride_(stride) {}
  MatrixView(Scalar* data, std::size_t rows, std::size_t columns) noexcept : MatrixView(data, rows, columns, columns) {}
  /// A view to write through is a view to read from.
  template <class Writable>
    requires(std::is_const_v<Scalar> && std::is_same_v<Writable, std::remove_const_t<Scalar>>)
  MatrixView(const MatrixView<Writable, Space>& other) noexcept  // NOLINT(google-explicit-constructor)
      : MatrixView(other.data(), other.rows(), other.columns(), other.stride()) {}

  Scalar* data() const noexcept { return data_; }
  std::size_t rows() const noexcept { return rows_; }
  std::size_t columns() const noexcept { return columns_; }
  std::size_t stride() const noexcept { return stride_; }
  bool contiguous() const noexcept { return stride_ == columns_; }

  std::span<Scalar> row(std::size_t i) const noexcept
    requires std::is_same_v<Space, Host>
  {
    return {data_ + i * stride_, columns_};
  }
  Scalar& operator()(std::size_t i, std::size_t j) const noexcept
    requires std::is_same_v<Space, Host>
  {
    return data_[i * stride_ + j];
  }
  /// The columns [first, first + count) of every row.
  MatrixView column_block(std::size_t first, std::size_t count) const noexcept {
    return {data_ + first, rows_, count, stride_};
  }

 private:
  Scalar* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::size_t stride_ = 0;
};

}  // namespace adjoin
