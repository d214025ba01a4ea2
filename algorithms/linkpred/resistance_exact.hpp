// A private part of linkpred: resistances by a factorisation of the Laplacian.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/algorithms/linkpred/resistance_distance.hpp>
#include <adjoin/algorithms/linkpred/walk_matrix.hpp>

namespace adjoin::detail {

/// The order in which nodes are eliminated, and how many entries the factor then has below its diagonal.
struct Elimination {
  std::vector<NodeId> order;
  std::uint64_t entries = 0;
};

/// By approximate least degree (Amestoy, Davis, Duff 1996), of the pattern of `a` and its transpose. InvalidOption if
/// the matrix or the factor would have more than 2^31 - 1 entries, which is where counting ends.
Elimination elimination_of(const CsrView& a);

/// Of each pair. InvalidData for weights too far apart to be solved with.
Array<double> exact_resistances(RunContext& context, const WalkMatrix& matrix, const Elimination& elimination,
                                std::span<const Edge> pairs, UnconnectedPairs unconnected);

/// Bytes of both beside the result. a: as elimination_of is given it.
std::uint64_t estimate_exact_resistance_memory(const CsrView& a, std::uint64_t factor_entries, int threads);

}  // namespace adjoin::detail
