// The operations of the backend seam on a GPU. See engine/sparse/backend.hpp for what they mean.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/dense/resident_matrix.hpp>
#include <adjoin/engine/dense/small_matrix.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/cuda/combine_rows.hpp>
#include <adjoin/engine/sparse/cuda/cuda_sparse.hpp>
#include <adjoin/engine/sparse/cuda/spmm.hpp>
#include <adjoin/engine/sparse/dense_term.hpp>

namespace adjoin {

/// Matrices live in the device's memory from upload to download. Every operation waits for the device before it returns
/// and moves the stage in progress on by its rows, so times are true and a run can be cancelled between operations.
class CudaBackend {
 public:
  using SparseMatrix = CudaSparse;
  using DenseMatrix = CudaMatrix;
  using HalfMatrix = CudaHalfMatrix;
  using SignMatrix = CudaSignMatrix;
  using Vector = DeviceArray<float>;

  explicit CudaBackend(RunContext& context);

  /// Bytes that a run may still take on the device.
  std::optional<std::uint64_t> free_bytes() const noexcept { return device_->free_bytes(); }

  SparseMatrix upload(const CsrView& a) const;
  DenseMatrix upload(MatrixView<const float> x) const;
  Vector upload(std::span<const float> values) const;
  template <class State = DenseMatrix>
  State matrix(std::size_t rows, std::size_t columns) const {
    return State(*device_, rows, columns);
  }
  Matrix download(DenseMatrix&& x) const;
  Matrix download(HalfMatrix&& x) const;
  ResidentMatrix keep(DenseMatrix&& x) const;

  void fill(DenseMatrix& x, float value) const;
  void fill(HalfMatrix& x, float value) const;
  void convert(const DenseMatrix& x, HalfMatrix& y) const;
  void convert(const HalfMatrix& x, DenseMatrix& y) const;
  SignMatrix random_signs(FunctionRef<std::uint64_t(std::size_t)> row_key, double s, float magnitude,
                          std::span<const float> row_scale, std::size_t columns, std::size_t first_column = 0) const;
  DenseMatrix random_normals(FunctionRef<std::uint64_t(std::size_t)> row_key, RandomStream stream, std::size_t rows,
                             std::size_t columns) const;

  /// X is a DenseMatrix, a HalfMatrix or a SignMatrix, and Y a DenseMatrix or a HalfMatrix.
  template <class X, class Y>
  void spmm(const SparseMatrix& a, const Vector& row_scale, const X& x, Y& y) const {
    const auto view = y.view();
    a.for_each_panel(*device_, context_->threads(), whole_runs(a.row_count()),
                     [&](const CudaSpmmMatrix& part, std::size_t first_row, std::size_t part_row, std::size_t rows) {
                       adjoin::spmm(*device_, part, scale_from(row_scale, first_row, part_row), readable(x),
                                    rows_of(view, first_row, rows), part_row);
                     });
    finish(y.rows());
  }
  template <class X, class Y>
  void spmm_combine(const SparseMatrix& a, const Vector& row_scale, const X& x, float coefficient, bool normalize,
                    std::span<const DenseTerm<DenseMatrix, Vector>> terms, Y& out) const {
    combine(a, row_scale, x, coefficient, normalize, terms, out);
  }
  template <class X, class Y>
  void spmm_combine(const SparseMatrix& a, const Vector& row_scale, const X& x, float coefficient, bool normalize,
                    std::span<const DenseTerm<HalfMatrix, Vector>> terms, Y& out) const {
    combine(a, row_scale, x, coefficient, normalize, terms, out);
  }
  /// Adds to the columns of y that begin at first_column.
  template <class X>
  void add_rows(float coefficient, const X& x, bool normalize, DenseMatrix& y, std::size_t first_column,
                std::span<const std::uint8_t> only = {}) const {
    const DeviceArray<std::uint8_t> wanted(*device_, context_->threads(), only);
    add(coefficient, readable(x), normalize, y.view().column_block(first_column, x.columns()), wanted.data(), nullptr);
    finish(y.rows());
  }
  template <class X>
  void add_scaled_rows(float coefficient, const Vector& row_scale, const X& x, DenseMatrix& y) const {
    add(coefficient, readable(x), false, y.view(), nullptr, row_scale.data());
    finish(y.rows());
  }
  Array<float> row_norms(const DenseMatrix& x) const;
  void normalize_rows(DenseMatrix& x) const;
  void standardize_columns(DenseMatrix& x, std::span<const std::uint8_t> skip) const;

