// Entries dropped at random while training.
#pragma once

#include <adjoin/engine/learn/sparse_operand.hpp>
#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// While training, each entry becomes 0 with probability `rate` and is divided by 1 - rate otherwise; else x as it is
/// (Srivastava et al. 2014, in the inverted form). What is dropped is a function of the context's seed, the pass's
/// step, the place on the tape, the row and the column: a step can be repeated. rate: in [0, 1) (InvalidOption).
template <class Real>
Tensor dropout(BasicTape<Real>& tape, Tensor x, double rate);

/// The values of the entries of a, one a row, with dropout: what spmm with learned values takes to drop entries of a
/// sparse matrix. No gradient goes there. `a` outlives the recording.
template <class Real>
Tensor dropped_values(BasicTape<Real>& tape, const SparseOperand& a, double rate);

}  // namespace adjoin::learn
