// Rows gathered along the entries of a sparse matrix: what passes messages between the nodes of a graph.
#pragma once

#include <adjoin/engine/learn/sparse_operand.hpp>
#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// A x, with the weights of A as constants (SpMM; the transpose of A carries the gradient back). a: n x m; x: m x d.
/// Bytes and operations are those of spmm() in each direction. `a` outlives the recording.
template <class Real>
Tensor spmm(BasicTape<Real>& tape, const SparseOperand& a, Tensor x);

/// The same where the values are learned, in h heads: `values` has a row for each entry of A, of h numbers; columns
/// [k d/h, (k+1) d/h) of x are gathered with the k-th. The weights of A are not looked at. 2*nnz*d operations forwards,
/// 4*nnz*d backwards.
template <class Real>
Tensor spmm(BasicTape<Real>& tape, const SparseOperand& a, Tensor values, Tensor x);

/// The largest of each column among the rows of x that a row of A names, 0 for an empty row (the max aggregator of
/// GraphSAGE: Hamilton, Ying, Leskovec 2017, section 3.3). The gradient goes to the first of those that are equal.
template <class Real>
Tensor neighbor_max(BasicTape<Real>& tape, const SparseOperand& a, Tensor x);

/// (1 - restart) A x + restart * start, in one pass: a step of personalised PageRank (Gasteiger, Bojchevski, Guennemann
/// 2019, equation 4). start: n x d, of the shape of the result; restart: in [0, 1] (InvalidOption).
template <class Real>
Tensor pagerank_step(BasicTape<Real>& tape, const SparseOperand& a, Tensor x, Tensor start, double restart);

}  // namespace adjoin::learn
