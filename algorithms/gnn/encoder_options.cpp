#include <adjoin/algorithms/gnn/encoder_options.hpp>

namespace adjoin::gnn {

EncoderOptions published_options(EncoderKind model) {
  EncoderOptions options;
  options.model = model;
  switch (model) {
    case EncoderKind::mlp:
      break;
    case EncoderKind::gcn:  // section 5.2
      options.hidden = 16;
      options.decay_first_layer = true;
      break;
    case EncoderKind::sage:
    case EncoderKind::sage_max:  // section 4, and the authors' program
      options.hidden = 128;
      options.input_dropout = options.dropout = 0;
      break;
    case EncoderKind::gat:
    case EncoderKind::gatv2:  // section 3.3 of the first, 64 = 8 heads of 8
      options.input_dropout = options.dropout = options.message_dropout = 0.6;
      options.activation = Activation::elu;
      break;
    case EncoderKind::gin:  // section 7
      options.layers = 5;
      options.input_dropout = 0;
      options.normalization = LayerNormalization::batch;
      options.jumping = Jumping::concatenate;
      break;
    case EncoderKind::sgc:  // section 6.1
      options.input_dropout = 0;
      break;
    case EncoderKind::appnp:  // section 5
      options.message_dropout = 0.5;
      options.decay_first_layer = true;
      break;
    case EncoderKind::lightgcn:  // section 4.1.2
      options.layers = 3;
      options.input_dropout = options.dropout = 0;
      break;
  }
  return options;
}

}  // namespace adjoin::gnn
