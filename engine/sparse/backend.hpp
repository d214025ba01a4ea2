// The one seam between algorithms and devices. An algorithm is a template over a Backend, calls nothing but its
// operations, and is entered through on_device, the only place that looks at which device a run has. There is no
// virtual call and no conditional compilation in an algorithm.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <adjoin/engine/dense/decompose.hpp>
#include <adjoin/engine/dense/half_matrix.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/normal_matrix.hpp>
#include <adjoin/engine/dense/resident_matrix.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/dense/tall_products.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/want_of_room.hpp>
#include <adjoin/engine/sparse/cuda/on_cuda.hpp>
#include <adjoin/engine/sparse/dense_term.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

namespace adjoin {

/// The operations that every device has, by the names and meanings of the free functions in dense/ and sparse/.
/// SparseMatrix, DenseMatrix (floats), HalfMatrix (bfloat16), SignMatrix and Vector (floats, one a row) live in the
/// device's memory; spans are host memory, and what is uploaded may look at it, so it has to stay. An algorithm that
/// can do with state of either precision is a template over State too, DenseMatrix or HalfMatrix: the operations of
/// `StateBackend` are the same for both.
template <class B, class State>
concept StateBackend = requires(B backend, typename B::SparseMatrix& a, typename B::DenseMatrix& dense,
                                typename B::SignMatrix& signs, State& x, const typename B::Vector& row_scale,
                                std::span<const DenseTerm<State, typename B::Vector>> terms) {
  { backend.template matrix<State>(std::size_t{}, std::size_t{}) } -> std::same_as<State>;
  { backend.download(std::move(x)) } -> std::same_as<Matrix>;
  backend.fill(x, 0.0F);
  backend.spmm(a, row_scale, x, x);
  backend.spmm(a, row_scale, signs, x);
  backend.spmm_combine(a, row_scale, x, 1.0F, true, terms, x);
  backend.spmm_combine(a, row_scale, signs, 1.0F, true, terms, x);
  backend.spmm_combine(a, row_scale, x, 1.0F, true, terms, dense);
  backend.add_rows(1.0F, x, true, dense, std::size_t{});
};

template <class B>
concept Backend = StateBackend<B, typename B::DenseMatrix> && StateBackend<B, typename B::HalfMatrix> &&
                  requires(B backend, const CsrView& host_csr, MatrixView<const float> host_matrix,
                           typename B::SparseMatrix& a, typename B::DenseMatrix& x, typename B::HalfMatrix& halves,
                           typename B::SignMatrix& signs, const typename B::Vector& row_scale,
                           std::span<const float> host_vector, std::span<const std::uint8_t> skip,
                           FunctionRef<std::uint64_t(std::size_t)> row_key, const SmallMatrix& small) {
                    { backend.free_bytes() } -> std::same_as<std::optional<std::uint64_t>>;
                    { backend.keep(std::move(x)) } -> std::same_as<ResidentMatrix>;
                    { backend.upload(host_csr) } -> std::same_as<typename B::SparseMatrix>;
                    { backend.upload(host_matrix) } -> std::same_as<typename B::DenseMatrix>;
                    { backend.upload(host_vector) } -> std::same_as<typename B::Vector>;
                    { backend.matrix(std::size_t{}, std::size_t{}) } -> std::same_as<typename B::DenseMatrix>;
                    {
                      backend.random_signs(row_key, 3.0, 1.0F, host_vector, std::size_t{}, std::size_t{})
                    } -> std::same_as<typename B::SignMatrix>;
                    backend.spmm(a, row_scale, x, halves);
                    backend.spmm(a, row_scale, halves, x);
                    backend.convert(x, halves);
                    backend.convert(halves, x);
                    backend.add_rows(1.0F, signs, true, x, std::size_t{});
                    backend.add_rows(1.0F, x, true, x, std::size_t{}, skip);
                    backend.add_scaled_rows(1.0F, row_scale, x, x);
                    backend.add_scaled_rows(1.0F, row_scale, signs, x);
                    { backend.row_norms(x) } -> std::same_as<Array<float>>;
                    backend.normalize_rows(x);
                    backend.standardize_columns(x, skip);
                    {
                      backend.random_normals(row_key, RandomStream{}, std::size_t{}, std::size_t{})
                    } -> std::same_as<typename B::DenseMatrix>;
                    { backend.gram_matrix(x) } -> std::same_as<SmallMatrix>;
                    backend.multiply_tall(x, small, x);
                    { backend.orthonormalize_columns(x) } -> std::same_as<std::size_t>;
                  };

/// The processor: matrices are the host's own, upload and download cost nothing.
class CpuBackend {
 public:
  using SparseMatrix = CsrView;
  using DenseMatrix = Matrix;
  using HalfMatrix = adjoin::HalfMatrix;
  using SignMatrix = adjoin::SignMatrix;
  using Vector = std::span<const float>;

  explicit CpuBackend(RunContext& context) noexcept : context_(&context) {}

  /// Of a memory that is the device's own, which the host's is not: RunContext::memory_budget is what counts here.
  std::optional<std::uint64_t> free_bytes() const noexcept { return std::nullopt; }

  SparseMatrix upload(const CsrView& a) const { return a; }
  Vector upload(std::span<const float> values) const { return values; }
  DenseMatrix upload(MatrixView<const float> x) const;
  template <class State = DenseMatrix>
  State matrix(std::size_t rows, std::size_t columns) const {
    return {rows, columns};
  }
  Matrix download(DenseMatrix&& x) const { return std::move(x); }
  Matrix download(HalfMatrix&& x) const;
  /// For a result that stays on the device when the run ends.
  ResidentMatrix keep(DenseMatrix&& x) const { return ResidentMatrix(std::move(x)); }

