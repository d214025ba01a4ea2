// A private part of linkpred: resistances by random projections.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/algorithms/linkpred/resistance_distance.hpp>
#include <adjoin/algorithms/linkpred/walk_matrix.hpp>

namespace adjoin::detail {

/// InvalidOption if the matrix would have more than 2^31 - 1 entries.
ResistanceDistances projected_resistances(RunContext& context, const NodeIndex& nodes, const WalkMatrix& matrix,
                                          std::span<const Edge> pairs, const ResistanceOptions& options);

/// Bytes of it beside the matrix and the result. a: the graph's edges.
std::uint64_t estimate_projected_resistance_memory(const CsrView& a, int threads);

}  // namespace adjoin::detail
