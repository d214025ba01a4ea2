#include <array>
#include <cmath>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/link_head.hpp>
#include <adjoin/engine/learn/activations.hpp>
#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/layout.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/row_products.hpp>

namespace adjoin::gnn {

using learn::Tensor;

DenseLayers::DenseLayers(std::string_view name, std::size_t input_width, std::size_t hidden, std::size_t output_width,
                         int layers, double dropout, learn::Parameters& parameters, std::uint64_t seed)
    : dropout_(dropout) {
  for (int i = 0; i < layers; ++i) {
    const std::size_t rows = i == 0 ? input_width : hidden;
    const std::size_t columns = i + 1 == layers ? output_width : hidden;
    learn::Parameter& weight = parameters.add(fmt::format("{}.{}.weight", name, i), rows, columns);
    learn::Parameter& shift = parameters.add(fmt::format("{}.{}.shift", name, i), 1, columns);
    // As PyTorch's linear layers begin, which the published settings were found with.
    const double bound = 1 / std::sqrt(static_cast<double>(rows));
    learn::set_uniform(weight, bound, seed);
    learn::set_uniform(shift, bound, seed);
    layers_.push_back({&weight, &shift});
  }
}

Tensor DenseLayers::record(learn::Tape& tape, Tensor x) const {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (i > 0) x = learn::dropout(tape, learn::relu(tape, x), dropout_);
    x = learn::add_row(tape, learn::matmul(tape, x, tape.parameter(*layers_[i].weight)),
                       tape.parameter(*layers_[i].shift));
  }
  return x;
}

LinkHead::LinkHead(const LinkHeadOptions& options, std::size_t width, learn::Parameters& parameters, std::uint64_t seed)
    : kind_(options.head) {
  validate(options);
  switch (kind_) {
    case LinkHeadKind::dot:
      break;
    case LinkHeadKind::bilinear:
      weight_ = &parameters.add("head.weight", width, width);
      learn::set_glorot_uniform(*weight_, seed);
      break;
    case LinkHeadKind::distmult:
      weight_ = &parameters.add("head.weight", 1, width);
      learn::set_constant(*weight_, 1.0);
      break;
    case LinkHeadKind::hadamard:
    case LinkHeadKind::concatenation:
      network_.emplace_back("head", kind_ == LinkHeadKind::hadamard ? width : 2 * width,
                            static_cast<std::size_t>(options.decoder_hidden), 1, options.decoder_layers,
                            options.decoder_dropout, parameters, seed);
      break;
  }
}

Tensor LinkHead::record(learn::Tape& tape, Tensor a, Tensor b) const {
  switch (kind_) {
    case LinkHeadKind::dot:
      return learn::row_dot(tape, a, b);
    case LinkHeadKind::hadamard:
      return network_.front().record(tape, learn::multiply(tape, a, b));
    case LinkHeadKind::distmult:
      return learn::matmul(tape, learn::multiply(tape, a, b), tape.parameter(*weight_), {.second = true});
    case LinkHeadKind::bilinear: {
      const Tensor weight = tape.parameter(*weight_);
      const Tensor forth = learn::row_dot(tape, learn::matmul(tape, a, weight), b);
      const Tensor back = learn::row_dot(tape, learn::matmul(tape, b, weight), a);
      return learn::scale(tape, learn::add(tape, forth, back), 0.5);
    }
    case LinkHeadKind::concatenation: {
      const DenseLayers& network = network_.front();
      const Tensor forth = network.record(tape, learn::concatenate_columns(tape, std::array{a, b}));
      const Tensor back = network.record(tape, learn::concatenate_columns(tape, std::array{b, a}));
      return learn::scale(tape, learn::add(tape, forth, back), 0.5);
    }
  }
  return a;
}

}  // namespace adjoin::gnn
