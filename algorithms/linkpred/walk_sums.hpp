// A private part of linkpred: weighted numbers of walks between pairs of nodes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <adjoin/algorithms/linkpred/source_groups.hpp>
#include <adjoin/algorithms/linkpred/walk_matrix.hpp>

namespace adjoin::detail {

/// For each question: sum over l = 1 .. size of coefficients[l - 1] damping^l (A^l)_xy, with A the matrix, x the source
/// and y the target. The row of x is carried from hop to hop; only its entries that are not 0 are touched, and the last
/// hop is taken at the targets alone. A question's value does not depend on the others.
/// Cost.    O(coefficients m) a source, less while its walks reach little. 24 bytes a node and thread.
Array<double> walk_sums(RunContext& context, const WalkMatrix& matrix, const SourceGroups& groups,
                        std::span<const double> coefficients, double damping, std::string_view stage);

/// Bytes of walk_sums, its result among them.
std::uint64_t estimate_walk_sums_memory(std::size_t node_count, std::size_t pair_count, int threads);

/// A sum as a float. InvalidData, with the pair's names, if a float cannot hold it. knob: what lowers it.
float rounded_sum(GraphView graph, Edge pair, double sum, std::string_view knob);

/// The same for each pair.
Array<float> rounded_sums(GraphView graph, std::span<const Edge> pairs, std::span<const double> sums,
                          std::string_view knob);

}  // namespace adjoin::detail
