// The open triangles that scores hold likeliest to close.
//
// Method.  As evaluate_triples: open triangles are visited and scored, and the best of each task kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/algorithms/simplicial/triple_scores.hpp>

namespace adjoin {

struct ScoredTriple {
  NodeTriple triple;  // by rising id
  double score = 0;
};

struct BestTriples {
  std::vector<std::vector<ScoredTriple>> best;  // of each score, the highest first; equal ones by their nodes' ids
  std::uint64_t open_triangles = 0;             // all that were scored
  std::uint64_t closed_triangles = 0;
};

/// The `count` open triangles of the highest scores, by each score of the scoring; all if there are fewer.
/// Cost.    Two visits of all triangles; a score each. Memory: the visit's, and for each thread and score two lists of
///          `count`.
/// Errors.  InvalidOption unless weights are counts; InvalidData for a score that is NaN; BudgetExceeded, Cancelled.
/// Repeat.  The same for any number of threads.
BestTriples best_open_triangles(RunContext& context, const Projection& projection, const TripleScoring& scoring,
                                std::size_t count);

/// Bytes that it takes beyond the projection and the scoring, on so many threads.
std::uint64_t estimate_best_triples_memory(GraphView graph, std::size_t score_count, std::size_t count,
                                           int threads) noexcept;

}  // namespace adjoin
