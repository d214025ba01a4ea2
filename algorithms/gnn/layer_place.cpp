#include <adjoin/algorithms/gnn/convolution.hpp>

namespace adjoin::gnn {

learn::Parameter& LayerPlace::add_weight(const std::string& what, std::size_t rows, std::size_t columns) const {
  learn::Parameter& weight = parameters.add(prefix + "." + what, rows, columns);
  learn::set_glorot_uniform(weight, seed);
  weight.decay_share = decay_share;
  return weight;
}

learn::Parameter& LayerPlace::add_row(const std::string& what, std::size_t columns, double value) const {
  learn::Parameter& row = parameters.add(prefix + "." + what, 1, columns);
  learn::set_constant(row, value);
  row.decay_share = decay_share;
  return row;
}

}  // namespace adjoin::gnn
