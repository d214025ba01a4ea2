// Attention of each row over a short list of keys of its own.
#pragma once

#include <span>

#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/ids.hpp>

namespace adjoin::learn {

/// Scaled dot-product attention in `heads` heads (Vaswani et al. 2017, equation 1), where query i sees the keys and
/// values offsets[i] .. offsets[i+1]-1. queries: n x d; keys: e x d; values: e x v; d and v are multiples of `heads`;
/// result: n x v, zeros for a query without keys. `offsets`, n + 1 numbers up to e, outlives the recording.
template <class Real>
Tensor attention(BasicTape<Real>& tape, Tensor queries, Tensor keys, Tensor values, std::span<const EdgeOffset> offsets,
                 std::size_t heads = 1);

}  // namespace adjoin::learn
