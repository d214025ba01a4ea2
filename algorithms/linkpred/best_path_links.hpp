// The pairs of a graph that a score of paths holds most likely to be linked, found without keeping a score of each
// pair.
//
// Method.  Local paths and Katz: with w_j(x) the weighted number of walks of j edges from x and a the largest entry of
//          the matrix A, (A^l)_xy <= a w_(l-1)(x) for any y. So a node has a bound on the scores of all of its pairs,
//          and nodes are searched from in the order of their bounds until the best pairs found lie above what is left.
//          Where the score does not depend on the order of a pair, the pair is left to the node with the lower bound.
//          Rooted PageRank from one node: a walk from every node. From both: a sum p_x(y) + p_y(x) is at most twice
//          the larger of the two, so that the sums of the pairs with the largest p are taken, more and more of them,
//          until the worst of the best sums is above twice the p of all that are left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/algorithms/linkpred/katz.hpp>
#include <adjoin/algorithms/linkpred/local_path.hpp>
#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>

namespace adjoin {

// The `count` pairs without an edge between them, in either direction, that score highest, best first; of equal scores
// the pair with the smaller source comes first, then that with the smaller target. Fewer, if not so many pairs score
// above 0. Where the score of (x, y) is that of (y, x), a pair stands once, its source the smaller id: undirected
// graphs, direction `both`, PageRank with `symmetric`. Otherwise each order of a pair is a pair of its own.
// Errors.  Those of the scores; InvalidOption for the exact method of Katz.
// Repeat.  The same pairs and bits for any number of threads.

/// Scores are those of local_path_scores, within rounding.
/// Cost.    O(edges within two hops) for each node whose bound is not below the worst score found. Memory: 32 bytes a
///          node, 36 a node and thread, and 24 for each of `count` pairs and thread.
std::vector<ScoredPair> best_local_path_links(RunContext& context, GraphView graph, std::size_t count,
                                              const LocalPathOptions& options = {});

/// Scores are those of truncated katz_scores, within rounding.
/// Cost.    O(max_length m) for each such node, less while its walks reach little. Memory as above.
std::vector<ScoredPair> best_katz_links(RunContext& context, GraphView graph, std::size_t count,
                                        const KatzOptions& options = {});

struct BestPageRankLinks {
  std::vector<ScoredPair> pairs;
  /// Roots whose power iteration ended at max_iterations, of the walks from every node.
  std::uint64_t not_converged = 0;
};

/// Scores are those of rooted_pagerank_scores, to the bit.
/// Cost.    A vector for each node, and if `symmetric` those of the pairs whose sums are taken; all of that again with
///          four times as many pairs where that did not suffice. Memory: that of rooted_pagerank_scores for 4 `count`
///          pairs or more, and 24 bytes for each of those pairs and thread.
BestPageRankLinks best_pagerank_links(RunContext& context, GraphView graph, std::size_t count,
                                      const PageRankOptions& options = {});

/// Bytes at the peak beyond the graph.
std::uint64_t estimate_best_local_path_links_memory(GraphView graph, std::size_t count, const LocalPathOptions& options,
                                                    int threads);
std::uint64_t estimate_best_katz_links_memory(GraphView graph, std::size_t count, const KatzOptions& options,
                                              int threads);
/// Of the first try, which is mostly the only one; each further one is refused if it would be over the budget.
std::uint64_t estimate_best_pagerank_links_memory(GraphView graph, std::size_t count, const PageRankOptions& options,
                                                  int threads);

}  // namespace adjoin
