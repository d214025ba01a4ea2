#include <adjoin/algorithms/gnn/node_features.hpp>

namespace adjoin::gnn {

learn::Parameter& add_node_vectors(learn::Parameters& parameters, std::size_t nodes, std::size_t columns,
                                   std::uint64_t seed) {
  learn::Parameter& vectors = parameters.add("node_vectors", nodes, columns);
  learn::set_glorot_uniform(vectors, seed);
  return vectors;
}

}  // namespace adjoin::gnn
