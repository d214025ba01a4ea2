// Operations on the rows and columns of a dense matrix. All run on the context's threads, allocate nothing per row, and
// give the same bits for any number of threads at one instruction level.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// norms[i] = L2 norm of row i. norms: size x.rows(). Reads 4*n*d bytes.
void row_norms(RunContext& context, MatrixView<const float> x, std::span<float> norms);

/// Divides each row by its L2 norm; a zero row stays zero. Reads and writes 4*n*d bytes.
void normalize_rows(RunContext& context, MatrixView<float> x);

/// Multiplies row i by scale[i]. scale: size x.rows().
void scale_rows(RunContext& context, MatrixView<float> x, std::span<const float> scale);

/// Multiplies column j by scale[j]. scale: size x.columns().
void scale_columns(RunContext& context, MatrixView<float> x, std::span<const float> scale);

/// y += coefficient * x, or with `normalize` y += coefficient * x[i] / ||x[i]|| row by row (zero rows add nothing).
/// Same shapes. only: of size x.rows(), the rows i with only[i] != 0; or empty, all of them.
void add_rows(RunContext& context, float coefficient, MatrixView<const float> x, bool normalize, MatrixView<float> y,
              std::span<const std::uint8_t> only = {});

/// Shifts and scales every column to mean 0 and variance 1 (divided by the number of rows counted, as scikit-learn's
/// StandardScaler has it; a constant column is only shifted). Rows i with skip[i] != 0 are neither counted nor changed;
/// skip is empty or of size x.rows(). Sums are double.
void standardize_columns(RunContext& context, MatrixView<float> x, std::span<const std::uint8_t> skip);

}  // namespace adjoin
