// Sparse times dense on a GPU.
//
// What limits it is the gather, as on the CPU, and what helps is the cache: a product is made in slices of a few
// columns, one slice of all rows after the other, so that the rows of X that many nodes name stay in the cache with a
// slice of each instead of all of a few. Within a slice a warp sums one row, several neighbours at a time, with 16
// bytes a lane.
#pragma once

#include <cstddef>
#include <span>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>

namespace adjoin {

/// Y = diag(row_scale) A X, as spmm of engine/sparse/spmm.hpp. a: n x m; x: m x d, rows at multiples of 16 bytes; y:
/// n x d, likewise, not overlapping x; row_scale: on the device, n numbers, or nullptr for ones. A row is summed in
/// float in an order that depends on its number of entries alone: the same bits every time.
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, MatrixView<const float, Cuda> x,
          MatrixView<float, Cuda> y);
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, MatrixView<const float, Cuda> x,
          MatrixView<Bf16, Cuda> y);
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, MatrixView<const Bf16, Cuda> x,
          MatrixView<float, Cuda> y);
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, MatrixView<const Bf16, Cuda> x,
          MatrixView<Bf16, Cuda> y);
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, const CudaSignView& x,
          MatrixView<float, Cuda> y);
void spmm(CudaContext& context, const CudaCsr& a, const float* row_scale, const CudaSignView& x,
          MatrixView<Bf16, Cuda> y);

namespace detail {

/// Bytes of a row that one slice of a product takes, for the bench: 128, 256 or 512. 0: what spmm takes by itself.
void set_spmm_slice_bytes(std::size_t bytes) noexcept;

}  // namespace detail
}  // namespace adjoin
