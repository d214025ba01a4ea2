// A graph in a few numbers: what `adjoin info` prints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/engine/graph/graph.hpp>

namespace adjoin {

struct GraphSummary {
  std::size_t nodes = 0;
  std::size_t edges = 0;
  bool directed = false;
  bool weighted = false;
  std::size_t self_loops = 0;
  std::size_t isolated_nodes = 0;  // no edge in or out
  std::size_t components = 0;      // weakly connected, isolated nodes included
  std::size_t largest_component = 0;
  std::size_t degeneracy =
      0;               // of an undirected graph: the largest k for which a subgraph's nodes all have k neighbors
  double density = 0;  // edges over possible edges, self-loops not counted
  std::size_t min_degree = 0, median_degree = 0, max_degree = 0;  // out-degree of a directed graph
  double mean_degree = 0;
  std::vector<NodeId> hubs;                                 // the nodes of highest degree, highest first, ties by id
  double min_weight = 1, max_weight = 1, total_weight = 0;  // total over edges as counted in `edges`
  std::uint64_t bytes = 0;
};

/// O(n + m) work; O(n + m) memory. Core numbers through Boost.Graph (Batagelj, Zaversnik 2003). hub_count: how many
/// hubs to name.
GraphSummary summarize(RunContext& context, GraphView graph, std::size_t hub_count = 5);

}  // namespace adjoin
