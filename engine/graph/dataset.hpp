// All that is known of one set of nodes: what a reader returns and a store holds.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/edge_type.hpp>
#include <adjoin/engine/graph/event_log.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/simplex_log.hpp>

namespace adjoin {

/// Which labels each node has: row i of `of_node` lists node i's labels, any number of them, as positions in `names`.
struct NodeLabels {
  Csr of_node;  // n x names.size(), without weights
  NodeIndex names;
};

/// Every part names nodes by their ids in `nodes`, and is there or not. Move-only.
struct Dataset {
  std::shared_ptr<const NodeIndex> nodes = std::make_shared<const NodeIndex>();
  std::optional<Graph> graph;
  std::vector<EdgeType> edge_types;  // by name; the graph has the edges of all of them
  std::optional<EventLog> events;
  std::optional<SimplexLog> simplices;
  Matrix features;                     // n x f, or 0 x 0
  std::optional<Csr> sparse_features;  // n x f
  std::optional<NodeLabels> labels;
  std::map<std::string, std::string> metadata;  // anything: where the data is from, say
};

/// An entry of a sparse matrix before it is one.
struct MatrixEntry {
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  float value = 1;
};

/// Entries in any order as a matrix. InvalidData if one is outside it or there twice, unless `binary`: then the matrix
/// has no values, and an entry may be there as often as it will.
Csr matrix_of_entries(std::size_t rows, std::size_t columns, std::vector<MatrixEntry> entries, bool binary);

/// Checks what the parts do not vouch for themselves: that each has as many nodes as `nodes`, that features are
/// finite, and that sparse features and labels are matrices. InvalidData if not.
void check_dataset(RunContext& context, const Dataset& dataset);

}  // namespace adjoin
