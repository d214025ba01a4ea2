// A graph as Boost.Graph sees one, without a copy: VertexListGraph, EdgeListGraph, IncidenceGraph, AdjacencyGraph and
// BidirectionalGraph (www.boost.org/libs/graph/doc), with property maps for vertex_index, edge_weight and edge_index.
//
// Vertices are NodeIds. A self-loop of an undirected graph is one edge that its node has once, where Boost's own
// adjacency_list lists it twice. Only those who include this header need Boost.Graph, which is headers alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/iterator_facade.hpp>
#include <boost/property_map/property_map.hpp>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {

/// An edge as seen from one of its nodes. Undirected edges are equal whichever way they are seen.
template <bool is_directed>
struct BoostEdge {
  NodeId source{};
  NodeId target{};
  float weight = 1;

  friend bool operator==(const BoostEdge& a, const BoostEdge& b) noexcept {
    const bool same = a.source == b.source && a.target == b.target;
    return is_directed ? same : same || (a.source == b.target && a.target == b.source);
  }
  friend bool operator!=(const BoostEdge& a, const BoostEdge& b) noexcept { return !(a == b); }
};

template <bool is_directed>
class BoostGraph {
 public:
  using Edge = BoostEdge<is_directed>;

  /// Makes a directed graph's transpose unless it is there (GraphView::in). The graph must outlive this. InvalidData if
  /// the graph is of the other kind.
  BoostGraph(RunContext& context, GraphView graph) : graph_(graph), out_(graph.out()), in_(graph.in(context)) {
    if (graph.directed() != is_directed) {
      throw InvalidData(is_directed ? "the graph is undirected, and DirectedBoostGraph takes directed ones"
                                    : "the graph is directed, and UndirectedBoostGraph takes undirected ones");
    }
  }

  const GraphView& graph() const noexcept { return graph_; }
  const CsrView& out() const noexcept { return out_; }
  const CsrView& in() const noexcept { return in_; }

  class VertexIterator
      : public boost::iterator_facade<VertexIterator, NodeId, boost::random_access_traversal_tag, NodeId> {
   public:
    VertexIterator() = default;
    explicit VertexIterator(std::size_t at) : at_(at) {}

   private:
    friend class boost::iterator_core_access;
    NodeId dereference() const { return node_id(at_); }
    bool equal(const VertexIterator& other) const { return at_ == other.at_; }
    void increment() { ++at_; }
    void decrement() { --at_; }
    void advance(std::ptrdiff_t steps) { at_ += static_cast<std::size_t>(steps); }
    std::ptrdiff_t distance_to(const VertexIterator& other) const {
      return static_cast<std::ptrdiff_t>(other.at_) - static_cast<std::ptrdiff_t>(at_);
    }
    std::size_t at_ = 0;
  };

  /// The entries of one row, as edges out of its node or into it.
  template <bool is_out>
  class RowIterator
      : public boost::iterator_facade<RowIterator<is_out>, Edge, boost::random_access_traversal_tag, Edge> {
   public:
    RowIterator() = default;
    RowIterator(const CsrView& matrix, NodeId row, std::size_t at) : matrix_(&matrix), row_(row), at_(at) {}

   private:
    friend class boost::iterator_core_access;
    Edge dereference() const {
      const NodeId other = matrix_->targets[at_];
      const float weight = matrix_->weighted() ? matrix_->weights[at_] : 1.0F;
      return is_out ? Edge{row_, other, weight} : Edge{other, row_, weight};
    }
    bool equal(const RowIterator& other) const { return at_ == other.at_; }
    void increment() { ++at_; }
    void decrement() { --at_; }
    void advance(std::ptrdiff_t steps) { at_ += static_cast<std::size_t>(steps); }
    std::ptrdiff_t distance_to(const RowIterator& other) const {
      return static_cast<std::ptrdiff_t>(other.at_) - static_cast<std::ptrdiff_t>(at_);
    }
    const CsrView* matrix_ = nullptr;
    NodeId row_{};
    std::size_t at_ = 0;
  };

