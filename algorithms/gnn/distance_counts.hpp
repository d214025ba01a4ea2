// How many nodes are how far from both ends of a pair: the structural labels of BUDDY, exactly.
//
// Source.  Chamberlain, Shirobokov, Rossi, Frasca, Markovich, Hammerla, Bronstein, Hansmire: Graph neural networks for
//          link prediction with subgraph sketching, ICLR 2023, section 3 and equations 4 and 5, with k = 2.
// Method.  A[a, b] counts the nodes at distance a from one end and b from the other, B[a] those at distance a from one
//          and further than 2 from the other. The two ends are not counted, and an edge between them is not walked
//          along. Which end is the first is settled by the counts, so that the numbers of (x, y) are those of (y, x).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin::gnn {

/// The counts of one pair, of an end first and an end second.
struct DistanceCounts {
  float one_one = 0;     // A[1, 1], the common neighbours
  float one_two = 0;     // A[1, 2]
  float two_one = 0;     // A[2, 1]
  float two_two = 0;     // A[2, 2]
  float first_one = 0;   // B[1] of the first end
  float first_two = 0;   // B[2]
  float second_one = 0;  // B[1] of the second
  float second_two = 0;

  /// With the ends exchanged if what is around the second compares less.
  DistanceCounts in_order() const noexcept;
};

inline constexpr std::size_t distance_count_columns = 8;

/// Writes the counts in the order in which they are declared. row: distance_count_columns numbers.
void put_row(const DistanceCounts& counts, std::span<float> row) noexcept;

/// pairs x distance_count_columns. adjacency: square, symmetric, without self-loops; its weights play no part.
/// Cost.    The neighbours' neighbours of both ends of each pair: for hubs, sketches are cheaper
///          (neighborhood_sketch.hpp). A byte a node for each of at most 64 tasks.
/// Repeat.  The same for any number of threads.
Matrix distance_counts(RunContext& context, const CsrView& adjacency, std::span<const Edge> pairs);

}  // namespace adjoin::gnn
