#include <adjoin/algorithms/gnn/encoder_layer.hpp>
#include <adjoin/engine/learn/activations.hpp>
#include <adjoin/engine/learn/elementwise.hpp>

namespace adjoin::gnn {

using learn::Tensor;

Tensor EncoderLayer::finish(learn::Tape& tape, const Told& told, const LayerInput& own,
                            const Messages* messages) const {
  Tensor x = convolution->combine(tape, told, own, messages);
  if (residual) x = learn::add(tape, x, projection == nullptr ? own.dense() : own.times(tape, *projection));
  return activated(tape, normalizer.record(tape, x), activation);
}

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

}  // namespace adjoin::gnn
