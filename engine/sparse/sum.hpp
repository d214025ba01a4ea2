// The sum of two sparse matrices.
#pragma once

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

/// A + B, of the same shape. Weighted if either is, or if they share an entry. O(nnz) time; the result is the same for
/// any number of threads.
Csr sum(RunContext& context, const CsrView& a, const CsrView& b);

}  // namespace adjoin
