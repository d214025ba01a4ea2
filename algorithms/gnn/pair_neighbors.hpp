// The neighbours that pairs of nodes share, and those that they would share if likely links were there: what NCN and
// NCNC add up.
//
// Source.  Wang, Yang, Zhang: Neural common neighbor with completion for link prediction, ICLR 2024, equations 6 and 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::gnn {

/// Row i names the common neighbours of pair i: p x n, without weights. An edge between the two plays no part, as no
/// node is its own neighbour. adjacency: square, without self-loops. As fast as intersections are, twice.
Csr common_neighbors(RunContext& context, const CsrView& adjacency, std::span<const Edge> pairs);

/// The same with those that are neighbours of one of the two only.
struct CompletedNeighbors {
  /// p x n. The weight of a common neighbour is 1; that of another is how likely the link is that it lacks: yet to be
  /// set, 0 here.
  Csr rows;
  /// The links that are lacking, and which entry of `rows` each is asked for.
  std::vector<Edge> questions;
  std::vector<EdgeOffset> entries;
};

/// Of the neighbours of one end that are none of the other's, the `most` with the fewest neighbours are taken, those
/// that say most (the authors draw some at random); the two nodes themselves never. O(sum of the neighbours of both).
CompletedNeighbors completed_neighbors(RunContext& context, const CsrView& adjacency, std::span<const Edge> pairs,
                                       std::size_t most);

}  // namespace adjoin::gnn
