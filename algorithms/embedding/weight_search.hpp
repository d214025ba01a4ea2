// The order in which tune_fastrp tries weights, without what it tries them on: a private part of it.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace adjoin::detail {

inline constexpr std::size_t tuned_hops = 4;

using HopWeights = std::vector<float>;  // one a hop

/// The weights to try first, in order: FastRP's defaults, then hops 1 and 2 with weight 0 or 1, hops 3 and 4 on a
/// logarithmic grid.
std::vector<HopWeights> grid_of_weights();

struct ScoredWeights {
  HopWeights weights;
  double score = 0;
};

/// Tries weights until `trials` of them are scored or no step makes a difference any more: those of `first` in their
/// order, then steps from the best so far. Weights that differ by a factor only are not tried twice: embeddings of
/// standardised columns do not know it. Returns all that were tried, in order. Of equal scores the first one counts.
std::vector<ScoredWeights> search_weights(const std::vector<HopWeights>& first, std::size_t trials,
                                          const std::function<double(const HopWeights&)>& score);

}  // namespace adjoin::detail
