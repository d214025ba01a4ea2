// A private part of gnn: a convolution and what stands around it.
#pragma once

#include <memory>

#include <adjoin/algorithms/gnn/convolution.hpp>
#include <adjoin/algorithms/gnn/normalizer.hpp>

namespace adjoin::gnn {

struct EncoderLayer {
  std::unique_ptr<Convolution> convolution;
  bool passes_messages = true;
  /// Whether a target's own vector is what the last layer that does not restart made, and not what enters (APPNP).
  bool restarts = false;
  double dropout = 0;  // of what enters
  bool residual = false;
  learn::Parameter* projection = nullptr;  // of a residual connection between two widths
  Normalizer normalizer;
  Activation activation = Activation::none;

  /// The vectors of the messages' targets from what was told; own: their rows of what entered.
  learn::Tensor finish(learn::Tape& tape, const Told& told, const LayerInput& own, const Messages* messages) const;
};

/// A function of every number.
learn::Tensor activated(learn::Tape& tape, learn::Tensor x, Activation activation);

}  // namespace adjoin::gnn
