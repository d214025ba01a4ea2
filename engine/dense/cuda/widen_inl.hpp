// The kernels of tall_products.cpp.
#pragma once

#include <cstddef>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>

namespace adjoin::cuda {

/// panel = x in double, rows of x.columns() numbers side by side, and then zeros up to panel_rows rows.
void widen_rows(CudaContext& context, MatrixView<const float, Cuda> x, std::size_t panel_rows, double* panel);

/// sums[i] becomes the sum over k of parts[k*size + i], from the first to the last. sums may be parts.
void add_parts(CudaContext& context, const double* parts, std::size_t part_count, std::size_t size, double* sums);

}  // namespace adjoin::cuda
