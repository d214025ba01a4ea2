// Between matrices of floats and of bfloat16 (bf16.hpp), and sums of the two.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// y = x, each number rounded as to_bf16 does. Same shapes. Reads 4*n*d bytes, writes 2*n*d.
void convert(RunContext& context, MatrixView<const float> x, MatrixView<Bf16> y);

/// y = x, exactly. Same shapes. Reads 2*n*d bytes, writes 4*n*d.
void convert(RunContext& context, MatrixView<const Bf16> x, MatrixView<float> y);

/// y += coefficient * x, or with `normalize` y += coefficient * x[i] / ||x[i]|| row by row (zero rows add nothing).
/// Same shapes. only: of size x.rows(), the rows i with only[i] != 0; or empty, all of them. Reads 6*n*d bytes, writes
/// 4*n*d.
void add_rows(RunContext& context, float coefficient, MatrixView<const Bf16> x, bool normalize, MatrixView<float> y,
              std::span<const std::uint8_t> only = {});

}  // namespace adjoin
