// A private part of evaluate: a graph as the pairs of nodes that it joins, whichever way its edges go.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::detail {

/// The pair of two nodes, the smaller id first.
inline Edge as_pair(NodeId a, NodeId b) noexcept {
  return {std::min(a, b), std::max(a, b)};
}

inline bool before(const Edge& a, const Edge& b) noexcept {
  return a.source != b.source ? a.source < b.source : a.target < b.target;
}

inline bool same(const Edge& a, const Edge& b) noexcept {
  return a.source == b.source && a.target == b.target;
}

inline std::uint64_t as_number(Edge pair) noexcept {
  return std::uint64_t{index(pair.source)} << 32 | index(pair.target);
}

/// pairs: in order.
inline bool contains(std::span<const Edge> pairs, Edge pair) noexcept {
  return std::binary_search(pairs.begin(), pairs.end(), pair, before);
}

/// Pairs in order, each once.
std::vector<Edge> sorted_pairs(std::span<const Edge> edges);

class NodePairs {
 public:
  NodePairs(RunContext& context, GraphView graph) : out_(graph.out()), in_(graph.in(context)) {}

  std::size_t node_count() const noexcept { return out_.row_count(); }

  /// Whether there is an edge between them, in either direction.
  bool joined(NodeId u, NodeId v) const noexcept {
    return std::ranges::binary_search(out_.row_targets(index(u)), v) ||
           std::ranges::binary_search(in_.row_targets(index(u)), v);
  }

  /// Calls body(v) for every node v with an edge to or from u, u itself perhaps, in order of ids, once.
  template <class Body>
  void for_neighbors(NodeId u, Body&& body) const {
    const auto a = out_.row_targets(index(u));
    const auto b = in_.row_targets(index(u));
    auto i = a.begin();
    auto j = b.begin();
    while (i != a.end() || j != b.end()) {
      const NodeId v = j == b.end() || (i != a.end() && *i < *j) ? *i : *j;
      if (i != a.end() && *i == v) ++i;
      if (j != b.end() && *j == v) ++j;
      body(v);
    }
  }

  /// Calls body(u, v) for every pair u < v of nodes with an edge between them, once.
  template <class Body>
  void for_each(Body&& body) const {
    for (std::size_t u = 0; u < node_count(); ++u) {
      for_neighbors(node_id(u), [&](NodeId v) {
        if (index(v) > u) body(node_id(u), v);
      });
    }
  }

  std::size_t count() const {
    std::size_t pairs = 0;
    for_each([&](NodeId, NodeId) { ++pairs; });
    return pairs;
  }

 private:
  CsrView out_;
  CsrView in_;
};

/// The graph without the edges of these pairs, each list in order; all its nodes, weights and self-loops stay.
Graph graph_without(RunContext& context, GraphView graph, std::span<const Edge> some, std::span<const Edge> others);

/// The graph with an edge more, of weight 1, for each pair that it does not join.
Graph graph_with(RunContext& context, GraphView graph, std::span<const Edge> some, std::span<const Edge> others);

}  // namespace adjoin::detail
