// Products of matrices, and a row added to every row.
#pragma once

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

struct Transposed {
  bool first = false;
  bool second = false;
};

/// op(a) op(b), where op is the identity or the transpose. 2*n*k*d operations forwards and twice that backwards.
template <class Real>
Tensor matmul(BasicTape<Real>& tape, Tensor a, Tensor b, Transposed transposed = {});

/// x + row, where row is 1 x d.
template <class Real>
Tensor add_row(BasicTape<Real>& tape, Tensor x, Tensor row);

}  // namespace adjoin::learn
