// What counts of nodes around a pair are to a network: numbers of like size.
//
// Source.  Chamberlain et al., ICLR 2023, and the program that the authors released, for the counts over the root of
//          the product of the degrees and for resource allocation (Zhou, Lü, Zhang 2009) beside them. That counts
//          enter as logarithms is ours: on graphs with hubs they span five orders of magnitude.
#pragma once

#include <cstddef>
#include <span>

#include <adjoin/algorithms/gnn/distance_counts.hpp>

namespace adjoin::gnn {

/// log(1 + c) of each count; c / sqrt(d_u d_v), 0 where an end has no neighbour; and the sum of 1 / d_w over the common
/// neighbours w. Degrees of the ends are without an edge between them.
inline constexpr std::size_t count_column_count = 2 * distance_count_columns + 1;

/// pairs x count_column_count. counts: those of the pairs, as distance_counts or a sketch has them. adjacency: as they
/// were counted in. An intersection a pair. The same for any number of threads.
Matrix count_columns(RunContext& context, const CsrView& adjacency, std::span<const Edge> pairs,
                     MatrixView<const float> counts);

}  // namespace adjoin::gnn
