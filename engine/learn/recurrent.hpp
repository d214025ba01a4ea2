// Gated recurrent units.
#pragma once

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// The weights of a GRU cell of h units on inputs of width d, gates side by side in the order reset, update, candidate:
/// input d x 3h, hidden h x 3h, both shifts 1 x 3h.
struct GruWeights {
  Tensor input;
  Tensor hidden;
  Tensor input_shift;
  Tensor hidden_shift;
};

/// The next state of n cells (Cho et al. 2014, with the reset gate applied after the product as cuDNN and PyTorch do):
///   r = sigmoid(x W_r + h U_r), z = sigmoid(x W_z + h U_z), c = tanh(x W_c + r * (h U_c)), (1 - z) * c + z * h.
/// x: n x d; state: n x h.
template <class Real>
Tensor gru_cell(BasicTape<Real>& tape, Tensor x, Tensor state, const GruWeights& weights);

}  // namespace adjoin::learn
