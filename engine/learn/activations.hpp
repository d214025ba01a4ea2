// Functions of one number, applied to every entry.
#pragma once

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// max(x, 0); the slope at 0 is 0.
template <class Real>
Tensor relu(BasicTape<Real>& tape, Tensor x);

/// x where x > 0, else slope * x. slope > 0 (InvalidOption).
template <class Real>
Tensor leaky_relu(BasicTape<Real>& tape, Tensor x, double slope = 0.01);

/// x where x > 0, else exp(x) - 1 (Clevert, Unterthiner, Hochreiter 2016, with alpha = 1).
template <class Real>
Tensor elu(BasicTape<Real>& tape, Tensor x);

/// x times the normal distribution function of x, exactly (Hendrycks, Gimpel 2016, equation 2).
template <class Real>
Tensor gelu(BasicTape<Real>& tape, Tensor x);

/// 1 / (1 + exp(-x)).
template <class Real>
Tensor sigmoid(BasicTape<Real>& tape, Tensor x);

template <class Real>
Tensor tanh(BasicTape<Real>& tape, Tensor x);

/// log(1 + exp(x)), without overflow.
template <class Real>
Tensor softplus(BasicTape<Real>& tape, Tensor x);

}  // namespace adjoin::learn
