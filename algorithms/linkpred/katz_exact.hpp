// A private part of linkpred: Katz scores by a factorisation of the whole matrix.
#pragma once

#include <cstdint>

#include <adjoin/algorithms/linkpred/source_groups.hpp>
#include <adjoin/algorithms/linkpred/walk_matrix.hpp>

namespace adjoin::detail {

/// For each question ((I - beta A)^-1)_xy, with A the matrix, x the source and y another node, the target.
/// InvalidOption for a beta at or above 1 / spectral radius, to rounding.
Array<double> exact_katz(RunContext& context, const WalkMatrix& matrix, const SourceGroups& groups, double beta);

/// Bytes of exact_katz, its result among them.
std::uint64_t estimate_exact_katz_memory(std::size_t node_count, std::size_t pair_count, int threads);

}  // namespace adjoin::detail
