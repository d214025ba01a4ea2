// Least squares without the matrix: min ||A x - b||, where A is whatever multiplies.
//
// Source.  Paige, Saunders: LSQR: an algorithm for sparse linear equations and sparse least squares, ACM TOMS 8 (1982).
// Method.  A is made bidiagonal step by step, from b, and the small problem solved along with it. In exact arithmetic
//          the same iterates as conjugate gradients on A^T A x = A^T b, but with less rounding.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// y = A x, of the sizes that A has.
using VectorProduct = FunctionRef<void(std::span<const double> x, std::span<double> y)>;

struct LsqrOptions {
  /// It ends when ||A^T r|| is at most this share of ||A|| ||b||, r being the residual b - A x.
  double tolerance = 1e-14;
  /// 0: four times the number of rows and columns.
  std::uint64_t max_iterations = 0;
};

struct LeastSquares {
  Array<double> x;                  // size columns; of all that are as near, the shortest
  double residual_norm = 0;         // ||b - A x||
  double normal_residual_norm = 0;  // ||A^T (b - A x)||
  std::uint64_t iterations = 0;
  bool converged = true;
};

/// A has as many rows as b has numbers, which are finite, and may be of any rank.
/// Cost.    A product with A and one with A^T a step, at most as many steps as A has different singular values but for
///          rounding; 24 bytes a column and 8 a row, beside what A takes.
/// Errors.  InvalidOption for a tolerance that is not above 0; Cancelled.
/// Repeat.  The same bits for any number of threads, if the products have.
LeastSquares lsqr(RunContext& context, VectorProduct multiply, VectorProduct multiply_transposed, std::size_t columns,
                  std::span<const double> b, const LsqrOptions& options = {});

/// Bytes of lsqr, its result among them.
constexpr std::uint64_t estimate_lsqr_memory(std::uint64_t rows, std::uint64_t columns) noexcept {
  return (3 * columns + rows + std::max(rows, columns)) * sizeof(double);
}

}  // namespace adjoin
