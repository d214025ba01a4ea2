// The counts of distance_counts.hpp, estimated from sketches of what is around each node: O(1) a pair, whatever hubs
// there are.
//
// Source.  Chamberlain et al., ICLR 2023, section 4: MinHash (Broder 1997) tells the share that two sets have in
//          common, HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) the size of their union. Sizes are estimated as
//          Ertl: New cardinality estimation algorithms for HyperLogLog sketches, 2017, section 4, has it, without
//          tables for small sets.
// Method.  A node's sets are itself with its neighbours, and those with theirs. A sketch of a union is the entrywise
//          minimum or maximum of sketches, so those of all nodes cost a pass along the edges for each distance. Counts
//          follow by inclusion and exclusion. What is cheap to know exactly, degrees and common neighbours, is not
//          estimated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/algorithms/gnn/distance_counts.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin::gnn {

/// Sketches of all nodes of one graph, made anew for other edges in the same memory.
class NeighborhoodSketches {
 public:
  static constexpr std::size_t hash_count = 128;      // of MinHash: standard error sqrt(j (1 - j) / 128)
  static constexpr std::size_t register_count = 256;  // of HyperLogLog: standard error 6.5 %

  /// Memory for n nodes, and the hashes of each, drawn by the context's seed.
  NeighborhoodSketches(RunContext& context, std::size_t node_count);

  /// Sets the sketches to those of a graph, which must outlive their use. adjacency: square, symmetric, without
  /// self-loops. Bytes: 768 for each entry and distance, gathered by rows. The same for any number of threads.
  void assign(RunContext& context, const CsrView& adjacency);

  /// pairs x distance_count_columns, none below 0. Where the graph has an edge between the two ends of a pair, what is
  /// two steps away along it counts, unlike in distance_counts. 1.5 KB read a pair, and one intersection.
  Matrix counts(RunContext& context, std::span<const Edge> pairs) const;

  static std::uint64_t bytes(std::size_t node_count) noexcept;

 private:
  /// MinHash and HyperLogLog of each node's set.
  struct Level {
    Array<std::uint32_t> minima;
    Array<std::uint8_t> registers;
  };

  void merge(RunContext& context, const Level& from, Level& to) const;
  DistanceCounts estimate(const Edge& pair) const;
  double shared(const Level& a, NodeId u, const Level& b, NodeId v) const;

  CsrView adjacency_;
  Level nodes_;          // of each node alone
  Level one_;            // of itself and its neighbours
  Level two_;            // and theirs
  Array<float> within_;  // how many nodes are within two steps
};

}  // namespace adjoin::gnn