  SmallMatrix gram_matrix(const DenseMatrix& x) const;
  void multiply_tall(const DenseMatrix& x, const SmallMatrix& t, DenseMatrix& y) const;
  std::size_t orthonormalize_columns(DenseMatrix& x) const;

 private:
  template <class Scalar>
  static MatrixView<const Scalar, Cuda> readable(const BasicCudaMatrix<Scalar>& x) {
    return x.view();
  }
  static CudaSignView readable(const SignMatrix& x) { return x.view(); }
  template <class Scalar>
  static MatrixView<Scalar, Cuda> rows_of(MatrixView<Scalar, Cuda> x, std::size_t first, std::size_t count) {
    return {x.data() + first * x.stride(), count, x.columns(), x.stride()};
  }
  /// A panel's rows are numbered from part_row on, so that is where the scale of row first_row has to be found.
  static const float* scale_from(const Vector& scale, std::size_t first_row, std::size_t part_row) {
    return scale.empty() ? nullptr : scale.data() + (first_row - part_row);
  }
  template <class State>
  static CudaRowTerm row_term(const DenseTerm<State, Vector>& term, std::size_t first, std::size_t rows) {
    CudaRowTerm made{{}, {}, term.coefficient, term.normalize, nullptr};
    if (term.row_scale != nullptr && !term.row_scale->empty()) made.row_scale = term.row_scale->data() + first;
    const auto view = rows_of(term.matrix->view(), first, rows);
    if constexpr (std::is_same_v<State, DenseMatrix>) {
      made.floats = view;
    } else {
      made.halves = view;
    }
    return made;
  }

  /// A run of rows at a time: their product, then its sum with the terms.
  template <class X, class Y, class State>
  void combine(const SparseMatrix& a, const Vector& row_scale, const X& x, float coefficient, bool normalize,
               std::span<const DenseTerm<State, Vector>> terms, Y& out) const {
    const auto view = out.view();
    const std::size_t most_rows = rows_at_once(out.columns(), out.rows());
    DenseMatrix product(*device_, std::min(most_rows, out.rows()), out.columns());
    a.for_each_panel(*device_, context_->threads(), most_rows,
                     [&](const CudaSpmmMatrix& part, std::size_t first_row, std::size_t part_row, std::size_t rows) {
                       const auto made = rows_of(product.view(), 0, rows);
                       adjoin::spmm(*device_, part, scale_from(row_scale, first_row, part_row), readable(x), made,
                                    part_row);
                       std::vector<CudaRowTerm> all;
                       for (const DenseTerm<State, Vector>& term : terms) {
                         all.push_back(row_term(term, first_row, rows));
                       }
                       all.push_back({made, {}, coefficient, normalize, nullptr});
                       combine_rows(*device_, all, rows_of(view, first_row, rows));
                     });
    finish(out.rows());
  }

  void add(float coefficient, MatrixView<const float, Cuda> x, bool normalize, MatrixView<float, Cuda> y,
           const std::uint8_t* only, const float* row_scale) const;
  void add(float coefficient, MatrixView<const Bf16, Cuda> x, bool normalize, MatrixView<float, Cuda> y,
           const std::uint8_t* only, const float* row_scale) const;
  void add(float coefficient, const CudaSignView& x, bool normalize, MatrixView<float, Cuda> y,
           const std::uint8_t* only, const float* row_scale) const;

  static std::size_t whole_runs(std::size_t rows) {
    return std::max<std::size_t>(1, chunk_count(rows, RowItems::rows_per_run)) * RowItems::rows_per_run;
  }
  /// Rows of a product that stand beside its sum at once, in whole runs.
  std::size_t rows_at_once(std::size_t columns, std::size_t rows) const;
  void finish(std::size_t rows) const;

  RunContext* context_;
  CudaContext* device_;
};

}  // namespace adjoin
