// The products of tall_products.hpp and orthonormal columns on a GPU, through cuBLAS.
#pragma once

#include <cstddef>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/dense/small_matrix.hpp>

namespace adjoin {

/// X^T X, products and sums in double; the same bits every time on one device. Rows are widened in panels of 32 MiB,
/// which stay in the cache. Waits for the device.
SmallMatrix gram_matrix(CudaContext& context, MatrixView<const float, Cuda> x);

/// Y = X T. x: n x k; t: k x d, rounded to float; y: n x d, which may begin where x begins if their strides are equal,
/// so that a matrix is multiplied in place. Float arithmetic, no tf32.
void multiply_tall(CudaContext& context, MatrixView<const float, Cuda> x, const SmallMatrix& t,
                   MatrixView<float, Cuda> y);

/// As orthonormalize_columns of decompose.hpp.
std::size_t orthonormalize_columns(CudaContext& context, MatrixView<float, Cuda> x);

}  // namespace adjoin
