// The transpose of a sparse matrix.
#pragma once

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

/// A^T, with columns increasing within each row: the same arrays for any number of threads. O(nnz + n + m).
Csr transpose(RunContext& context, const CsrView& a);

}  // namespace adjoin
