// Sparse times dense on a GPU.
//
// What limits it is the gather, as on the CPU, and what helps is the cache: a product is made in slices of a few
// columns, one slice of all rows after the other, so that the rows of X that many nodes name stay in the cache with a
// slice of each instead of all of a few. Within a slice a warp sums one long row, several neighbours at a time, or
// several short rows of about one length (row_items.hpp); a lane reads 16 bytes at once.
#pragma once

#include <cstddef>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/sparse/cuda/hot_columns.hpp>
#include <adjoin/engine/sparse/cuda/row_items.hpp>

namespace adjoin {

/// A sparse matrix to multiply with. With hot_columns, up to that many of the columns that most entries name are known
/// by their places (none of more than 2^31 columns), and products with dense matrices keep those rows of X at hand, as
/// many as there is room for. Whether that is faster has not been measured yet, so the engine does without.
struct CudaSpmmMatrix {
  std::size_t row_count;
  std::size_t column_count;
  DeviceArray<NodeId> targets;  // some of them marked, where there are hot columns
  DeviceArray<float> weights;
  RowItems items;
  HotColumns hot;

  CudaSpmmMatrix(CudaContext& context, const Threads& threads, const CsrView& a, std::size_t hot_columns = 0);

  bool weighted() const noexcept { return !weights.empty(); }

  /// Bytes on the device, at most, without hot columns.
  static std::uint64_t bytes_of(const CsrView& a) noexcept {
    return a.targets.size_bytes() + a.weights.size_bytes() + RowItems::bytes_of(a);
  }
};

/// How a product is cut: a matter of speed, and of the order in which a row is summed.
struct CudaSpmmTuning {
  /// Of a row of X in a slice: 128, 256 or 512, and with hot columns 64, 128 or 256 (512 is taken as 256). With 128 and
  /// 256 hot columns change no bit. 0 takes what measured best without them.
  std::size_t slice_bytes = 0;
};

/// The rows [first_row, first_row + y.rows()) of Y = diag(row_scale) A X, as spmm of engine/sparse/spmm.hpp has it.
/// They begin and end at a multiple of RowItems::rows_per_run, or with A. a: n x m; x: m x d; y: at most n x d, not
/// overlapping x; rows of both begin at multiples of 16 bytes, and what y has between its last column and the next row
/// may be written to. row_scale: on the device, n numbers, or nullptr for ones. A row is summed in float in an order
/// that depends on its number of entries and the tuning alone: the same bits every time on one device. Takes memory for
/// the sums of segments of long rows, and with hot columns 4 bytes a slice.
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const float, Cuda> x,
          MatrixView<float, Cuda> y, std::size_t first_row = 0, CudaSpmmTuning tuning = {});
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const float, Cuda> x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row = 0, CudaSpmmTuning tuning = {});
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const Bf16, Cuda> x,
          MatrixView<float, Cuda> y, std::size_t first_row = 0, CudaSpmmTuning tuning = {});
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<const Bf16, Cuda> x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row = 0, CudaSpmmTuning tuning = {});
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, const CudaSignView& x,
          MatrixView<float, Cuda> y, std::size_t first_row = 0);
void spmm(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, const CudaSignView& x,
          MatrixView<Bf16, Cuda> y, std::size_t first_row = 0);

}  // namespace adjoin
