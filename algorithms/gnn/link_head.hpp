// Heads of link prediction: the score of a pair from the vectors of its two nodes.
//
// Source.  dot: the inner product decoder of Kipf, Welling: Variational graph auto-encoders, 2016. hadamard: the
//          decoder of Hu et al.: Open graph benchmark, 2020, and of HeaRT (Li et al. 2023). distmult: Yang et al.:
//          Embedding entities and relations, 2015, equation 2, of one relation.
// Method.  With a and b the two vectors, d wide, and MLP a network of `decoder_layers` layers with ReLU and dropout
//          between:
//          dot       a . b                     hadamard       MLP(a_j b_j)
//          distmult  sum_j w_j a_j b_j         concatenation  (MLP(a, b) + MLP(b, a)) / 2
//          bilinear  (a W b + b W a) / 2
//          All of them are the same for (x, y) and (y, x): a pair of link prediction has no first node.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::gnn {

enum class LinkHeadKind : std::uint8_t { dot, hadamard, bilinear, distmult, concatenation };

struct LinkHeadOptions {
  LinkHeadKind head = LinkHeadKind::hadamard;
  int decoder_layers = 3;
  int decoder_hidden = 256;
  double decoder_dropout = 0.5;

  static constexpr auto fields() {
    using O = LinkHeadOptions;
    return std::tuple{option_field("decoder", &O::head, "how two nodes' vectors make the score of a pair"),
                      option_field("decoder-layers", &O::decoder_layers, {1, 100},
                                   "of hadamard and concatenation: layers of the network"),
                      option_field("decoder-hidden", &O::decoder_hidden, {1, 65'536}, "the width of its inner layers"),
                      option_field("decoder-dropout", &O::decoder_dropout, {0.0, 0.999},
                                   "the share of entries dropped between its layers")};
  }
};

/// Layers of a network: linear maps with ReLU and dropout between them, nothing after the last.
class DenseLayers {
 public:
  /// Adds the parameters "NAME.I.weight" and "NAME.I.shift". layers >= 1.
  DenseLayers(std::string_view name, std::size_t input_width, std::size_t hidden, std::size_t output_width, int layers,
              double dropout, learn::Parameters& parameters, std::uint64_t seed);

  learn::Tensor record(learn::Tape& tape, learn::Tensor x) const;

 private:
  struct Layer {
    learn::Parameter* weight;
    learn::Parameter* shift;
  };
  std::vector<Layer> layers_;
  double dropout_;
};

/// The parameters of one head and how it is put on a tape.
class LinkHead {
 public:
  /// Adds its parameters, named "head.WHAT", drawn by the seed. width: of the nodes' vectors. InvalidOption.
  LinkHead(const LinkHeadOptions& options, std::size_t width, learn::Parameters& parameters, std::uint64_t seed);

  /// Records the scores before the sigmoid, p x 1, of rows a_i and b_i of two p x width matrices.
  learn::Tensor record(learn::Tape& tape, learn::Tensor a, learn::Tensor b) const;

 private:
  LinkHeadKind kind_;
  learn::Parameter* weight_ = nullptr;  // of bilinear and distmult
  std::vector<DenseLayers> network_;    // one, or none
};

}  // namespace adjoin::gnn

template <>
struct adjoin::EnumNames<adjoin::gnn::LinkHeadKind> {
  using Kind = adjoin::gnn::LinkHeadKind;
  static constexpr std::array<std::pair<Kind, std::string_view>, 5> names{{{Kind::dot, "dot"},
                                                                           {Kind::hadamard, "hadamard"},
                                                                           {Kind::bilinear, "bilinear"},
                                                                           {Kind::distmult, "distmult"},
                                                                           {Kind::concatenation, "concatenation"}}};
};
