// A private part of gnn: the layers of each kind of network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/algorithms/gnn/encoder_layer.hpp>
#include <adjoin/algorithms/gnn/encoder_options.hpp>
#include <adjoin/engine/learn/parameter.hpp>

namespace adjoin::gnn {

/// Adds the parameters of all layers. InvalidOption for options at odds with one another.
std::vector<EncoderLayer> make_layers(const EncoderOptions& options, std::size_t input_width, std::size_t output_width,
                                      learn::Parameters& parameters, std::uint64_t seed);

}  // namespace adjoin::gnn
