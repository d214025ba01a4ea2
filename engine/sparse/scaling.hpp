// diag(r) A diag(c) as a new matrix, for the uses that need the scaled weights themselves (spmm scales rows on the
// fly).
#pragma once

#include <span>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

/// Entry (i, j) becomes row_scale[i] * a_ij * column_scale[j]; either scale may be empty for ones. The result is
/// weighted.
Csr scaled(RunContext& context, const CsrView& a, std::span<const float> row_scale,
           std::span<const float> column_scale);

}  // namespace adjoin
