// Some rows of a sparse matrix as a matrix of their own.
#pragma once

#include <span>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

/// Row i of the result is row rows[i] of a, with a's columns. rows: below a.row_count(), in any order, with repeats.
/// Cost: the bytes of the rows, read once and written once.
Csr select_rows(RunContext& context, const CsrView& a, std::span<const NodeId> rows);

}  // namespace adjoin
