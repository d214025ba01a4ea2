// The operations of rowwise.hpp and half_matrix.hpp on a GPU, by the same names and meanings. Everything is queued on
// the context's stream; matrices are in the device's memory, spans in the host's unless they say otherwise.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>

namespace adjoin {

void fill(CudaContext& context, MatrixView<float, Cuda> x, float value);
void fill(CudaContext& context, MatrixView<Bf16, Cuda> x, float value);

/// Rounded as to_bf16 does, bit for bit.
void convert(CudaContext& context, MatrixView<const float, Cuda> x, MatrixView<Bf16, Cuda> y);
void convert(CudaContext& context, MatrixView<const Bf16, Cuda> x, MatrixView<float, Cuda> y);

/// y += coefficient * x, or with `normalize` y += coefficient * x[i] / ||x[i]|| row by row (zero rows add nothing).
/// only: on the device, of as many values as there are rows, the rows i with only[i] != 0; or nullptr, all of them.
/// row_scale: on the device, multiplies row i as well; or nullptr for ones.
void add_rows(CudaContext& context, float coefficient, MatrixView<const float, Cuda> x, bool normalize,
              MatrixView<float, Cuda> y, const std::uint8_t* only = nullptr, const float* row_scale = nullptr);
void add_rows(CudaContext& context, float coefficient, MatrixView<const Bf16, Cuda> x, bool normalize,
              MatrixView<float, Cuda> y, const std::uint8_t* only = nullptr, const float* row_scale = nullptr);
void add_rows(CudaContext& context, float coefficient, const CudaSignView& x, bool normalize, MatrixView<float, Cuda> y,
              const std::uint8_t* only = nullptr, const float* row_scale = nullptr);

/// Divides each row by its L2 norm; a zero row stays zero. Sums of squares are double.
void normalize_rows(CudaContext& context, MatrixView<float, Cuda> x);

/// norms: on the device, one a row. Sums of squares are double.
void row_norms(CudaContext& context, MatrixView<const float, Cuda> x, float* norms);

/// Mean 0 and variance 1 for every column, over the rows with skip[i] == 0, which alone are changed. skip: on the
/// device, or nullptr. Sums are double, of differences from the first row that counts, in an order that depends on the
/// shape alone.
void standardize_columns(CudaContext& context, MatrixView<float, Cuda> x, const std::uint8_t* skip);

}  // namespace adjoin
