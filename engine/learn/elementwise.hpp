// Entry by entry: sums, differences, products, multiples; and sums of everything.
#pragma once

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// a + b, of one shape.
template <class Real>
Tensor add(BasicTape<Real>& tape, Tensor a, Tensor b);

/// a - b, of one shape.
template <class Real>
Tensor subtract(BasicTape<Real>& tape, Tensor a, Tensor b);

/// a * b entry by entry (Hadamard), of one shape.
template <class Real>
Tensor multiply(BasicTape<Real>& tape, Tensor a, Tensor b);

/// The larger of a and b entry by entry, of one shape. The gradient of equal ones goes to a.
template <class Real>
Tensor maximum(BasicTape<Real>& tape, Tensor a, Tensor b);

/// factor * x.
template <class Real>
Tensor scale(BasicTape<Real>& tape, Tensor x, double factor);

/// (factor + added) * x, where factor is 1 x 1 and learned, say.
template <class Real>
Tensor scale(BasicTape<Real>& tape, Tensor x, Tensor factor, double added = 0);

/// Row i of x times entry i of `factors`, n x 1.
template <class Real>
Tensor scale_rows(BasicTape<Real>& tape, Tensor x, Tensor factors);

/// All entries added up, in double: 1 x 1.
template <class Real>
Tensor sum(BasicTape<Real>& tape, Tensor x);

/// The sum of squares of all entries, in double: 1 x 1. For penalties on weights.
template <class Real>
Tensor sum_of_squares(BasicTape<Real>& tape, Tensor x);

}  // namespace adjoin::learn
