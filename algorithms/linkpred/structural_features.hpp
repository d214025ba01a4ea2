// What the structure of a graph says of pairs, as columns for a classifier: scores of linkpred and the ends' degrees.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <adjoin/algorithms/linkpred/link_scores.hpp>

namespace adjoin {

/// The columns of structural_features, in their order: scores that are finite for every pair, and the smaller and the
/// larger number of neighbours of the two ends.
std::vector<std::string> structural_feature_names();

/// pairs x columns. Of the options, use_weights and local_path_epsilon play no part, nor an epsilon below 1e-5. Cost,
/// errors and repeat as link_scores of all of them.
Matrix structural_features(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                           const LinkScoreOptions& options);

/// Bytes that structural_features takes at its peak beyond the graph and the pairs, on `threads` threads.
std::uint64_t estimate_structural_features_memory(GraphView graph, std::size_t pair_count,
                                                  const LinkScoreOptions& options, int threads);

}  // namespace adjoin
