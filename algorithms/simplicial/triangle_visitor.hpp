// Every triangle of a projected graph once, with its three weights and whether a simplex has all of it. For algorithms.
//
// Method.  Nodes are ranked by degree, so that a triangle is found from its lowest node u, which has few neighbours
//          above it (Schank, Wagner, WEA 2005). A bit for each pair of these says whether a simplex of u has both: so a
//          simplex of k nodes is taken apart once for each of its nodes, and no triple is looked up or stored. A second
//          table of bits does the same for other simplices, those that come later.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <adjoin/algorithms/simplicial/projection.hpp>

namespace adjoin::detail {

/// A triangle {u, v, w}, in this order of (degree, id).
struct WeightedTriangle {
  NodeId u;
  NodeId v;
  NodeId w;
  float uv;
  float uw;
  float vw;
  bool closed;        // by a simplex of the projection
  bool closed_later;  // by one of the later simplices, if there are any
};

/// The neighbours of each node that are above it by (degree, id), in that order.
struct NeighborsAbove {
  NeighborsAbove(RunContext& context, GraphView graph);

  Array<NodeId> nodes;  // from the lowest
  Csr above;            // by node id
};

/// For each pair of the nodes above u whether a simplex has both, and u.
class PairBits {
 public:
  void clear(std::size_t size) {
    words_per_row_ = (size + 63) / 64;
    bits_.assign(size * words_per_row_, 0);
  }
  /// The simplices of `node` in `incidence`; places[v] is 1 + the place of v among the nodes above, or 0.
  void add_simplices(const Incidence& incidence, NodeId node, const Array<std::uint32_t>& places);
  bool has(std::size_t lower, std::size_t higher) const noexcept {
    return (bits_[lower * words_per_row_ + higher / 64] >> (higher % 64) & 1) != 0;
  }

 private:
  std::size_t words_per_row_ = 0;
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> members_;
};

/// The work cut into tasks, as a function of the graph alone; task t has the nodes t, t + tasks, ... of the ranking.
std::size_t triangle_task_count(const CsrView& above);

/// Calls visit(triangle) for the triangles of one task, in an order that the graph alone decides. later: simplices of
/// the same nodes, or null.
template <class Visit>
void visit_triangles(const Projection& projection, const NeighborsAbove& ranked, const Incidence* later,
                     std::size_t task, std::size_t tasks, Visit&& visit) {
  const CsrView above = ranked.above.view();
  Array<std::uint32_t> places(above.row_count(), 0U);
  PairBits now;
  PairBits then;
  for (std::size_t rank = task; rank < above.row_count(); rank += tasks) {
    const NodeId u = ranked.nodes[rank];
    const auto row = above.row_targets(index(u));
    if (row.size() < 2) continue;
    const auto weights = above.row_weights(index(u));
    for (std::size_t i = 0; i < row.size(); ++i) places[index(row[i])] = static_cast<std::uint32_t>(i + 1);
    now.clear(row.size());
    now.add_simplices(projection.incidence, u, places);
    if (later != nullptr) {
      then.clear(row.size());
      then.add_simplices(*later, u, places);
    }
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      const auto next = above.row_targets(index(row[i]));
      const auto next_weights = above.row_weights(index(row[i]));
      for (std::size_t k = 0; k < next.size(); ++k) {
        if (places[index(next[k])] == 0) continue;
        const std::size_t j = places[index(next[k])] - 1;
        visit(WeightedTriangle{u, row[i], next[k], weights[i], weights[j], next_weights[k], now.has(i, j),
                               later != nullptr && then.has(i, j)});
      }
    }
    for (const NodeId v : row) places[index(v)] = 0;
  }
}

/// Bytes beyond the projection, on so many threads.
std::uint64_t estimate_triangle_visit_memory(GraphView graph, int threads) noexcept;

/// InvalidOption unless the projection's weights are counts.
void require_counts(const Projection& projection);

}  // namespace adjoin::detail
