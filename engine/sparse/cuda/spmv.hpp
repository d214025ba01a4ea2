// Sparse times vector on a GPU, in double precision sums.
#pragma once

#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>

namespace adjoin {

/// y = A x, as spmv of engine/sparse/spmv.hpp up to the order of a row's sum, which depends on the shape of A alone:
/// the same bits every time. a: n x m; x: on the device, size m; y: on the device, size n, not overlapping x.
void spmv(CudaContext& context, const CudaCsr& a, const float* x, float* y);
void spmv(CudaContext& context, const CudaCsr& a, const double* x, double* y);

/// sums[i] = the sum of row i's entries, in double. sums: on the device, size n.
void row_sums(CudaContext& context, const CudaCsr& a, float* sums);

}  // namespace adjoin
