#include <adjoin/algorithms/gnn/encoder_layer.hpp>
#include <adjoin/engine/learn/activations.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/normalization.hpp>

namespace adjoin::gnn {
namespace {

using learn::Tensor;

Tensor activated(learn::Tape& tape, Tensor x, Activation activation) {
  switch (activation) {
    case Activation::relu:
      return learn::relu(tape, x);
    case Activation::elu:
      return learn::elu(tape, x);
    case Activation::gelu:
      return learn::gelu(tape, x);
    case Activation::tanh:
      return learn::tanh(tape, x);
    case Activation::none:
      break;
  }
  return x;
}

}  // namespace

Tensor EncoderLayer::finish(learn::Tape& tape, const Told& told, const LayerInput& own,
                            const Messages* messages) const {
  Tensor x = convolution->combine(tape, told, own, messages);
  if (residual) {
    x = learn::add(tape, x, projection == nullptr ? own.dense() : own.times(tape, *projection));
  }
  switch (normalization) {
    case LayerNormalization::batch:
      x = learn::batch_norm(tape, x, tape.parameter(*weight), tape.parameter(*shift), mean->value, variance->value);
      break;
    case LayerNormalization::layer:
      x = learn::layer_norm(tape, x, tape.parameter(*weight), tape.parameter(*shift));
      break;
    case LayerNormalization::none:
      break;
  }
  return activated(tape, x, activation);
}

}  // namespace adjoin::gnn
