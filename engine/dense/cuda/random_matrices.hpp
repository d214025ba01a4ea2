// Random matrices drawn on a GPU: the same Philox words as on the CPU.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace adjoin {

/// random_signs of sign_matrix.hpp, bit for bit. row_scale: in the host's memory, one a row.
CudaSignMatrix random_signs(RunContext& context, CudaContext& device, FunctionRef<std::uint64_t(std::size_t)> row_key,
                            double s, float magnitude, std::span<const float> row_scale, std::size_t columns,
                            std::size_t first_column = 0);

/// fill_with_normals of normal_matrix.hpp, up to the rounding of floats.
void fill_with_normals(RunContext& context, CudaContext& device, FunctionRef<std::uint64_t(std::size_t)> row_key,
                       RandomStream stream, MatrixView<float, Cuda> x);

}  // namespace adjoin
