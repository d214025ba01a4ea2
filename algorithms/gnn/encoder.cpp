#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/algorithms/gnn/layer_stack.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/layout.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::gnn {

using learn::Tensor;

Encoder::Encoder(const EncoderOptions& options, std::size_t input_width, std::size_t output_width,
                 learn::Parameters& parameters, std::uint64_t seed)
    : options_(options),
      input_width_(input_width),
      output_width_(output_width),
      layers_(make_layers(options, input_width, output_width, parameters, seed)) {
  if (options.model == EncoderKind::lightgcn) read_out_ = ReadOut::mean;
  if (options.jumping == Jumping::last) return;
  read_out_ = options.jumping == Jumping::concatenate ? ReadOut::concatenate : ReadOut::maximum;
  const auto hidden = static_cast<std::size_t>(options.hidden);
  const LayerPlace place = {.parameters = parameters,
                            .prefix = "encoder.output",
                            .seed = seed,
                            .input_width = read_out_ == ReadOut::concatenate ? layers_.size() * hidden : hidden,
                            .output_width = output_width,
                            .decay_share = options.decay_first_layer ? 0.0 : 1.0};
  output_weight_ = &place.add_weight("weight", place.input_width, output_width);
  output_shift_ = &place.add_row("shift", output_width);
}

Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;

MessageForm Encoder::message_form() const noexcept {
  switch (options_.model) {
    case EncoderKind::sage:
      return MessageForm::mean;
    case EncoderKind::sage_max:
    case EncoderKind::gin:
      return MessageForm::sum;
    case EncoderKind::gat:
    case EncoderKind::gatv2:
      return MessageForm::with_loops;
    case EncoderKind::lightgcn:
      return MessageForm::symmetric;
    case EncoderKind::mlp:
    case EncoderKind::gcn:
    case EncoderKind::sgc:
    case EncoderKind::appnp:
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

void Encoder::check(const NodeFeatures& features) const {
  if (features.columns() != input_width_) {
    throw InvalidOption(fmt::format("a node's features are {} numbers and the network was made for {}; give as many",
                                    features.columns(), input_width_));
  }
  if (features.is_sparse() && options_.model == EncoderKind::lightgcn) {
    throw InvalidOption("lightgcn passes on vectors, and the features are sparse; give it vectors that are learned");
  }
}

Tensor Encoder::record_layers(learn::Tape& tape, const NodeFeatures& features,
                              FunctionRef<const Messages&(std::size_t hop)> messages) const {
  check(features);
  LayerInput x(tape, features);
  std::optional<LayerInput> start;  // of layers that restart
  std::vector<Tensor> outputs;
  outputs.reserve(layers_.size() + 1);
  std::size_t hop = 0;
  for (const EncoderLayer& layer : layers_) {
    x = x.dropped(tape, layer.dropout);
    if (read_out_ == ReadOut::mean && outputs.empty()) outputs.push_back(x.dense());
    if (!layer.restarts) start.reset();
    if (layer.restarts && !start) start = x;
    const Told told = layer.convolution->tell(tape, x);
    const Messages* const along = layer.passes_messages ? &messages(hop++) : nullptr;
    if (along != nullptr && along->source_count() != x.rows()) {
      throw InvalidOption(fmt::format("messages are of {} nodes and there are vectors of {}; give those of the sources",
                                      along->source_count(), x.rows()));
    }
    const LayerInput& from = layer.restarts ? *start : x;
    const LayerInput own = along == nullptr ? from : from.part(tape, along->first_target(), along->target_count());
    const Tensor result = layer.finish(tape, told, own, along);
    outputs.push_back(result);
    x = LayerInput(result, tape.shape(result));
  }
  return read_out(tape, outputs, x.rows());
}

Tensor Encoder::read_out(learn::Tape& tape, std::span<const Tensor> outputs, std::size_t rows) const {
  if (read_out_ == ReadOut::last) return outputs.back();
  // Targets of the last block are the first of every block's.
  std::vector<Tensor> parts;
  parts.reserve(outputs.size());
  for (const Tensor output : outputs) parts.push_back(rows_of(tape, output, 0, rows));
  Tensor x = parts.front();
  if (read_out_ == ReadOut::concatenate) {
    x = learn::concatenate_columns(tape, std::span<const Tensor>(parts));
  } else {
    for (std::size_t k = 1; k < parts.size(); ++k) {
      x = read_out_ == ReadOut::mean ? learn::add(tape, x, parts[k]) : learn::maximum(tape, x, parts[k]);
    }
  }
  if (read_out_ == ReadOut::mean) return learn::scale(tape, x, 1 / static_cast<double>(parts.size()));
  return learn::add_row(tape, learn::matmul(tape, x, tape.parameter(*output_weight_)), tape.parameter(*output_shift_));
}

}  // namespace adjoin::gnn
