#include <utility>

#include <adjoin/algorithms/evaluate/node_pairs.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>

namespace adjoin::detail {
namespace {

/// Calls body(edge, entry) for every edge of the graph, an undirected one once, that keep(edge) says yes to.
template <class Keep, class Body>
void for_edges(GraphView graph, Keep&& keep, Body&& body) {
  const CsrView out = graph.out();
  for (std::size_t u = 0; u < out.row_count(); ++u) {
    for (std::size_t e = out.row_begin(u); e < out.row_end(u); ++e) {
      const Edge edge{node_id(u), out.targets[e]};
      if (!graph.directed() && edge.target < edge.source) continue;
      if (keep(edge)) body(edge, e);
    }
  }
}

template <class Keep>
Graph rebuilt(RunContext& context, GraphView graph, Keep&& keep, std::span<const Edge> added) {
  const CsrView out = graph.out();
  std::size_t count = added.size();
  for_edges(graph, keep, [&](Edge, std::size_t) { ++count; });
  Array<Edge> edges(count);
  Array<float> weights(out.weighted() ? count : 0);
  std::size_t i = 0;
  for_edges(graph, keep, [&](Edge edge, std::size_t entry) {
    edges[i] = edge;
    if (out.weighted()) weights[i] = out.weights[entry];
    ++i;
  });
  for (const Edge& edge : added) {
    edges[i] = edge;
    if (out.weighted()) weights[i] = 1;
    ++i;
  }
  BuildOptions build;
  build.directed = graph.directed();
  build.self_loops = SelfLoops::keep;
  return build_graph(context, std::move(edges), std::move(weights), graph.shared_nodes(), build).graph;
}

}  // namespace

std::vector<Edge> sorted_pairs(std::span<const Edge> edges) {
  std::vector<Edge> pairs;
  pairs.reserve(edges.size());
  for (const Edge& edge : edges) pairs.push_back(as_pair(edge.source, edge.target));
  std::ranges::sort(pairs, before);
  pairs.erase(std::ranges::unique(pairs, same).begin(), pairs.end());
  return pairs;
}

Graph graph_without(RunContext& context, GraphView graph, std::span<const Edge> some, std::span<const Edge> others) {
  return rebuilt(context, graph,
                 [&](Edge edge) {
                   const Edge pair = as_pair(edge.source, edge.target);
                   return !contains(some, pair) && !contains(others, pair);
                 },
                 {});
}

Graph graph_with(RunContext& context, GraphView graph, std::span<const Edge> some, std::span<const Edge> others) {
  std::vector<Edge> added(some.begin(), some.end());
  added.insert(added.end(), others.begin(), others.end());
  added = sorted_pairs(added);
  const NodePairs pairs(context, graph);
  std::erase_if(added, [&](const Edge& pair) { return pairs.joined(pair.source, pair.target); });
  return rebuilt(context, graph, [](Edge) { return true; }, added);
}

}  // namespace adjoin::detail
