// Scores of three nodes: how likely they are to be in one simplex together, by what is around them.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          section 4 and the supplement's section on score functions.
//
// With a, b, c the weights of the three edges, N(x) the neighbours of x, d_x their number and s_x the simplices of x:
//
//   mean                 ((a^p + b^p + c^p) / 3)^(1/p); in the limit at p = 0 (geometric) and at -inf and +inf
//
//   common neighbors     |N(x) & N(y) & N(z)|
//
//   jaccard              that, over |N(x) | N(y) | N(z)|
//
//   adamic-adar          the sum over common neighbours v of 1 / ln d_v
//
//   degrees              d_x d_y d_z
//
//   simplicial degrees   s_x s_y s_z
//
//   katz, pagerank       the sum of the numbers of edge_walk_scores.hpp, of a graph without weights or with them
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/algorithms/simplicial/group_scoring.hpp>
#include <adjoin/algorithms/simplicial/projection.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin {

/// Three different nodes.
struct NodeTriple {
  NodeId a;
  NodeId b;
  NodeId c;
  friend auto operator<=>(const NodeTriple&, const NodeTriple&) = default;
};

/// The same nodes by rising id.
NodeTriple in_order(NodeTriple triple) noexcept;

enum class TripleScore : std::uint8_t {
  mean,
  common_neighbors,
  jaccard,
  adamic_adar,
  degrees,
  simplicial_degrees,
  katz,
  weighted_katz,
  pagerank,
  weighted_pagerank
};

using TripleScoring = GroupScoring<NodeTriple>;

/// A score, and the p of a mean (any number, or infinite).
struct TripleMethod {
  TripleScore score = TripleScore::mean;
  double p = 0;
};

/// "harmonic-mean", "geometric-mean", "arithmetic-mean", "minimum" and "maximum" of p = -1, 0, 1, -inf and +inf, else
/// "mean-of-power-2.5"; "common-neighbors", "jaccard", "adamic-adar", "degrees", "simplicial-degrees", "katz",
/// "weighted-katz", "pagerank", "weighted-pagerank".
std::string triple_method_name(const TripleMethod& method);
/// The method of a name. InvalidOption, with the names that there are, for another.
TripleMethod parse_triple_method(std::string_view name);
/// Those that look no further than the neighbours of the three nodes: five means, and five others.
std::vector<TripleMethod> local_triple_methods();
/// Those of walks of any length, whose tables take a while.
std::vector<TripleMethod> walk_triple_methods();

/// The mean of three weights >= 0 of power p. 0 if one of them is 0 and p <= 0. Weights that are whole numbers give
/// equal means equal bits for p of -1, 0, 1 and infinite ones, whichever of the weights is whose. p: not NaN; below
/// 1e-6 either way it counts as 0.
double generalized_mean(double a, double b, double c, double p) noexcept;

/// Value i of result k is the score by methods[k] of triples[i], whatever the order of its nodes; triples need not be
/// triangles, and an edge that is not there has weight 0 and adds nothing to a sum over edges.
/// Cost.    Three searches in rows a triple; with a score of neighbours also intersections of rows, of which triples
///          one after another with the same first two nodes share one; where triples have more edges than the graph,
///          those of edges are made once for all. Of walks, edge_walk_scores a method. 8 bytes a triple and method.
/// Errors.  InvalidData for a node that is not there or stands twice in a triple; InvalidOption if p is NaN;
///          BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads and any order of triples.
std::vector<Array<double>> triple_scores(RunContext& context, const Projection& projection,
                                         std::span<const NodeTriple> triples, std::span<const TripleMethod> methods);

/// The same for triples that come a block at a time: what all of them share is made at once, from then on the scoring
/// only reads. It keeps to the projection, which has to live as long. Names are those of the methods.
/// Cost.    O(m sqrt(m)) before the first triple with a score of neighbours, edge_walk_scores for each of walks; 8
/// bytes
///          an edge and a node, 16 an edge for each of walks.
/// Errors.  InvalidOption if p is NaN; BudgetExceeded, Cancelled. Triples are not checked: different nodes that are
///          there.
TripleScoring prepare_triple_scores(RunContext& context, const Projection& projection,
                                    std::span<const TripleMethod> methods);
/// Bytes that a prepared scoring holds beyond the projection, and those at the peak of its preparation.
std::uint64_t estimate_triple_tables_memory(GraphView graph, std::span<const TripleMethod> methods) noexcept;
std::uint64_t estimate_triple_preparation_memory(GraphView graph, std::span<const TripleMethod> methods,
                                                 int threads) noexcept;

/// Bytes that triple_scores takes at its peak beyond the projection and the triples, on so many threads.
std::uint64_t estimate_triple_scores_memory(GraphView graph, std::size_t triple_count, std::size_t method_count,
                                            int threads) noexcept;

}  // namespace adjoin
