// The product of dense matrices of any shape, either of them as it is or transposed: what a layer of a neural network
// does, and both of its gradients.
//
// A library of linear algebra would do, but for its threads: those are set for a whole process, and its sums depend on
// their number (docs/decisions/0009-own-matrix-product.md). Here the result is cut into tiles by its shape alone, a
// thread takes a tile at a time, and a tile is summed in one order.
#pragma once

#include <cstddef>
#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// A matrix as it enters a product.
struct ProductSide {
  MatrixView<const float> matrix;
  bool transposed = false;

  std::size_t rows() const noexcept { return transposed ? matrix.columns() : matrix.rows(); }
  std::size_t columns() const noexcept { return transposed ? matrix.rows() : matrix.columns(); }
};

/// out = A B, or with `add` out += A B. a: n x k; b: k x d; out: n x d, apart from both. Sums are in float, in the
/// order of the k within stretches of it. 2*n*k*d operations; allocates nothing. The same bits for any number of
/// threads. scratch: matrix_product_scratch(n, d, k) floats at least.
void matrix_product(RunContext& context, const ProductSide& a, const ProductSide& b, bool add, MatrixView<float> out,
                    std::span<float> scratch);

/// Floats that the product of n x k and k x d takes beside its arguments: none unless k is far longer than the result
/// is large, so that threads share the sums of an entry.
std::size_t matrix_product_scratch(std::size_t n, std::size_t d, std::size_t k) noexcept;

}  // namespace adjoin
