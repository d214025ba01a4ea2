// A private part of gnn: normalisation of the vectors between layers, with its parameters.
#pragma once

#include <cstddef>
#include <string>

#include <adjoin/algorithms/gnn/encoder_options.hpp>
#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::gnn {

struct LayerPlace;

class Normalizer {
 public:
  /// Of no normalisation.
  Normalizer() = default;
  /// Its parameters are called PREFIX.what.weight and so on. What batch normalisation remembers stands among them,
  /// frozen, so that it is kept and averaged with them.
  Normalizer(LayerNormalization normalization, const LayerPlace& place, const std::string& what, std::size_t columns);

  learn::Tensor record(learn::Tape& tape, learn::Tensor x) const;

 private:
  LayerNormalization normalization_ = LayerNormalization::none;
  learn::Parameter* weight_ = nullptr;
  learn::Parameter* shift_ = nullptr;
  learn::Parameter* mean_ = nullptr;
  learn::Parameter* variance_ = nullptr;
};

}  // namespace adjoin::gnn
