// Random sparse matrices and edge lists for property tests, as a function of a seed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::test {

/// rows x columns, each entry there with probability `density`; weights in (0, 2] if asked for. Some rows are empty
/// and, with full_row, one row has every column.
Csr random_csr(std::size_t rows, std::size_t columns, double density, bool weighted, std::uint64_t seed,
               bool full_row = false);

/// Edges among `nodes` nodes, with self-loops and repeats.
std::vector<Edge> random_edges(std::size_t nodes, std::size_t edges, std::uint64_t seed);

template <class Value>
Array<Value> to_array(const std::vector<Value>& values) {
  Array<Value> array(values.size());
  std::copy(values.begin(), values.end(), array.begin());
  return array;
}

}  // namespace adjoin::test
