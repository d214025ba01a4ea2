#include <array>

#include <adjoin/algorithms/gnn/distance_count_head.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/layout.hpp>

namespace adjoin::gnn {

using learn::Tensor;

DistanceCountHead::DistanceCountHead(const LinkHeadOptions& options, std::size_t width, std::size_t counts,
                                     learn::Parameters& parameters, std::uint64_t seed)
    : pair_("head.pair", width, static_cast<std::size_t>(options.decoder_hidden), true, options.decoder_dropout,
            parameters, seed),
      counts_("head.counts", counts, static_cast<std::size_t>(options.decoder_hidden), true, options.decoder_dropout,
              parameters, seed),
      network_("head", 2 * static_cast<std::size_t>(options.decoder_hidden),
               static_cast<std::size_t>(options.decoder_hidden), 1, options.decoder_layers, options.decoder_dropout,
               parameters, seed) {}

Tensor DistanceCountHead::record(learn::Tape& tape, Tensor a, Tensor b, Tensor counts) const {
  const Tensor pair = pair_.record(tape, learn::multiply(tape, a, b));
  return network_.record(tape, learn::concatenate_columns(tape, std::array{pair, counts_.record(tape, counts)}));
}

}  // namespace adjoin::gnn
