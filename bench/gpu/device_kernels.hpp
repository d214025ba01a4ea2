// Small kernels of the bench's own: what fills matrices, gathers rows and compares results.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>

namespace gpu_bench {

/// The same number at the same place every time, from 0.5 to 1.5: sums of them do not cancel, so that relative
/// differences of two sums say something. Bf16 gets the float's nearest.
void fill_numbers(adjoin::CudaContext& device, float* values, std::size_t count);
void fill_numbers(adjoin::CudaContext& device, adjoin::Bf16* values, std::size_t count);
void fill_ones(adjoin::CudaContext& device, float* values, std::size_t count);
void fill_ones(adjoin::CudaContext& device, adjoin::Bf16* values, std::size_t count);

/// Reads bytes / row_bytes rows of row_bytes bytes, each drawn from as many that stand there. row_bytes: 128, 256, 512
/// or 1024; bytes: a power of two, 32 KiB or more. sink: a word that is never written in practice.
void gather_rows(adjoin::CudaContext& device, const void* rows, std::size_t bytes, std::size_t row_bytes,
                 std::uint32_t* sink);

/// The largest |a - b| / max(|a|, |b|) of two matrices of one shape; infinity where one has a NaN. Waits for it.
double largest_difference(adjoin::CudaContext& device, adjoin::MatrixView<const float, adjoin::Cuda> a,
                          adjoin::MatrixView<const float, adjoin::Cuda> b);
double largest_difference(adjoin::CudaContext& device, adjoin::MatrixView<const adjoin::Bf16, adjoin::Cuda> a,
                          adjoin::MatrixView<const adjoin::Bf16, adjoin::Cuda> b);

}  // namespace gpu_bench