  /// All entries row by row; of an undirected graph those on and right of the diagonal, so that each edge comes once.
  class EdgeIterator : public boost::iterator_facade<EdgeIterator, Edge, boost::forward_traversal_tag, Edge> {
   public:
    EdgeIterator() = default;
    EdgeIterator(const CsrView& matrix, std::size_t at) : matrix_(&matrix), at_(at) { settle(); }

   private:
    friend class boost::iterator_core_access;
    Edge dereference() const {
      return {node_id(row_), matrix_->targets[at_], matrix_->weighted() ? matrix_->weights[at_] : 1.0F};
    }
    bool equal(const EdgeIterator& other) const { return at_ == other.at_; }
    void increment() {
      ++at_;
      settle();
    }
    void settle() {
      for (; at_ < matrix_->nonzero_count(); ++at_) {
        while (at_ >= matrix_->row_end(row_)) ++row_;
        if (is_directed || index(matrix_->targets[at_]) >= row_) return;
      }
    }
    const CsrView* matrix_ = nullptr;
    std::size_t row_ = 0;
    std::size_t at_ = 0;
  };

  // What boost::graph_traits asks for.
  struct TraversalCategory : virtual boost::bidirectional_graph_tag,
                             virtual boost::adjacency_graph_tag,
                             virtual boost::vertex_list_graph_tag,
                             virtual boost::edge_list_graph_tag {};
  using traversal_category = TraversalCategory;
  using vertex_descriptor = NodeId;
  using edge_descriptor = Edge;
  using directed_category = std::conditional_t<is_directed, boost::bidirectional_tag, boost::undirected_tag>;
  using edge_parallel_category = boost::disallow_parallel_edge_tag;
  using vertex_iterator = VertexIterator;
  using edge_iterator = EdgeIterator;
  using out_edge_iterator = RowIterator<true>;
  using in_edge_iterator = RowIterator<false>;
  using adjacency_iterator = const NodeId*;
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  static NodeId null_vertex() noexcept { return no_node; }

 private:
  GraphView graph_;
  CsrView out_;
  CsrView in_;
};

using DirectedBoostGraph = BoostGraph<true>;
using UndirectedBoostGraph = BoostGraph<false>;

// The functions of the concepts, found by argument-dependent lookup. Each is O(1).

template <bool d>
std::pair<typename BoostGraph<d>::vertex_iterator, typename BoostGraph<d>::vertex_iterator> vertices(
    const BoostGraph<d>& g) {
  using Iterator = typename BoostGraph<d>::vertex_iterator;
  return {Iterator(0), Iterator(g.graph().node_count())};
}
template <bool d>
std::size_t num_vertices(const BoostGraph<d>& g) {
  return g.graph().node_count();
}
template <bool d>
std::pair<typename BoostGraph<d>::edge_iterator, typename BoostGraph<d>::edge_iterator> edges(const BoostGraph<d>& g) {
  using Iterator = typename BoostGraph<d>::edge_iterator;
  return {Iterator(g.out(), 0), Iterator(g.out(), g.out().nonzero_count())};
}
template <bool d>
std::size_t num_edges(const BoostGraph<d>& g) {
  return g.graph().edge_count();
}
template <bool d>
NodeId source(const BoostEdge<d>& edge, const BoostGraph<d>&) {
  return edge.source;
}
template <bool d>
NodeId target(const BoostEdge<d>& edge, const BoostGraph<d>&) {
  return edge.target;
}
template <bool d>
auto out_edges(NodeId v, const BoostGraph<d>& g) {
  using Iterator = typename BoostGraph<d>::out_edge_iterator;
  return std::pair(Iterator(g.out(), v, g.out().row_begin(index(v))), Iterator(g.out(), v, g.out().row_end(index(v))));
}
template <bool d>
auto in_edges(NodeId v, const BoostGraph<d>& g) {
  using Iterator = typename BoostGraph<d>::in_edge_iterator;
  return std::pair(Iterator(g.in(), v, g.in().row_begin(index(v))), Iterator(g.in(), v, g.in().row_end(index(v))));
}
template <bool d>
std::pair<const NodeId*, const NodeId*> adjacent_vertices(NodeId v, const BoostGraph<d>& g) {
  const auto row = g.out().row_targets(index(v));
  return {row.data(), row.data() + row.size()};
}
template <bool d>
std::size_t out_degree(NodeId v, const BoostGraph<d>& g) {
  return g.out().row_size(index(v));
}
template <bool d>
std::size_t in_degree(NodeId v, const BoostGraph<d>& g) {
  return g.in().row_size(index(v));
}
/// Edges in and out; of an undirected graph the edges that the node has.
template <bool d>
std::size_t degree(NodeId v, const BoostGraph<d>& g) {
  return d ? out_degree(v, g) + in_degree(v, g) : out_degree(v, g);
}

