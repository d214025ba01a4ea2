// What papers train with on Planetoid's graphs.
//
//   gcn          Kipf, Welling 2017, section 5.2: two layers, 16 hidden units, dropout 0.5, weight decay 5e-4 of the
//   first
//                layer, Adam at 0.01, at most 200 epochs, stopped after 10 without a lower validation loss.
//
// Row-normalised features are the caller's (prepared_features.hpp).
#include <adjoin/algorithms/gnn/node_classifier.hpp>

namespace adjoin::gnn {

NodeClassifierOptions published_node_options(EncoderKind model) {
  NodeClassifierOptions options;
  options.encoder.model = model;
  options.encoder.layers = 2;
  options.encoder.hidden = 16;
  options.encoder.input_dropout = 0.5;
  options.encoder.dropout = 0.5;
  options.encoder.decay_first_layer = true;
  options.training.epochs = 200;
  options.training.patience = 100;
  options.training.optimizer.learning_rate = 0.01;
  options.training.optimizer.weight_decay = 5e-4;
  return options;
}

}  // namespace adjoin::gnn
