// The graph of a driver's arrays as adjoin has it.
#pragma once

#include <cstddef>
#include <utility>

#include <adjoin/engine/graph/graph.hpp>

#include "driver.hpp"

namespace peers {

inline adjoin::Graph graph_of(adjoin::RunContext& context, const GraphArrays& arrays, bool directed) {
  using namespace adjoin;
  Csr csr;
  csr.column_count = arrays.row_count;
  csr.offsets = Array<EdgeOffset>(arrays.row_count + 1);
  csr.targets = Array<NodeId>(arrays.entry_count);
  for (std::size_t i = 0; i <= arrays.row_count; ++i) {
    csr.offsets[i] = edge_offset(static_cast<std::size_t>(arrays.offsets[i]));
  }
  for (std::size_t e = 0; e < arrays.entry_count; ++e) {
    csr.targets[e] = node_id(static_cast<std::size_t>(arrays.targets[e]));
  }
  return Graph(context, std::move(csr), NodeIndex::range(arrays.row_count), directed);
}

}  // namespace peers
