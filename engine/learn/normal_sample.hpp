// Normal distributions whose means and deviations are learned.
//
// A row of `means` and one of `log_deviations`, n x d, are independent normal distributions with standard deviations
// exp(log_deviation); log_deviation counts as 10 at most, so that nothing overflows, and has no gradient above.
#pragma once

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// While training, a draw from each: mean + deviation * noise, so that gradients go through (Kingma, Welling 2014,
/// section 2.4); else the mean. The noise is a function of the context's seed, the pass's step, the place on the tape,
/// the row and the column.
template <class Real>
Tensor normal_sample(BasicTape<Real>& tape, Tensor means, Tensor log_deviations);

/// The mean over rows of the sum over columns of KL(normal(mean, deviation) || normal(0, 1)), in double (the same
/// paper, appendix B): 1 x 1.
template <class Real>
Tensor normal_divergence(BasicTape<Real>& tape, Tensor means, Tensor log_deviations);

}  // namespace adjoin::learn