  void fill(DenseMatrix& x, float value) const;
  void fill(HalfMatrix& x, float value) const;
  template <class From, class To>
  void convert(const From& x, To& y) const {
    adjoin::convert(*context_, x.view(), y.view());
  }
  SignMatrix random_signs(FunctionRef<std::uint64_t(std::size_t)> row_key, double s, float magnitude,
                          std::span<const float> row_scale, std::size_t columns, std::size_t first_column = 0) const {
    return adjoin::random_signs(*context_, row_key, s, magnitude, row_scale, columns, first_column);
  }
  /// From here on X is a DenseMatrix, a HalfMatrix or a SignMatrix, and Y a DenseMatrix or a HalfMatrix.
  template <class X, class Y>
  void spmm(const SparseMatrix& a, std::span<const float> row_scale, const X& x, Y& y) const {
    adjoin::spmm(*context_, a, row_scale, readable(x), y.view());
  }
  template <class X, class Y>
  void spmm_combine(const SparseMatrix& a, std::span<const float> row_scale, const X& x, float coefficient,
                    bool normalize, std::span<const DenseTerm<DenseMatrix, Vector>> terms, Y& out) const {
    adjoin::spmm_combine(*context_, a, row_scale, readable(x), coefficient, normalize, row_terms(terms), out.view());
  }
  template <class X, class Y>
  void spmm_combine(const SparseMatrix& a, std::span<const float> row_scale, const X& x, float coefficient,
                    bool normalize, std::span<const DenseTerm<HalfMatrix, Vector>> terms, Y& out) const {
    adjoin::spmm_combine(*context_, a, row_scale, readable(x), coefficient, normalize, row_terms(terms), out.view());
  }
  /// Adds to the columns of y that begin at first_column; with `only`, the rows i with only[i] != 0.
  template <class X>
  void add_rows(float coefficient, const X& x, bool normalize, DenseMatrix& y, std::size_t first_column,
                std::span<const std::uint8_t> only = {}) const {
    adjoin::add_rows(*context_, coefficient, readable(x), normalize, y.view().column_block(first_column, x.columns()),
                     only);
  }
  /// y += coefficient * row_scale[i] * x, row by row.
  template <class X>
  void add_scaled_rows(float coefficient, std::span<const float> row_scale, const X& x, DenseMatrix& y) const {
    add_scaled(coefficient, row_scale, readable(x), y.view());
  }
  Array<float> row_norms(const DenseMatrix& x) const {
    Array<float> norms(x.rows());
    adjoin::row_norms(*context_, x.view(), norms.span());
    return norms;
  }
  void standardize_columns(DenseMatrix& x, std::span<const std::uint8_t> skip) const {
    adjoin::standardize_columns(*context_, x.view(), skip);
  }
  DenseMatrix random_normals(FunctionRef<std::uint64_t(std::size_t)> row_key, RandomStream stream, std::size_t rows,
                             std::size_t columns) const {
    DenseMatrix x(rows, columns);
    adjoin::fill_with_normals(*context_, row_key, stream, x.view());
    return x;
  }
  SmallMatrix gram_matrix(const DenseMatrix& x) const { return adjoin::gram_matrix(*context_, x.view()); }
  /// y may be x where t is square.
  void multiply_tall(const DenseMatrix& x, const SmallMatrix& t, DenseMatrix& y) const {
    adjoin::multiply_tall(*context_, x.view(), t, y.view());
  }
  std::size_t orthonormalize_columns(DenseMatrix& x) const {
    return adjoin::orthonormalize_columns(*context_, x.view());
  }
  void normalize_rows(DenseMatrix& x) const { adjoin::normalize_rows(*context_, x.view()); }

 private:
  template <class Scalar>
  static MatrixView<const Scalar> readable(const BasicMatrix<Scalar>& x) {
    return x.view();
  }
  static const SignMatrix& readable(const SignMatrix& x) { return x; }
  static const SignMatrix& readable(SignMatrix&& x) = delete;
  template <class State>
  static std::vector<RowTerm> row_terms(std::span<const DenseTerm<State, Vector>> terms) {
    std::vector<RowTerm> views;
    views.reserve(terms.size());
    for (const DenseTerm<State, Vector>& term : terms) {
      views.push_back({term.matrix->view(), term.coefficient, term.normalize,
                       term.row_scale == nullptr ? Vector{} : *term.row_scale});
    }
    return views;
  }
  void add_scaled(float coefficient, std::span<const float> row_scale, MatrixView<const float> x,
                  MatrixView<float> y) const;
  void add_scaled(float coefficient, std::span<const float> row_scale, const SignMatrix& x, MatrixView<float> y) const;

  RunContext* context_;
};
static_assert(Backend<CpuBackend>);

/// Calls body with the backend of the run's device.
template <class Body>
decltype(auto) on_device(RunContext& context, Body&& body) {
  if (context.device().kind == DeviceKind::cpu) return body(CpuBackend(context));
  return on_cuda<CpuBackend>(context, std::forward<Body>(body));
}

/// The same for a run that may not find room on a device with memory of its own. fits: whether so many free bytes there
/// will do. Where they do not, the run goes on on the processor if its device was chosen automatically; else
/// DeviceError.
template <class Body, std::predicate<std::uint64_t> Fits>
auto on_device(RunContext& context, Body&& body, Fits&& fits) {
  if (context.device().kind != DeviceKind::cpu) {
    context.begin_stage("upload", "matrices", 1);  // and whatever it takes to wake the device
    const std::uint64_t free =
        on_cuda<CpuBackend>(context, [](auto device) { return device.free_bytes().value_or(0); });
    if (!fits(free)) use_cpu_for_want_of_room(context, "this run", free);
  }
  return on_device(context, std::forward<Body>(body));
}

}  // namespace adjoin
