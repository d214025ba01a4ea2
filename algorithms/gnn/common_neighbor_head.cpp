#include <cmath>

#include <adjoin/algorithms/gnn/common_neighbor_head.hpp>
#include <adjoin/engine/learn/activations.hpp>
#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/message_passing.hpp>
#include <adjoin/engine/learn/normalization.hpp>

namespace adjoin::gnn {

using learn::Tensor;

DenseLayer::DenseLayer(const std::string& name, std::size_t input_width, std::size_t output_width, bool normalized,
                       double dropout, learn::Parameters& parameters, std::uint64_t seed)
    : weight_(&parameters.add(name + ".weight", input_width, output_width)),
      shift_(&parameters.add(name + ".shift", 1, output_width)),
      dropout_(dropout) {
  const double bound = 1 / std::sqrt(static_cast<double>(input_width));
  learn::set_uniform(*weight_, bound, seed);
  learn::set_uniform(*shift_, bound, seed);
  if (!normalized) return;
  norm_weight_ = &parameters.add(name + ".norm.weight", 1, output_width);
  norm_shift_ = &parameters.add(name + ".norm.shift", 1, output_width);
  learn::set_constant(*norm_weight_, 1.0);
}

Tensor DenseLayer::record(learn::Tape& tape, Tensor x) const {
  x = learn::add_row(tape, learn::matmul(tape, x, tape.parameter(*weight_)), tape.parameter(*shift_));
  if (norm_weight_ != nullptr) {
    x = learn::layer_norm(tape, x, tape.parameter(*norm_weight_), tape.parameter(*norm_shift_));
  }
  return learn::relu(tape, dropout_ > 0 ? learn::dropout(tape, x, dropout_) : x);
}

CommonNeighborHead::CommonNeighborHead(std::size_t width, std::size_t hidden, double dropout,
                                       learn::Parameters& parameters, std::uint64_t seed)
    : node_first_("head.node.0", width, hidden, false, dropout, parameters, seed),
      node_second_("head.node.1", hidden, width, true, dropout, parameters, seed),
      pair_("head.pair", width, hidden, true, dropout, parameters, seed),
      shared_first_("head.shared.0", width, hidden, false, dropout, parameters, seed),
      shared_second_("head.shared.1", hidden, hidden, true, dropout, parameters, seed),
      joined_("head.joined", hidden, hidden, true, dropout, parameters, seed),
      weight_(&parameters.add("head.score.weight", hidden, 1)),
      shift_(&parameters.add("head.score.shift", 1, 1)) {
  const double bound = 1 / std::sqrt(static_cast<double>(hidden));
  learn::set_uniform(*weight_, bound, seed);
  learn::set_uniform(*shift_, bound, seed);
}

Tensor CommonNeighborHead::record_between(learn::Tape& tape, Tensor vectors) const {
  return learn::add(tape, vectors, node_second_.record(tape, node_first_.record(tape, vectors)));
}

Tensor CommonNeighborHead::record(learn::Tape& tape, Tensor between, Tensor a, Tensor b,
                                  const learn::SparseOperand& shared) const {
  const Tensor sums = learn::spmm(tape, shared, between);
  const Tensor neighbors = shared_second_.record(tape, shared_first_.record(tape, sums));
  const Tensor pair = pair_.record(tape, learn::multiply(tape, a, b));
  const Tensor joined = joined_.record(tape, learn::add(tape, neighbors, pair));
  return learn::add_row(tape, learn::matmul(tape, joined, tape.parameter(*weight_)), tape.parameter(*shift_));
}

}  // namespace adjoin::gnn
