#include "random_graphs.hpp"

#include <adjoin/engine/runtime/random.hpp>

namespace adjoin::test {

Csr random_csr(std::size_t rows, std::size_t columns, double density, bool weighted, std::uint64_t seed,
               bool full_row) {
  RandomSequence random(seed, RandomStream::tests, 17);
  std::vector<EdgeOffset> offsets{EdgeOffset{0}};
  std::vector<NodeId> targets;
  std::vector<float> weights;
  for (std::size_t i = 0; i < rows; ++i) {
    const bool full = full_row && i == rows / 2;
    const bool empty = i % 5 == 3;
    for (std::size_t j = 0; j < columns; ++j) {
      if (full || (!empty && random.next_uniform() < density)) {
        targets.push_back(node_id(j));
        if (weighted) weights.push_back(2 - 2 * static_cast<float>(random.next_uniform()));
      }
    }
    offsets.push_back(edge_offset(targets.size()));
  }
  return {columns, to_array(offsets), to_array(targets), to_array(weights)};
}

std::vector<Edge> random_edges(std::size_t nodes, std::size_t edges, std::uint64_t seed) {
  RandomSequence random(seed, RandomStream::tests, 23);
  std::vector<Edge> list(edges);
  for (Edge& edge : list) edge = {node_id(random.next_below(nodes)), node_id(random.next_below(nodes))};
  return list;
}

}  // namespace adjoin::test
