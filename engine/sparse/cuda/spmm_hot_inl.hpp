// Products whose multiprocessors keep the rows of X that most entries name (hot_columns.hpp). A private part of spmm.
#pragma once

#include <cstddef>

#include <adjoin/engine/sparse/cuda/spmm.hpp>

namespace adjoin::cuda::detail {

/// spmm with y not empty and a matrix that knows hot columns, by slices of 64, 128 or 256 bytes of a row of X, and as
/// many hot rows of each slice as a multiprocessor has memory for. With 128 and 256 the same sums in the same order as
/// without.
template <class In, class Out>
void spmm_with_hot_rows(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale,
                        MatrixView<const In, Cuda> x, MatrixView<Out, Cuda> y, std::size_t first_row,
                        std::size_t slice_bytes);

}  // namespace adjoin::cuda::detail
