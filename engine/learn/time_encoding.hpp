// Times as vectors.
#pragma once

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// Row i is cos(t_i * frequencies + phases) (Xu et al. 2020, section 3.1, with learned phases). times: n x 1;
/// frequencies, phases: 1 x d. For differences of times: a float has 24 bits, and a time of day in seconds needs more.
template <class Real>
Tensor time_encoding(BasicTape<Real>& tape, Tensor times, Tensor frequencies, Tensor phases);

}  // namespace adjoin::learn
