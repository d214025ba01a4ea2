// The graph: immutable, valid by construction, in compressed sparse rows.
#pragma once

#include <cstddef>
#include <memory>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

class Graph;
class GraphView;

namespace detail {
struct GraphState;
/// For build_graph, which keeps the invariants by construction: no check.
Graph graph_of_valid(Csr adjacency, std::shared_ptr<const NodeIndex> nodes, bool directed, std::size_t edge_count);
/// For a store, whose checksums vouch for what adjoin wrote: checks all that memory safety rests on, row by row, but
/// not that an undirected edge stands in both rows. `in`: the transpose of a directed graph, or without rows.
Graph graph_of_stored(RunContext& context, Csr adjacency, Csr in, std::shared_ptr<const NodeIndex> nodes,
                      bool directed);
/// Whether the matrix of a directed graph equals its transpose, which it makes.
bool is_symmetric(RunContext& context, GraphView graph);
/// The same edges as an undirected graph; the matrix of the directed graph given is symmetric.
Graph as_undirected(RunContext& context, Graph graph);
/// What graph_of_stored leaves out: InvalidData if an undirected edge stands in one row only. O(m log d).
void check_symmetric(RunContext& context, GraphView graph);
}  // namespace detail

/// What algorithms take: a graph that somebody else owns. As cheap to copy as a pointer.
///
/// Invariants: n <= max_node_count; the neighbours of a node are distinct and in increasing order; weights, if any, are
/// finite and not negative; an undirected graph holds each edge in both rows with the same weight, a self-loop once.
class GraphView {
 public:
  std::size_t node_count() const noexcept;
  /// Edges as a user counts them: an undirected edge once.
  std::size_t edge_count() const noexcept;
  bool directed() const noexcept;
  bool weighted() const noexcept;
  const NodeIndex& nodes() const noexcept;
  /// The same, for those who keep the names longer than the graph.
  std::shared_ptr<const NodeIndex> shared_nodes() const noexcept;
  /// Whether in() is at hand already.
  bool has_transpose() const noexcept;

  /// Row v: the nodes that v points to (undirected: its neighbours).
  CsrView out() const noexcept;
  /// Row v: the nodes that point to v. Made on the first call and kept (O(m), the same bytes again as out()); safe to
  /// call from several threads, not from inside a parallel body. An undirected graph's is out() itself.
  CsrView in(RunContext& context) const;

  std::size_t out_degree(NodeId node) const noexcept { return out().row_size(index(node)); }

  /// Memory held, without a transpose that is not yet made.
  std::size_t bytes() const noexcept;

 private:
  friend class Graph;
  explicit GraphView(const detail::GraphState& state) noexcept : state_(&state) {}
  const detail::GraphState* state_;
};

/// Owns a graph. Move-only; made by build_graph (graph_builder.hpp), a reader or a generator.
class Graph {
 public:
  /// adjacency must keep the invariants of GraphView: checked, InvalidData if not. O(n + m).
  Graph(RunContext& context, Csr adjacency, NodeIndex nodes, bool directed);
  ~Graph();
  Graph(Graph&&) noexcept;
  Graph& operator=(Graph&&) noexcept;

  GraphView view() const& noexcept;
  GraphView view() && = delete;  // the graph would be gone before the view is used
  operator GraphView() const& noexcept {
    return view();
  }  // NOLINT(google-explicit-constructor): a graph is its own view
  operator GraphView() && = delete;

 private:
  friend Graph detail::graph_of_valid(Csr adjacency, std::shared_ptr<const NodeIndex> nodes, bool directed,
                                      std::size_t edge_count);
  friend Graph detail::as_undirected(RunContext& context, Graph graph);
  friend Graph detail::graph_of_stored(RunContext& context, Csr adjacency, Csr in,
                                       std::shared_ptr<const NodeIndex> nodes, bool directed);
  explicit Graph(std::unique_ptr<detail::GraphState> state) noexcept;
  std::unique_ptr<detail::GraphState> state_;
};

}  // namespace adjoin
