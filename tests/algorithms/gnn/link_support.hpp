// What the tests of link prediction share: drawn graphs as adjacency matrices, and pairs of their nodes.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/random.hpp>

#include "random_graphs.hpp"
#include "with_threads.hpp"

namespace adjoin::test {

/// Undirected, without self-loops.
inline Graph drawn_graph(std::size_t nodes, std::size_t edges, std::uint64_t seed) {
  RunContext context;
  BuildOptions options;
  options.self_loops = SelfLoops::drop;
  return build_graph(context, to_array(random_edges(nodes, edges, seed)), {}, NodeIndex::range(nodes), options).graph;
}

/// Pairs of two different nodes, linked or not, some more than once.
inline std::vector<Edge> drawn_pairs(std::size_t nodes, std::size_t count, std::uint64_t seed) {
  RandomSequence random(seed, RandomStream::tests, 77);
  std::vector<Edge> pairs;
  while (pairs.size() < count) {
    const Edge pair{node_id(random.next_below(nodes)), node_id(random.next_below(nodes))};
    if (pair.source != pair.target) pairs.push_back(pair);
  }
  return pairs;
}

using NeighborSets = std::vector<std::set<std::size_t>>;

inline NeighborSets neighbor_sets(const CsrView& adjacency) {
  NeighborSets sets(adjacency.row_count());
  for (std::size_t u = 0; u < sets.size(); ++u) {
    for (const NodeId v : adjacency.row_targets(u)) sets[u].insert(index(v));
  }
  return sets;
}

}  // namespace adjoin::test
