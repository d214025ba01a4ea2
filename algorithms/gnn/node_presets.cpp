// What papers train with on Planetoid's graphs, where encoder_options.cpp has how large their networks are:
//
//   gcn            Kipf, Welling 2017, section 5.2: weight decay 5e-4 of the first layer, Adam at 0.01, 200 epochs.
//   gat            Velickovic et al. 2018, section 3.3: weight decay 5e-4, Adam at 0.005, patience 100.
//   appnp          Gasteiger, Bojchevski, Guennemann 2019, section 5: weight decay 5e-3 of the first layer, Adam at
//   0.01,
//                  patience 100.
//   sgc            Wu et al. 2019, section 6.1: Adam at 0.2, 100 epochs; its weight decay was tuned for each graph.
//
// Others, which were not trained on these, are trained as GCN is. Row-normalised features are the caller's
// (prepared_features.hpp).
#include <adjoin/algorithms/gnn/node_classifier.hpp>

namespace adjoin::gnn {

NodeClassifierOptions published_node_options(EncoderKind model) {
  NodeClassifierOptions options;
  options.encoder = published_options(model);
  TrainingOptions& training = options.training;
  training.epochs = 200;
  training.patience = 100;
  training.optimizer.learning_rate = 0.01;
  training.optimizer.weight_decay = 5e-4;
  switch (model) {
    case EncoderKind::gat:
    case EncoderKind::gatv2:
      training.epochs = 1000;
      training.optimizer.learning_rate = 0.005;
      break;
    case EncoderKind::appnp:
      training.epochs = 1000;
      training.optimizer.weight_decay = 5e-3;
      break;
    case EncoderKind::sgc:
      training.epochs = 100;
      training.optimizer.learning_rate = 0.2;
      break;
    case EncoderKind::mlp:
    case EncoderKind::gcn:
    case EncoderKind::sage:
    case EncoderKind::sage_max:
    case EncoderKind::gin:
    case EncoderKind::lightgcn:
      break;
  }
  return options;
}

}  // namespace adjoin::gnn
