// The largest eigenvalue of a symmetric sparse matrix without negative entries.
#pragma once

#include <cstdint>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Up to this many rows the matrix is decomposed as a whole.
inline constexpr std::size_t most_rows_of_dense_radius = 64;

/// By Lanczos with restarts, to a residual of 1e-13 of it; that of a matrix without entries is 0. Since no entry is
/// negative it is also the largest singular value (Perron, Frobenius).
/// a: symmetric, without negative weights.
/// Cost.    O(nnz) a step, some tens of steps for most graphs; 200 bytes a row.
/// Errors.  InvalidData if the eigenvalue is not found; Cancelled.
/// Repeat.  The same bits for any number of threads.
double spectral_radius(RunContext& context, const CsrView& a);

/// Bytes of it.
std::uint64_t estimate_spectral_radius_memory(std::size_t row_count) noexcept;

}  // namespace adjoin
