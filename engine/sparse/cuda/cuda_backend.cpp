#include <algorithm>
#include <utility>

#include <adjoin/engine/dense/cuda/keep_matrix.hpp>
#include <adjoin/engine/dense/cuda/random_matrices.hpp>
#include <adjoin/engine/dense/cuda/rowwise.hpp>
#include <adjoin/engine/dense/cuda/tall_products.hpp>
#include <adjoin/engine/dense/cuda/upload_matrix.hpp>
#include <adjoin/engine/sparse/cuda/cuda_backend.hpp>

namespace adjoin {

CudaBackend::CudaBackend(RunContext& context) : context_(&context), device_(&CudaContext::of(context)) {}

CudaSparse CudaBackend::upload(const CsrView& a) const {
  return {*device_, context_->threads(), a};
}

CudaMatrix CudaBackend::upload(MatrixView<const float> x) const {
  CudaMatrix copy(*device_, x.rows(), x.columns());
  upload_matrix(*device_, context_->threads(), x, copy.view());
  return copy;
}

DeviceArray<float> CudaBackend::upload(std::span<const float> values) const {
  return {*device_, context_->threads(), values};
}

Matrix CudaBackend::download(CudaMatrix&& x) const {
  const CudaMatrix there = std::move(x);  // let go of when this returns
  Matrix here(there.rows(), there.columns());
  device_->download(context_->threads(), there.view().data(), here.view().data(), there.rows(),
                    there.columns() * sizeof(float), there.view().stride() * sizeof(float));
  return here;
}

Matrix CudaBackend::download(CudaHalfMatrix&& x) const {
  const CudaHalfMatrix halves = std::move(x);
  CudaMatrix floats(*device_, halves.rows(), halves.columns());
  convert(halves, floats);
  return download(std::move(floats));
}

ResidentMatrix CudaBackend::keep(CudaMatrix&& x) const {
  return keep_matrix(CudaContext::shared_of(*context_), std::move(x));
}

void CudaBackend::fill(CudaMatrix& x, float value) const {
  adjoin::fill(*device_, x.view(), value);
}

void CudaBackend::fill(CudaHalfMatrix& x, float value) const {
  adjoin::fill(*device_, x.view(), value);
}

void CudaBackend::convert(const CudaMatrix& x, CudaHalfMatrix& y) const {
  adjoin::convert(*device_, x.view(), y.view());
}

void CudaBackend::convert(const CudaHalfMatrix& x, CudaMatrix& y) const {
  adjoin::convert(*device_, x.view(), y.view());
}

CudaSignMatrix CudaBackend::random_signs(FunctionRef<std::uint64_t(std::size_t)> row_key, double s, float magnitude,
                                         std::span<const float> row_scale, std::size_t columns,
                                         std::size_t first_column) const {
  CudaSignMatrix signs =
      adjoin::random_signs(*context_, *device_, row_key, s, magnitude, row_scale, columns, first_column);
  finish(signs.rows());
  return signs;
}

CudaMatrix CudaBackend::random_normals(FunctionRef<std::uint64_t(std::size_t)> row_key, RandomStream stream,
                                       std::size_t rows, std::size_t columns) const {
  CudaMatrix x(*device_, rows, columns);
  fill_with_normals(*context_, *device_, row_key, stream, x.view());
  finish(rows);
  return x;
}

void CudaBackend::add(float coefficient, MatrixView<const float, Cuda> x, bool normalize, MatrixView<float, Cuda> y,
                      const std::uint8_t* only, const float* row_scale) const {
  adjoin::add_rows(*device_, coefficient, x, normalize, y, only, row_scale);
}

void CudaBackend::add(float coefficient, MatrixView<const Bf16, Cuda> x, bool normalize, MatrixView<float, Cuda> y,
                      const std::uint8_t* only, const float* row_scale) const {
  adjoin::add_rows(*device_, coefficient, x, normalize, y, only, row_scale);
}

void CudaBackend::add(float coefficient, const CudaSignView& x, bool normalize, MatrixView<float, Cuda> y,
                      const std::uint8_t* only, const float* row_scale) const {
  adjoin::add_rows(*device_, coefficient, x, normalize, y, only, row_scale);
}

Array<float> CudaBackend::row_norms(const CudaMatrix& x) const {
  DeviceArray<float> norms(*device_, x.rows());
  adjoin::row_norms(*device_, x.view(), norms.data());
  finish(0);
  return norms.download(context_->threads());
}

void CudaBackend::normalize_rows(CudaMatrix& x) const {
  adjoin::normalize_rows(*device_, x.view());
  finish(x.rows());
}

void CudaBackend::standardize_columns(CudaMatrix& x, std::span<const std::uint8_t> skip) const {
  const DeviceArray<std::uint8_t> skipped(*device_, context_->threads(), skip);
  adjoin::standardize_columns(*device_, x.view(), skipped.data());
  finish(2 * x.rows());
}

SmallMatrix CudaBackend::gram_matrix(const CudaMatrix& x) const {
  return adjoin::gram_matrix(*device_, x.view());
}

void CudaBackend::multiply_tall(const CudaMatrix& x, const SmallMatrix& t, CudaMatrix& y) const {
  adjoin::multiply_tall(*device_, x.view(), t, y.view());
  finish(y.rows());
}

std::size_t CudaBackend::orthonormalize_columns(CudaMatrix& x) const {
  const std::size_t rank = adjoin::orthonormalize_columns(*device_, x.view());
  finish(x.rows());
  return rank;
}

std::size_t CudaBackend::rows_at_once(std::size_t columns, std::size_t rows) const {
  const std::uint64_t run_bytes = CudaMatrix::bytes_of(RowItems::rows_per_run, columns);
  const std::uint64_t most_bytes = std::min(std::uint64_t{1} << 30, device_->free_bytes() / 4);
  const std::size_t runs = std::max<std::uint64_t>(1, most_bytes / std::max<std::uint64_t>(run_bytes, 1));
  return std::min(runs * RowItems::rows_per_run, whole_runs(rows));
}

void CudaBackend::finish(std::size_t rows) const {
  device_->wait();
  context_->set_device_peak(device_->peak_bytes());
  context_->advance(rows);
}

}  // namespace adjoin
