// A private part of linkpred: the matrix that walks and paths go by.
#pragma once

#include <cstdint>
#include <utility>

#include <adjoin/engine/graph/neighbors.hpp>

namespace adjoin::detail {

/// Row u of `rows` lists the nodes that a step from u leads to, row u of `columns` those from which one leads to u.
struct WalkMatrix {
  CsrView rows;
  CsrView columns;
  Csr owned;  // what the graph does not hold
};

/// Without weights every neighbour counts once, also one that both directions of a directed graph lead to; with weights
/// the weights of the two edges are added.
inline WalkMatrix walk_matrix(RunContext& context, GraphView graph, NeighborDirection direction, bool use_weights) {
  context.begin_stage("neighbors", "rows", graph.node_count());
  Neighbors neighbors = gathered_neighbors(context, graph, direction, true);
  WalkMatrix matrix{neighbors.rows, neighbors.transpose, std::move(neighbors.owned)};
  if (!use_weights) matrix.rows.weights = matrix.columns.weights = {};
  return matrix;
}

/// Bytes of walk_matrix beyond the graph.
inline std::uint64_t estimate_walk_matrix_memory(GraphView graph, NeighborDirection direction) {
  return estimate_neighbors_memory(graph, direction, true);
}

/// The entry at a position of a matrix.
inline double walk_weight(const CsrView& a, std::size_t position) noexcept {
  return a.weighted() ? static_cast<double>(a.weights[position]) : 1.0;
}

}  // namespace adjoin::detail