// Property maps: get(boost::vertex_index, g), get(boost::edge_weight, g), get(boost::edge_index, g).

struct BoostVertexIndex {
  using key_type = NodeId;
  using value_type = std::size_t;
  using reference = std::size_t;
  using category = boost::readable_property_map_tag;
  friend std::size_t get(const BoostVertexIndex&, NodeId v) noexcept { return index(v); }
};

/// 1 where the graph is unweighted.
template <bool d>
struct BoostEdgeWeight {
  using key_type = BoostEdge<d>;
  using value_type = float;
  using reference = float;
  using category = boost::readable_property_map_tag;
  friend float get(const BoostEdgeWeight&, const BoostEdge<d>& edge) noexcept { return edge.weight; }
};

/// A number of its own for each edge, below out().nonzero_count(): where it stands in the arrays of the graph, an
/// undirected one in the row of its lower node. O(log degree).
template <bool d>
struct BoostEdgeIndex {
  using key_type = BoostEdge<d>;
  using value_type = std::size_t;
  using reference = std::size_t;
  using category = boost::readable_property_map_tag;
  const CsrView* matrix = nullptr;
  friend std::size_t get(const BoostEdgeIndex& map, const BoostEdge<d>& edge) noexcept {
    const NodeId row = d ? edge.source : std::min(edge.source, edge.target);
    const NodeId column = d ? edge.target : std::max(edge.source, edge.target);
    const auto targets = map.matrix->row_targets(index(row));
    const auto at = std::lower_bound(targets.begin(), targets.end(), column);
    return map.matrix->row_begin(index(row)) + static_cast<std::size_t>(at - targets.begin());
  }
};

template <bool d>
BoostVertexIndex get(boost::vertex_index_t, const BoostGraph<d>&) {
  return {};
}
template <bool d>
BoostEdgeWeight<d> get(boost::edge_weight_t, const BoostGraph<d>&) {
  return {};
}
template <bool d>
BoostEdgeIndex<d> get(boost::edge_index_t, const BoostGraph<d>& g) {
  return {&g.out()};
}
template <class Tag, bool d, class Key>
auto get(Tag tag, const BoostGraph<d>& g, const Key& key) {
  return get(get(tag, g), key);
}

}  // namespace adjoin

namespace boost {

template <bool d>
struct property_map<adjoin::BoostGraph<d>, vertex_index_t> {
  using type = adjoin::BoostVertexIndex;
  using const_type = type;
};
template <bool d>
struct property_map<adjoin::BoostGraph<d>, edge_weight_t> {
  using type = adjoin::BoostEdgeWeight<d>;
  using const_type = type;
};
template <bool d>
struct property_map<adjoin::BoostGraph<d>, edge_index_t> {
  using type = adjoin::BoostEdgeIndex<d>;
  using const_type = type;
};

}  // namespace boost
