// The links that a graph most likely misses, or will gain: candidates, a score, and the best of them.
//
// Method.  Sources are taken in blocks; the candidates of a block are scored in one call, and the best are kept, so
//          that memory does not grow with the number of pairs. Nothing is lost but what candidates lose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/algorithms/linkpred/link_candidates.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// One score a pair, the higher the likelier; the score of a pair does not depend on the others.
using PairScorer = std::function<Array<float>(RunContext&, std::span<const Edge>)>;

struct PredictLinksOptions {
  std::size_t top = 100;
  float above = -std::numeric_limits<float>::infinity();     // scores are above this,
  float at_least = -std::numeric_limits<float>::infinity();  // and not below this
  /// The best `top` of each source, rather than of all pairs.
  bool of_each_source = false;
  /// (x, y) and (y, x) are two pairs. Without it, and without of_each_source, a pair's smaller id comes first.
  bool ordered = false;
  /// Scored in one call, or the candidates of one source if those are more.
  std::size_t block_pairs = std::size_t{1} << 20;
};

struct PredictedLinks {
  /// Best first; of equal scores the pair with the smaller source, then that with the smaller target. With
  /// of_each_source by source first, in the order of `sources`.
  std::vector<ScoredPair> pairs;
  std::uint64_t scored = 0;  // candidates without an edge; one that was found from both of its ends may count twice
};

/// Input.   sources: nodes, each once. Pairs with an edge in either direction, and those of a node with itself, are
///          left out.
/// Cost.    That of the candidates and scores; memory: 20 bytes for each pair of a block, and what the score takes.
/// Errors.  Those of the candidates and of `score`; Cancelled.
/// Repeat.  The same pairs and bits for any number of threads, if the score has that.
PredictedLinks predict_links(RunContext& context, GraphView graph, std::span<const NodeId> sources,
                             const LinkCandidates& candidates, const PairScorer& score,
                             const PredictLinksOptions& options);

/// Bytes that predict_links takes at its peak beyond the graph and the candidates' own, without what the score takes.
std::uint64_t estimate_predict_links_memory(GraphView graph, std::size_t sources, const PredictLinksOptions& options);

}  // namespace adjoin
