// Decompositions of tall matrices through their d x d Gram matrix, and of small symmetric matrices.
#pragma once

#include <cstddef>
#include <vector>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/dense/small_matrix.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Makes the columns of x orthonormal in their order, as Gram and Schmidt do: column j becomes the unit vector along
/// what the columns before it leave of it. A column that depends on those before it becomes zero (all past the n-th
/// do). Cholesky's factor of the Gram matrix in double, a second time where columns were nearly dependent (Yamamoto,
/// Nakatsukasa, Yanagisawa, Fukaya 2015); columns end up orthogonal to the rounding of floats. Returns the number of
/// columns that are not zero. O(n d^2 + d^3).
std::size_t orthonormalize_columns(RunContext& context, MatrixView<float> x);

/// A = V diag(values) V^T of a symmetric matrix. Values fall; column j of `vectors` is the unit vector of values[j],
/// with the sign that makes its entries add up to 0 or more.
struct SymmetricEigen {
  std::vector<double> values;
  SmallMatrix vectors;
};
/// a: symmetric, finite. O(d^3), on the calling thread.
SymmetricEigen symmetric_eigen(const SmallMatrix& a);

}  // namespace adjoin
