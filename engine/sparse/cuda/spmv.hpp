// Sparse times vector on a GPU, in double precision sums.
#pragma once

#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>
#include <adjoin/engine/sparse/cuda/long_rows.hpp>

namespace adjoin {

/// y = A x, as spmv of engine/sparse/spmv.hpp up to the order of a row's sum, which depends on the shape of A alone:
/// the same bits every time. a: n x m; x: on the device, size m; y: on the device, size n, not overlapping x;
/// long_rows: of A.
void spmv(CudaContext& context, const CudaCsr& a, const LongRows& long_rows, const float* x, float* y);
void spmv(CudaContext& context, const CudaCsr& a, const LongRows& long_rows, const double* x, double* y);

/// sums[i] = the sum of row i's entries, in double. sums: on the device, size n.
void row_sums(CudaContext& context, const CudaCsr& a, const LongRows& long_rows, float* sums);

}  // namespace adjoin
