// Products of the i-th row of one matrix with the i-th row of another.
#pragma once

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// The dot product of row i of a with row i of b: n x 1. Both of one shape.
template <class Real>
Tensor row_dot(BasicTape<Real>& tape, Tensor a, Tensor b);

/// The dot products of each row of x with one row of weights, head by head: entry (i, k) is that of the columns
/// [k d/h, (k+1) d/h) for h heads. x: n x d; weights: 1 x d; result: n x h.
template <class Real>
Tensor head_dot(BasicTape<Real>& tape, Tensor x, Tensor weights, std::size_t heads);

/// A block-diagonal product, a small matrix a row: row i of `blocks` is a matrix B_i of p x q, row after row; row i of
/// x is a matrix X_i of q x f (of p x f if `transposed`); row i of the result is B_i X_i (B_i^T X_i), p x f (q x f).
/// Restriction maps of a sheaf are such blocks. p: block_rows, q: block_columns. 2*n*p*q*f operations.
template <class Real>
Tensor block_product(BasicTape<Real>& tape, Tensor blocks, Tensor x, std::size_t block_rows, std::size_t block_columns,
                     bool transposed = false);

}  // namespace adjoin::learn
