// What the tests of splits and negatives share.
#pragma once

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"
#include "with_threads.hpp"

namespace adjoin::test {

using Pairs = std::set<std::pair<std::size_t, std::size_t>>;

inline Pairs pairs_of(const std::vector<Edge>& edges) {
  Pairs pairs;
  for (const Edge& edge : edges) pairs.insert({index(edge.source), index(edge.target)});
  return pairs;
}

/// Pairs of different nodes with an edge in either direction, the smaller id first.
inline Pairs pairs_of(GraphView graph) {
  Pairs pairs;
  const CsrView a = graph.out();
  for (std::size_t u = 0; u < a.row_count(); ++u) {
    for (const NodeId v : a.row_targets(u)) {
      if (index(v) != u) pairs.insert(std::minmax(u, index(v)));
    }
  }
  return pairs;
}

inline Graph graph_of(std::size_t nodes, const std::vector<Edge>& edges, bool directed = false) {
  RunContext context;
  BuildOptions options;
  options.directed = directed;
  options.self_loops = SelfLoops::keep;
  return build_graph(context, to_array(edges), {}, NodeIndex::range(nodes), options).graph;
}

inline Graph random_graph(std::size_t nodes, std::size_t edges, bool directed, std::uint64_t seed) {
  return graph_of(nodes, random_edges(nodes, edges, seed), directed);
}

inline Edge edge(std::size_t u, std::size_t v) {
  return {node_id(u), node_id(v)};
}

/// Whether none is in both.
inline bool disjoint(const Pairs& a, const Pairs& b) {
  return std::ranges::none_of(a, [&](const auto& pair) { return b.contains(pair); });
}

}  // namespace adjoin::test
