// Rows picked by number, and rows added up by number.
#pragma once

#include <span>

#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/ids.hpp>

namespace adjoin::learn {

/// Row i of the result is row rows[i] of x; a row may be picked any number of times. `rows` outlives the recording and
/// is read anew by every pass; every number is below the rows of x (InvalidOption when recorded, not checked later).
template <class Real>
Tensor gather_rows(BasicTape<Real>& tape, Tensor x, std::span<const NodeId> rows);

/// Row i of x is added to row rows[i] of the result, which has `row_count` rows: the transpose of gather_rows. Sums are
/// made in the order of the i, whatever the threads.
template <class Real>
Tensor scatter_add_rows(BasicTape<Real>& tape, Tensor x, std::span<const NodeId> rows, std::size_t row_count);

}  // namespace adjoin::learn
