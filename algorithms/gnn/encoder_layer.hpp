// A private part of gnn: a convolution and what stands around it.
#pragma once

#include <memory>

#include <adjoin/algorithms/gnn/convolution.hpp>

namespace adjoin::gnn {

struct EncoderLayer {
  std::unique_ptr<Convolution> convolution;
  bool passes_messages = true;
  double dropout = 0;  // of what enters
  bool residual = false;
  learn::Parameter* projection = nullptr;  // of a residual connection between two widths
  LayerNormalization normalization = LayerNormalization::none;
  learn::Parameter* weight = nullptr;  // of the normalisation, as the next three
  learn::Parameter* shift = nullptr;
  learn::Parameter* mean = nullptr;
  learn::Parameter* variance = nullptr;
  Activation activation = Activation::none;

  /// The vectors of the messages' targets from what was told; own: their rows of what entered.
  learn::Tensor finish(learn::Tape& tape, const Told& told, const LayerInput& own, const Messages* messages) const;
};

}  // namespace adjoin::gnn
