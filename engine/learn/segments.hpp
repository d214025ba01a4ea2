// Runs of rows made one row each, or brought to sum 1: what belongs to the entries of a CSR matrix, taken row by row.
//
// Segment i is the rows offsets[i] .. offsets[i+1]-1 of x, as the offsets of a CsrView say. `offsets` outlives the
// recording; its last number is the number of rows of x (InvalidOption when recorded).
#pragma once

#include <span>

#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/ids.hpp>

namespace adjoin::learn {

/// The sum of each segment; zeros for an empty one.
template <class Real>
Tensor segment_sum(BasicTape<Real>& tape, std::span<const EdgeOffset> offsets, Tensor x);

/// The mean of each segment; zeros for an empty one.
template <class Real>
Tensor segment_mean(BasicTape<Real>& tape, std::span<const EdgeOffset> offsets, Tensor x);

/// The largest of each column in each segment, 0 for an empty one. The gradient goes to the first of those equal.
template <class Real>
Tensor segment_max(BasicTape<Real>& tape, std::span<const EdgeOffset> offsets, Tensor x);

/// exp(x) divided by its sum over the segment, column by column; of the shape of x.
template <class Real>
Tensor segment_softmax(BasicTape<Real>& tape, std::span<const EdgeOffset> offsets, Tensor x);

}  // namespace adjoin::learn
