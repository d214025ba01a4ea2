#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/algorithms/gnn/encoder_layer.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/layout.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::gnn {
namespace {

using learn::Tensor;

std::unique_ptr<Convolution> convolution_of(const EncoderOptions& options, const LayerPlace& place) {
  switch (options.model) {
    case EncoderKind::mlp:
      return linear_layer(place);
    case EncoderKind::gcn:
      return gcn_convolution(place);
    case EncoderKind::sage:
      return sage_convolution(place);
  }
  return nullptr;
}

void add_normalization(EncoderLayer& layer, LayerNormalization normalization, const LayerPlace& place) {
  layer.normalization = normalization;
  if (normalization == LayerNormalization::none) return;
  layer.weight = &place.add_row("norm.weight", place.output_width, 1);
  layer.shift = &place.add_row("norm.shift", place.output_width);
  if (normalization != LayerNormalization::batch) return;
  layer.mean = &place.add_row("norm.mean", place.output_width);
  layer.variance = &place.add_row("norm.variance", place.output_width, 1);
  layer.mean->frozen = layer.variance->frozen = true;
}

}  // namespace

Encoder::Encoder(const EncoderOptions& options, std::size_t input_width, std::size_t output_width,
                 learn::Parameters& parameters, std::uint64_t seed)
    : options_(options), input_width_(input_width), output_width_(output_width) {
  validate(options);
  const auto layers = static_cast<std::size_t>(options.layers);
  const auto hidden = static_cast<std::size_t>(options.hidden);
  const bool jumps = options.jumping != Jumping::last;
  std::size_t width = input_width;
  for (std::size_t k = 0; k < layers; ++k) {
    const bool last = k + 1 == layers && !jumps;  // whose result is not to be bent
    const LayerPlace place = {.parameters = parameters,
                              .prefix = fmt::format("encoder.{}", k),
                              .seed = seed,
                              .input_width = width,
                              .output_width = last ? output_width : hidden,
                              .decay_share = options.decay_first_layer && k > 0 ? 0.0 : 1.0};
    EncoderLayer layer;
    layer.convolution = convolution_of(options, place);
    layer.passes_messages = options.model != EncoderKind::mlp;
    layer.dropout = k == 0 ? options.input_dropout : options.dropout;
    layer.residual = options.residual;
    if (layer.residual && (k == 0 || place.input_width != place.output_width)) {
      layer.projection = &place.add_weight("residual", place.input_width, place.output_width);
    }
    if (!last) {
      add_normalization(layer, options.normalization, place);
      layer.activation = options.activation;
    }
    layers_.push_back(std::move(layer));
    width = place.output_width;
  }
  if (jumps) {
    const LayerPlace place = {.parameters = parameters,
                              .prefix = "encoder.output",
                              .seed = seed,
                              .input_width = options.jumping == Jumping::concatenate ? layers * hidden : hidden,
                              .output_width = output_width,
                              .decay_share = options.decay_first_layer ? 0.0 : 1.0};
    output_weight_ = &place.add_weight("weight", place.input_width, output_width);
    output_shift_ = &place.add_row("shift", output_width);
  }
}

Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;

MessageForm Encoder::message_form() const noexcept {
  switch (options_.model) {
    case EncoderKind::sage:
      return MessageForm::mean;
    case EncoderKind::mlp:
    case EncoderKind::gcn:
      break;
  }
  return MessageForm::symmetric_with_loops;
}

std::size_t Encoder::hops() const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(layers_, &EncoderLayer::passes_messages));
}

Tensor Encoder::record(learn::Tape& tape, const NodeFeatures& features, const Messages& messages) const {
  return record_layers(tape, features, [&](std::size_t) -> const Messages& { return messages; });
}

Tensor Encoder::record(learn::Tape& tape, const NodeFeatures& features, std::span<const Messages* const> blocks) const {
  if (blocks.size() != hops()) {
    throw InvalidOption(
        fmt::format("messages pass {} times and there are {} blocks; give one for each", hops(), blocks.size()));
  }
  return record_layers(tape, features, [&](std::size_t hop) -> const Messages& { return *blocks[hop]; });
}

Tensor Encoder::record_layers(learn::Tape& tape, const NodeFeatures& features,
                              FunctionRef<const Messages&(std::size_t hop)> messages) const {
  if (features.columns() != input_width_) {
    throw InvalidOption(fmt::format("a node's features are {} numbers and the network was made for {}; give as many",
                                    features.columns(), input_width_));
  }
  LayerInput x(tape, features);
  std::vector<Tensor> outputs;
  outputs.reserve(layers_.size());
  std::size_t hop = 0;
  for (const EncoderLayer& layer : layers_) {
    x = x.dropped(tape, layer.dropout);
    const Told told = layer.convolution->tell(tape, x);
    const Messages* const along = layer.passes_messages ? &messages(hop++) : nullptr;
    if (along != nullptr && along->source_count() != x.rows()) {
      throw InvalidOption(fmt::format("messages are of {} nodes and there are vectors of {}; give those of the sources",
                                      along->source_count(), x.rows()));
    }
    const LayerInput own = along == nullptr ? x : x.part(tape, along->first_target(), along->target_count());
    const Tensor result = layer.finish(tape, told, own, along);
    outputs.push_back(result);
    x = LayerInput(result, tape.shape(result));
  }
  return read_out(tape, outputs, x.rows());
}

Tensor Encoder::read_out(learn::Tape& tape, std::span<const Tensor> outputs, std::size_t rows) const {
  if (options_.jumping == Jumping::last) return outputs.back();
  // Targets of the last block are the first of every block's.
  std::vector<Tensor> parts;
  parts.reserve(outputs.size());
  for (const Tensor output : outputs) parts.push_back(rows_of(tape, output, 0, rows));
  Tensor x = parts.front();
  if (options_.jumping == Jumping::concatenate) {
    x = learn::concatenate_columns(tape, std::span<const Tensor>(parts));
  } else {
    for (std::size_t k = 1; k < parts.size(); ++k) x = learn::maximum(tape, x, parts[k]);
  }
  return learn::add_row(tape, learn::matmul(tape, x, tape.parameter(*output_weight_)), tape.parameter(*output_shift_));
}

}  // namespace adjoin::gnn
