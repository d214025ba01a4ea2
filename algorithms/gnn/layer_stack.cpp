#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/layer_stack.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::gnn {
namespace {

bool has_heads(EncoderKind model) {
  return model == EncoderKind::gat || model == EncoderKind::gatv2;
}

/// Models of layers that only pass vectors on have nothing to add between them.
void check_options(const EncoderOptions& options, std::size_t input_width, std::size_t output_width) {
  validate(options);
  const std::string model = detail::value_text(options.model);
  if (has_heads(options.model) && options.hidden % options.heads != 0) {
    throw InvalidOption(fmt::format("hidden = {} is shared out among {} heads; make it a multiple of them",
                                    options.hidden, options.heads));
  }
  const bool passes_on = options.model == EncoderKind::sgc || options.model == EncoderKind::lightgcn;
  if ((passes_on || options.model == EncoderKind::appnp) && options.jumping != Jumping::last) {
    throw InvalidOption(fmt::format("{} has no jumping knowledge of its layers; set jumping to last", model));
  }
  if (passes_on && (options.residual || options.normalization != LayerNormalization::none)) {
    throw InvalidOption(
        fmt::format("{} has nothing between its layers; set residual to false and normalization to none", model));
  }
  if (options.model == EncoderKind::lightgcn && input_width != output_width) {
    throw InvalidOption(
        fmt::format("lightgcn makes vectors as wide as those that enter, {} and not {}", input_width, output_width));
  }
}

AttentionHeads heads_of(const EncoderOptions& options, bool last, std::size_t output_width) {
  const auto count = static_cast<std::size_t>(last ? options.output_heads : options.heads);
  return {.count = count,
          .width = last ? output_width : output_width / count,
          .averaged = last,
          .dropout = options.message_dropout};
}

std::unique_ptr<Convolution> convolution_of(const EncoderOptions& options, const LayerPlace& place, bool last) {
  const auto hidden = static_cast<std::size_t>(options.hidden);
  switch (options.model) {
    case EncoderKind::gcn:
      return gcn_convolution(place);
    case EncoderKind::sage:
      return sage_convolution(place);
    case EncoderKind::sage_max:
      return sage_max_convolution(place, std::min(place.input_width, hidden));
    case EncoderKind::gat:
      return gat_convolution(place, heads_of(options, last, place.output_width));
    case EncoderKind::gatv2:
      return gatv2_convolution(place, heads_of(options, last, place.output_width));
    case EncoderKind::gin:
      return gin_convolution(place, hidden, options.normalization, options.activation);
    case EncoderKind::mlp:
    case EncoderKind::appnp:
    case EncoderKind::sgc:
    case EncoderKind::lightgcn:
      break;
  }
  return linear_layer(place);
}

/// Layers with everything that stands around them.
void add_stack(const EncoderOptions& options, LayerPlace place, std::size_t output_width,
               std::vector<EncoderLayer>& layers) {
  const auto count = static_cast<std::size_t>(options.layers);
  for (std::size_t k = 0; k < count; ++k) {
    const bool last = k + 1 == count && options.jumping == Jumping::last;  // whose result is not to be bent
    place.prefix = fmt::format("encoder.{}", k);
    place.output_width = last ? output_width : static_cast<std::size_t>(options.hidden);
    if (k > 0 && options.decay_first_layer) place.decay_share = 0;
    EncoderLayer layer;
    layer.convolution = convolution_of(options, place, last);
    layer.passes_messages = options.model != EncoderKind::mlp && options.model != EncoderKind::appnp;
    layer.dropout = k == 0 ? options.input_dropout : options.dropout;
    layer.residual = options.residual;
    if (layer.residual && (k == 0 || place.input_width != place.output_width)) {
      layer.projection = &place.add_weight("residual", place.input_width, place.output_width);
    }
    if (!last) {
      layer.normalizer = Normalizer(options.normalization, place, "norm", place.output_width);
      layer.activation = options.activation;
    }
    layers.push_back(std::move(layer));
    place.input_width = place.output_width;
  }
}

EncoderLayer passing_on(std::unique_ptr<Convolution> convolution, bool restarts = false) {
  EncoderLayer layer;
  layer.convolution = std::move(convolution);
  layer.restarts = restarts;
  return layer;
}

}  // namespace

std::vector<EncoderLayer> make_layers(const EncoderOptions& options, std::size_t input_width, std::size_t output_width,
                                      learn::Parameters& parameters, std::uint64_t seed) {
  check_options(options, input_width, output_width);
  std::vector<EncoderLayer> layers;
  const LayerPlace place = {.parameters = parameters,
                            .prefix = "encoder.0",
                            .seed = seed,
                            .input_width = input_width,
                            .output_width = output_width,
                            .decay_share = 1};
  switch (options.model) {
    case EncoderKind::sgc: {
      EncoderLayer first;
      first.convolution = linear_layer(place, false);
      first.passes_messages = false;
      first.dropout = options.input_dropout;
      layers.push_back(std::move(first));
      for (int k = 1; k < options.layers; ++k) layers.push_back(passing_on(power_step()));
      layers.push_back(passing_on(power_step(&place.add_row("shift", output_width))));
      break;
    }
    case EncoderKind::lightgcn:
      for (int k = 0; k < options.layers; ++k) layers.push_back(passing_on(power_step()));
      layers.front().dropout = options.input_dropout;
      break;
    case EncoderKind::appnp:
      add_stack(options, place, output_width, layers);
      for (int k = 0; k < options.steps; ++k) {
        layers.push_back(passing_on(pagerank_layer(options.restart, options.message_dropout), true));
      }
      break;
    default:
      add_stack(options, place, output_width, layers);
  }
  return layers;
}

}  // namespace adjoin::gnn
