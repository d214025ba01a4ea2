#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/link_model_options.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::gnn {
namespace {

/// What HeaRT's programs have in common.
LinkTrainingOptions heart_options(EncoderKind encoder, int width, double dropout) {
  LinkTrainingOptions options;
  options.model.encoder.model = encoder;
  options.model.encoder.layers = 1;
  options.model.encoder.hidden = width;
  options.model.encoder.input_dropout = 0;
  options.model.encoder.dropout = dropout;
  options.model.head.decoder_hidden = width;
  options.model.head.decoder_dropout = dropout;
  options.training.epochs = 9999;
  options.training.evaluate_every = 5;
  options.training.patience = 10;
  options.training.clip_norm = 1;
  return options;
}

/// Here, the model is more than its encoder.
template <class Row>
void name_encoder(std::vector<Row>& rows) {
  std::ranges::find(rows, "model", &Row::name)->name = "encoder";
}

}  // namespace

LinkTrainingOptions link_model_options(LinkModelName name) {
  switch (name) {
    case LinkModelName::mlp: {
      LinkTrainingOptions options = heart_options(EncoderKind::mlp, 256, 0.1);
      options.training.optimizer.weight_decay = 1e-7;
      return options;
    }
    case LinkModelName::gcn: {
      LinkTrainingOptions options = heart_options(EncoderKind::gcn, 256, 0.5);
      options.training.optimizer.learning_rate = 0.001;
      return options;
    }
    case LinkModelName::sage:
      return heart_options(EncoderKind::sage, 128, 0.1);
    case LinkModelName::gat: {
      LinkTrainingOptions options = heart_options(EncoderKind::gat, 128, 0.5);
      options.model.head.decoder_layers = 2;
      return options;
    }
    case LinkModelName::gae:
    case LinkModelName::vgae: {
      LinkTrainingOptions options = heart_options(EncoderKind::gcn, 256, 0.1);
      options.model.head.head = LinkHeadKind::dot;
      options.model.variational = name == LinkModelName::vgae;
      options.training.optimizer.weight_decay = 1e-7;
      return options;
    }
    case LinkModelName::ncn:
    case LinkModelName::ncnc: {
      const bool completed = name == LinkModelName::ncnc;
      // A linear map, then steps of GCN without weights. The authors add up what the steps make, by weights that are
      // learned; here the last step stands for all.
      LinkTrainingOptions options = heart_options(EncoderKind::appnp, 256, 0.1);
      options.model.encoder.steps = completed ? 2 : 3;
      options.model.encoder.restart = 0;
      options.model.encoder.input_dropout = 0.7;
      options.model.structure = completed ? PairStructure::completed : PairStructure::common_neighbors;
      options.model.structure_dropout = 0.4;
      options.model.vector_dropout = 0.3;
      options.training.optimizer.weight_decay = completed ? 0 : 1e-7;
      return options;
    }
    case LinkModelName::buddy: {
      LinkTrainingOptions options = heart_options(EncoderKind::gcn, 256, 0.1);
      options.model.structure = PairStructure::counts;
      options.model.head.decoder_layers = 1;
      options.training.optimizer.weight_decay = 1e-4;
      return options;
    }
  }
  return {};
}

std::vector<Option> bind_link_options(LinkTrainingOptions& options) {
  std::vector<Option> bound = bind_options(options.model.encoder);
  name_encoder(bound);
  const auto append = [&](std::vector<Option> more) {
    bound.insert(bound.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  append(bind_options(options.model.head));
  append(bind_options(options.model));
  append(bind_options(options.batches));
  append(bind_training_options(options.training));
  return bound;
}

std::vector<OptionValue> link_option_values(const LinkTrainingOptions& options) {
  std::vector<OptionValue> values = option_values(options.model.encoder);
  name_encoder(values);
  const auto append = [&](const std::vector<OptionValue>& more) {
    values.insert(values.end(), more.begin(), more.end());
  };
  append(option_values(options.model.head));
  append(option_values(options.model));
  append(option_values(options.batches));
  append(training_option_values(options.training));
  return values;
}

void check_link_options(const LinkTrainingOptions& options) {
  validate(options.model.encoder);
  validate(options.model.head);
  validate(options.model);
  validate(options.batches);
  check_training_options(options.training);
  if (options.batches.fan_out > 0 && options.model.structure == PairStructure::completed) {
    throw InvalidOption(
        fmt::format("fan-out = {} with structure = completed, which takes the vectors of all nodes in each step; leave "
                    "fan-out out, or take structure = common-neighbors",
                    options.batches.fan_out));
  }
}

}  // namespace adjoin::gnn
