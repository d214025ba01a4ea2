// How much a node heeds each of its neighbours, learned: the weights that spmm with learned values then takes.
//
// Row e of a result belongs to entry e of A, with a column for each head; the numbers of a row of A add up to 1 in each
// column. `a` outlives the recording. leaky_relu has the slope given (> 0, InvalidOption).
#pragma once

#include <adjoin/engine/learn/sparse_operand.hpp>
#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// The softmax over the entries (i, j) of row i of leaky_relu(targets(i) + sources(j)) (GAT: Velickovic et al. 2018,
/// equation 3, where the product with the concatenation is a sum of two). a: n x m; targets: n x h; sources: m x h.
template <class Real>
Tensor attention_weights(BasicTape<Real>& tape, const SparseOperand& a, Tensor targets, Tensor sources,
                         double slope = 0.2);

/// The softmax over the entries (i, j) of row i of weights . leaky_relu(targets(i) + sources(j)), where head k has the
/// columns [k d/h, (k+1) d/h) (GATv2: Brody, Alon, Yahav 2022, equation 7). a: n x m; targets: n x d; sources: m x d;
/// weights: 1 x d. 3*nnz*d operations forwards, 9*nnz*d backwards; no memory of nnz*d.
template <class Real>
Tensor dynamic_attention_weights(BasicTape<Real>& tape, const SparseOperand& a, Tensor targets, Tensor sources,
                                 Tensor weights, std::size_t heads, double slope = 0.2);

}  // namespace adjoin::learn
