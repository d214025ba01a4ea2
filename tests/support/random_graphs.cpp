#include "random_graphs.hpp"

#include <cmath>

#include <adjoin/engine/runtime/random.hpp>

namespace adjoin::test {
namespace {

/// How many columns of a row have no entry before the next that has one, when each has one with probability `density`.
std::size_t columns_without_entry(RandomSequence& random, double density) {
  const double skipped = std::floor(std::log1p(-random.next_uniform()) / std::log1p(-density));
  constexpr std::size_t beyond_any_row = 1'000'000'000;  // where there is none it is infinite, or not even a number
  return skipped < beyond_any_row ? static_cast<std::size_t>(skipped) : beyond_any_row;
}

}  // namespace

Csr random_csr(std::size_t rows, std::size_t columns, double density, bool weighted, std::uint64_t seed,
               bool full_row) {
  RandomSequence random(seed, RandomStream::tests, 17);
  std::vector<EdgeOffset> offsets{EdgeOffset{0}};
  std::vector<NodeId> targets;
  std::vector<float> weights;
  for (std::size_t i = 0; i < rows; ++i) {
    const bool full = full_row && i == rows / 2;
    const bool empty = i % 5 == 3;
    const auto skipped = [&] { return full ? 0 : columns_without_entry(random, density); };
    for (std::size_t j = empty && !full ? columns : skipped(); j < columns; j += 1 + skipped()) {
      targets.push_back(node_id(j));
      if (weighted) weights.push_back(2 - 2 * static_cast<float>(random.next_uniform()));
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
