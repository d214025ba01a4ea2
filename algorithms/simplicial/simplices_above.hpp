// The simplices of one node seen from it: which pairs and triples of the nodes above it they have. For algorithms.
//
// Method.  As in triangle_visitor.hpp a set of nodes is looked at from its lowest by degree, so that the others are few
//          and a bit stands for each pair of them. A simplex of k nodes is taken apart once for each of its nodes, or
//          for each of its pairs, and no set of nodes is looked up or stored.
#pragma once

#include <cstdint>
#include <vector>

#include <adjoin/algorithms/simplicial/triangle_visitor.hpp>

namespace adjoin::detail {

/// A square of bits; rows that were written to are cleared alone.
class BitRows {
 public:
  /// All of size x size bits 0.
  void reset(std::size_t size);
  /// The same, if only rows told by touch() have bits.
  void clear_touched();

  std::size_t words_per_row() const noexcept { return words_per_row_; }
  std::uint64_t* row(std::size_t i) noexcept { return bits_.data() + i * words_per_row_; }
  const std::uint64_t* row(std::size_t i) const noexcept { return bits_.data() + i * words_per_row_; }
  void set(std::size_t i, std::size_t j) noexcept { row(i)[j / 64] |= std::uint64_t{1} << (j % 64); }
  bool has(std::size_t i, std::size_t j) const noexcept { return (row(i)[j / 64] >> (j % 64) & 1) != 0; }

  void touch(std::size_t i) {
    if (is_touched_[i] == 0) touched_.push_back(static_cast<std::uint32_t>(i));
    is_touched_[i] = 1;
  }
  const std::vector<std::uint32_t>& touched() const noexcept { return touched_; }

 private:
  std::size_t words_per_row_ = 0;
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint8_t> is_touched_;
  std::vector<std::uint32_t> touched_;
};

/// The simplices of a node u as places among the `size` nodes above it.
class SimplicesAbove {
 public:
  /// places[v] is 1 + the place of v among the nodes above u, or 0.
  void collect(const Incidence& incidence, NodeId u, const Array<std::uint32_t>& places, std::size_t size);

  /// Sets once(i, j) for places i < j if a simplex has both, and twice(i, j) if several have.
  void mark_pairs(BitRows& once, BitRows& twice) const;
  /// Sets rows(j, k) for places i < j < k if a simplex has i, j and k; only rows that it touches.
  void mark_pairs_with(std::size_t i, BitRows& rows) const;

  std::size_t simplex_count() const noexcept { return begins_.size() - 1; }

 private:
  /// The members of a simplex from one of them on.
  struct Tail {
    std::size_t begin;
    std::size_t end;
  };
  std::vector<std::uint32_t> members_;  // of all simplices, in increasing order within each
  std::vector<std::size_t> begins_;     // of each simplex among these, and their end
  std::vector<std::size_t> first_of_;   // of each place, its first among occurrences_, and their end
  std::vector<Tail> occurrences_;       // by the place that they begin with, of three nodes and more
};

/// 1 + the place of each node among those above one node, for as long as this lives; else 0.
class PlacesAbove {
 public:
  PlacesAbove(Array<std::uint32_t>& places, std::span<const NodeId> row) : places_(places), row_(row) {
    for (std::size_t i = 0; i < row.size(); ++i) places_[index(row[i])] = static_cast<std::uint32_t>(i + 1);
  }
  ~PlacesAbove() {
    for (const NodeId v : row_) places_[index(v)] = 0;
  }
  PlacesAbove(const PlacesAbove&) = delete;
  PlacesAbove& operator=(const PlacesAbove&) = delete;

 private:
  Array<std::uint32_t>& places_;
  std::span<const NodeId> row_;
};

/// A node, the nodes above it, 1 + the place of each node among these or 0, and its simplices.
struct LowestNode {
  NodeId node;
  std::span<const NodeId> row;
  const Array<std::uint32_t>& places;
  const SimplicesAbove& simplices;
};

/// Calls body(LowestNode) for the nodes of a task that have at least `least` neighbours above them; task t has the
/// nodes t, t + tasks, ... of the ranking, so that the nodes with most work, which are near one another in it, go to
/// different tasks.
template <class Body>
void for_nodes_of(const Projection& projection, const NeighborsAbove& ranked, std::size_t task, std::size_t tasks,
                  std::size_t least, Body&& body) {
  const CsrView above = ranked.above.view();
  Array<std::uint32_t> places(above.row_count(), 0U);
  SimplicesAbove simplices;
  for (std::size_t rank = task; rank < above.row_count(); rank += tasks) {
    const NodeId u = ranked.nodes[rank];
    const auto row = above.row_targets(index(u));
    if (row.size() < least) continue;
    const PlacesAbove placed(places, row);
    simplices.collect(projection.incidence, u, places, row.size());
    body(LowestNode{u, row, places, simplices});
  }
}

/// As triangle_task_count, in smaller tasks: sets of four and more take more time than the entries of rows.
std::size_t clique_task_count(const CsrView& above);

/// How many nodes the simplices of a node have, counted in each, for the node with most.
std::uint64_t most_members(const Incidence& incidence) noexcept;

/// What a projection of simplices has at most: as if no two shared a pair, or as if all nodes were joined.
struct ProjectionBounds {
  std::uint64_t edges = 0;
  std::uint64_t closed_triangles = 0;
  std::uint64_t weights = 0;  // of all edges together
  std::uint64_t members = 0;  // as most_members
};
/// O(nodes of simplices); 8 bytes a node.
ProjectionBounds projection_bounds(const SimplexView& simplices, int max_size);

/// Bytes of NeighborsAbove and of for_nodes_of, with so many squares of bits (BitRows) on each thread.
std::uint64_t estimate_ranked_visit_memory(std::uint64_t nodes, std::uint64_t edges, std::uint64_t members, int squares,
                                           int threads) noexcept;

}  // namespace adjoin::detail
