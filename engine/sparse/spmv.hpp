// Sparse times vector, in double precision sums.
#pragma once

#include <span>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// y = A x. a: n x m; x: size m; y: size n. Each row is summed in double in the order of its columns.
/// Reads 4*nnz (8*nnz weighted) + 8*n bytes and gathers 4*nnz.
void spmv(RunContext& context, const CsrView& a, std::span<const float> x, std::span<float> y);
/// The same of doubles; gathers 8*nnz.
void spmv(RunContext& context, const CsrView& a, std::span<const double> x, std::span<double> y);

/// sums[i] = the sum of row i's entries: the weighted degree of node i. sums: size n.
void row_sums(RunContext& context, const CsrView& a, std::span<float> sums);

}  // namespace adjoin
