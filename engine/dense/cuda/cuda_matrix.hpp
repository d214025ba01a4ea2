// Dense matrices in the memory of a GPU.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/dense/bf16.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/runtime/cuda/device_array.hpp>

namespace adjoin {

/// rows x columns numbers, uninitialised, row-major. Rows begin at multiples of 16 bytes, so that kernels read and
/// write whole vectors; what stands between the last column and the next row is anything. Move-only.
template <class Scalar>
class BasicCudaMatrix {
 public:
  static constexpr std::size_t scalars_per_vector = 16 / sizeof(Scalar);

  BasicCudaMatrix() = default;
  BasicCudaMatrix(CudaContext& context, std::size_t rows, std::size_t columns)
      : values_(context, rows * stride_of(columns)), rows_(rows), columns_(columns) {
    if (stride_of(columns) != columns) context.clear(values_.data(), values_.bytes());
  }

  std::size_t rows() const noexcept { return rows_; }
  std::size_t columns() const noexcept { return columns_; }
  std::size_t bytes() const noexcept { return values_.bytes(); }

  MatrixView<Scalar, Cuda> view() noexcept { return {values_.data(), rows_, columns_, stride_of(columns_)}; }
  MatrixView<const Scalar, Cuda> view() const noexcept {
    return {values_.data(), rows_, columns_, stride_of(columns_)};
  }

  static constexpr std::size_t stride_of(std::size_t columns) noexcept {
    return (columns + scalars_per_vector - 1) / scalars_per_vector * scalars_per_vector;
  }
  static constexpr std::uint64_t bytes_of(std::size_t rows, std::size_t columns) noexcept {
    return std::uint64_t{rows} * stride_of(columns) * sizeof(Scalar);
  }

 private:
  DeviceArray<Scalar> values_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

using CudaMatrix = BasicCudaMatrix<float>;
using CudaHalfMatrix = BasicCudaMatrix<Bf16>;

/// What kernels see of a matrix of signs: SignMatrix has the layout.
struct CudaSignView {
  const std::uint32_t* codes = nullptr;
  const float* row_scale = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t words_per_row = 0;
};

/// SignMatrix in the memory of a GPU, with its layout. Move-only.
class CudaSignMatrix {
 public:
  CudaSignMatrix() = default;
  CudaSignMatrix(CudaContext& context, std::size_t rows, std::size_t columns)
      : codes_(context, rows * SignMatrix::words_of(columns)),
        row_scale_(context, rows),
        rows_(rows),
        columns_(columns) {}

  std::size_t rows() const noexcept { return rows_; }
  std::size_t columns() const noexcept { return columns_; }
  std::size_t words_per_row() const noexcept { return SignMatrix::words_of(columns_); }
  DeviceArray<std::uint32_t>& codes() noexcept { return codes_; }
  const DeviceArray<std::uint32_t>& codes() const noexcept { return codes_; }
  DeviceArray<float>& row_scale() noexcept { return row_scale_; }
  const DeviceArray<float>& row_scale() const noexcept { return row_scale_; }
  CudaSignView view() const noexcept { return {codes_.data(), row_scale_.data(), rows_, columns_, words_per_row()}; }

 private:
  DeviceArray<std::uint32_t> codes_;
  DeviceArray<float> row_scale_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace adjoin
