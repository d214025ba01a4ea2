#include <adjoin/algorithms/gnn/convolution.hpp>
#include <adjoin/algorithms/gnn/normalizer.hpp>
#include <adjoin/engine/learn/normalization.hpp>

namespace adjoin::gnn {

Normalizer::Normalizer(LayerNormalization normalization, const LayerPlace& place, const std::string& what,
                       std::size_t columns)
    : normalization_(normalization) {
  if (normalization == LayerNormalization::none) return;
  weight_ = &place.add_row(what + ".weight", columns, 1);
  shift_ = &place.add_row(what + ".shift", columns);
  if (normalization != LayerNormalization::batch) return;
  mean_ = &place.add_row(what + ".mean", columns);
  variance_ = &place.add_row(what + ".variance", columns, 1);
  mean_->frozen = variance_->frozen = true;
}

learn::Tensor Normalizer::record(learn::Tape& tape, learn::Tensor x) const {
  switch (normalization_) {
    case LayerNormalization::batch:
      return learn::batch_norm(tape, x, tape.parameter(*weight_), tape.parameter(*shift_), mean_->value,
                               variance_->value);
    case LayerNormalization::layer:
      return learn::layer_norm(tape, x, tape.parameter(*weight_), tape.parameter(*shift_));
    case LayerNormalization::none:
      break;
  }
  return x;
}

}  // namespace adjoin::gnn
