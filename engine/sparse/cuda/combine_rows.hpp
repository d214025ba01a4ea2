// Sums of rows on a GPU: what a product is added to, each row as it is or brought to length one.
#pragma once

#include <span>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>

namespace adjoin {

/// A summand of combine_rows: coefficient * row_scale[i] * row, or the same of row / ||row||. One of the matrices is
/// there; row_scale is on the device, or nullptr for ones.
struct CudaRowTerm {
  MatrixView<const float, Cuda> floats;
  MatrixView<const Bf16, Cuda> halves;
  float coefficient = 1;
  bool normalize = false;
  const float* row_scale = nullptr;
};

/// out[i] = the sum over the terms, in their order; at most 6. All have out's shape; out may be the matrix of one of
/// them. Rows begin at multiples of 16 bytes, and what out has between its last column and the next row may be written
/// to. Sums of squares are double.
void combine_rows(CudaContext& context, std::span<const CudaRowTerm> terms, MatrixView<float, Cuda> out);
void combine_rows(CudaContext& context, std::span<const CudaRowTerm> terms, MatrixView<Bf16, Cuda> out);

}  // namespace adjoin
