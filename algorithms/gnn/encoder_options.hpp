// Which graph neural network, and how large.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::gnn {

enum class EncoderKind : std::uint8_t { mlp, gcn, sage, sage_max, gat, gatv2, gin, sgc, appnp, lightgcn };
enum class Activation : std::uint8_t { relu, elu, gelu, tanh, none };
enum class LayerNormalization : std::uint8_t { none, batch, layer };
enum class Jumping : std::uint8_t { last, concatenate, maximum };

struct EncoderOptions {
  EncoderKind model = EncoderKind::gcn;
  int layers = 2;
  int hidden = 64;
  int heads = 8;
  int output_heads = 1;
  int steps = 10;
  double restart = 0.1;
  double input_dropout = 0.5;
  double dropout = 0.5;
  double message_dropout = 0;
  Activation activation = Activation::relu;
  LayerNormalization normalization = LayerNormalization::none;
  bool residual = false;
  Jumping jumping = Jumping::last;
  bool decay_first_layer = false;

  static constexpr auto fields() {
    using Options = EncoderOptions;
    return std::tuple{
        option_field("model", &Options::model, "how a node's vector is made of its own and its neighbours'",
                     "gcn: Kipf, Welling 2017; sage, sage-max: Hamilton, Ying, Leskovec 2017; gat: Velickovic et al. "
                     "2018; gatv2: Brody, Alon, Yahav 2022; gin: Xu et al. 2019; sgc: Wu et al. 2019; appnp: "
                     "Gasteiger, Bojchevski, Guennemann 2019; lightgcn: He et al. 2020"),
        option_field("layers", &Options::layers, {1, 64},
                     "layers one after the other; of sgc and lightgcn: how often vectors are passed on"),
        option_field("hidden", &Options::hidden, {1, 65536}, "numbers in a vector between two layers, of all heads"),
        option_field("heads", &Options::heads, {1, 1024}, "of gat and gatv2: heads of attention, side by side"),
        option_field("output-heads", &Options::output_heads, {1, 1024},
                     "of gat and gatv2: heads of the last layer, averaged"),
        option_field("steps", &Options::steps, {1, 1000}, "of appnp: steps of PageRank after the layers"),
        option_field("restart", &Options::restart, {0.0, 1.0}, "of appnp: share of a node's own vector in each step",
                     "alpha of Gasteiger, Bojchevski, Guennemann 2019"),
        option_field("input-dropout", &Options::input_dropout, {0.0, 0.99}, "share of the features dropped in training",
                     "Srivastava et al. 2014"),
        option_field("dropout", &Options::dropout, {0.0, 0.99}, "the same of vectors between layers"),
        option_field("message-dropout", &Options::message_dropout, {0.0, 0.99},
                     "of gat, gatv2 and appnp: share of the edges dropped in training, in each layer apart"),
        option_field("activation", &Options::activation, "what is done to every number between layers"),
        option_field("normalization", &Options::normalization, "how vectors are scaled between layers",
                     "batch: Ioffe, Szegedy 2015; layer: Ba, Kiros, Hinton 2016"),
        option_field("residual", &Options::residual, "whether what enters a layer is added to what it makes",
                     "He et al. 2016"),
        option_field("jumping", &Options::jumping, "which layers' vectors the result is made of", "Xu et al. 2018"),
        option_field("decay-first-layer", &Options::decay_first_layer,
                     "whether weight decay is for the first layer alone", "Kipf, Welling 2017, section 5.2"),
    };
  }
};

/// A model as its paper has it on graphs of papers that cite one another (of lightgcn, on those of users and items).
EncoderOptions published_options(EncoderKind model);

}  // namespace adjoin::gnn

template <>
struct adjoin::EnumNames<adjoin::gnn::EncoderKind> {
  using Kind = adjoin::gnn::EncoderKind;
  static constexpr std::array<std::pair<Kind, std::string_view>, 10> names{{{Kind::mlp, "mlp"},
                                                                            {Kind::gcn, "gcn"},
                                                                            {Kind::sage, "sage"},
                                                                            {Kind::sage_max, "sage-max"},
                                                                            {Kind::gat, "gat"},
                                                                            {Kind::gatv2, "gatv2"},
                                                                            {Kind::gin, "gin"},
                                                                            {Kind::sgc, "sgc"},
                                                                            {Kind::appnp, "appnp"},
                                                                            {Kind::lightgcn, "lightgcn"}}};
};
template <>
struct adjoin::EnumNames<adjoin::gnn::Activation> {
  using Kind = adjoin::gnn::Activation;
  static constexpr std::array<std::pair<Kind, std::string_view>, 5> names{
      {{Kind::relu, "relu"}, {Kind::elu, "elu"}, {Kind::gelu, "gelu"}, {Kind::tanh, "tanh"}, {Kind::none, "none"}}};
};
template <>
struct adjoin::EnumNames<adjoin::gnn::LayerNormalization> {
  using Kind = adjoin::gnn::LayerNormalization;
  static constexpr std::array<std::pair<Kind, std::string_view>, 3> names{
      {{Kind::none, "none"}, {Kind::batch, "batch"}, {Kind::layer, "layer"}}};
};
template <>
struct adjoin::EnumNames<adjoin::gnn::Jumping> {
  using Kind = adjoin::gnn::Jumping;
  static constexpr std::array<std::pair<Kind, std::string_view>, 3> names{
      {{Kind::last, "last"}, {Kind::concatenate, "concatenate"}, {Kind::maximum, "maximum"}}};
};
