// The encoder of a variational graph auto-encoder: a normal distribution for each node instead of a vector.
// Kipf, Welling: Variational graph auto-encoders, NeurIPS workshop 2016.
#pragma once

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::gnn {

struct VariationalVectors {
  learn::Tensor vectors;  // n x d: drawn while training, else the means
  learn::Tensor
      divergence;  // 1 x 1: the mean over nodes of KL to the standard normal distribution, to be added to a loss
};

/// Takes the last layer's 2d numbers of each node as d means and d logarithms of standard deviations: two encoders that
/// share all layers but the last, as in the paper. The paper divides the divergence by the number of nodes once more.
VariationalVectors record_variational(learn::Tape& tape, learn::Tensor means_and_log_deviations);

}  // namespace adjoin::gnn
