// Products of a tall matrix, n x d with n far larger than d, whose other side is small. Bound by arithmetic, not by
// memory: both keep a block of the result in registers.
#pragma once

#include <cstdint>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/dense/small_matrix.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// X^T X, d x d, products and sums in double. Rows are added up in chunks that depend on the shape alone, and the
/// chunks' sums from the first to the last. n*d*d/2 multiplications; reads 4*n*d bytes for every 64 columns.
SmallMatrix gram_matrix(RunContext& context, MatrixView<const float> x);

/// Y = X T. x: n x k; t: k x d, rounded to float; y: n x d, which may begin where x begins if their strides are equal,
/// so that a matrix is multiplied in place. Each entry is summed in float in the order of the k. n*k*d multiplications.
void multiply_tall(RunContext& context, MatrixView<const float> x, const SmallMatrix& t, MatrixView<float> y);

/// Bytes that either product takes beside its arguments at most, on `threads` threads.
std::uint64_t estimate_tall_product_memory(std::uint64_t rows, std::uint64_t columns, int threads);

}  // namespace adjoin
