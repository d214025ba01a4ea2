// Scores of groups of any number of nodes: how likely they are to be in one simplex together, by what is around them.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          section 4, whose scores of three nodes are carried over to more. triple-mean is ours.
//
// For a group g, with N(x) the neighbours of x, d_x their number and s_x the simplices of x:
//
//   pair-mean           the mean of power p of the weights of all pairs of g, 0 for a pair without an edge
//
//   triple-mean         the mean of power p of how many simplices have each three of g; of pairs for g of two
//
//   common-neighbors    the nodes that are neighbours of all of g
//
//   jaccard             that, over the nodes that are neighbours of some of g
//
//   adamic-adar         the sum over common neighbours v of 1 / ln d_v
//
//   degrees             the product of d_x
//
//   simplicial-degrees  the product of s_x
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

enum class GroupScore : std::uint8_t {
  pair_mean,
  triple_mean,
  common_neighbors,
  jaccard,
  adamic_adar,
  degrees,
  simplicial_degrees
};

/// A score, and the p of a mean (any number, or infinite).
struct GroupMethod {
  GroupScore score = GroupScore::pair_mean;
  double p = 0;
};

/// As names of three nodes' scores: "harmonic-mean", "geometric-mean", "arithmetic-mean", "minimum", "maximum" and
/// "mean-of-power-P" are of pairs; with "triple-" before it, of triples; "common-neighbors" and so on.
std::string group_method_name(const GroupMethod& method);
/// InvalidOption, with the names that there are, for another.
GroupMethod parse_group_method(std::string_view name);
/// Five means of pairs and of triples each, and the five others.
std::vector<GroupMethod> all_group_methods();
/// The methods of names with commas between, or of "all". InvalidOption for an unknown name, one twice, or none.
std::vector<GroupMethod> parse_group_methods(std::string_view names);

/// The mean of power p of values >= 0, in any order; 0 if one of them is 0 and p <= 0. p: not NaN; below 1e-6 either
/// way it counts as 0. At least one value.
double generalized_mean(std::span<const double> values, double p);

/// Groups of nodes one after another: group i is nodes[offsets[i] .. offsets[i + 1]).
struct NodeGroups {
  std::span<const std::size_t> offsets;  // one more than there are groups, from 0
  std::span<const NodeId> nodes;

  std::size_t size() const noexcept { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::span<const NodeId> group(std::size_t i) const noexcept {
    return nodes.subspan(offsets[i], offsets[i + 1] - offsets[i]);
  }
};

/// Value i of result k is the score by methods[k] of group i, of two nodes or more, whatever their order.
/// Cost.    For k nodes of degree d and s simplices: k^2 log d for pairs, k^3 s for triples, k d for the neighbours.
/// Errors.  InvalidData for a group of fewer than two nodes, a node that is not there, or one twice in a group;
///          InvalidOption if p is NaN; BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads, any order of groups and of nodes in them.
std::vector<Array<double>> group_scores(RunContext& context, const Projection& projection, const NodeGroups& groups,
                                        std::span<const GroupMethod> methods);

/// Four different nodes.
struct NodeQuadruple {
  NodeId a;
  NodeId b;
  NodeId c;
  NodeId d;
  friend auto operator<=>(const NodeQuadruple&, const NodeQuadruple&) = default;
};
/// The same nodes by rising id.
NodeQuadruple in_order(NodeQuadruple quadruple) noexcept;

using QuadrupleScoring = GroupScoring<NodeQuadruple>;

/// group_scores of four nodes that come a block at a time. Keeps to the projection, which has to live as long. Four
/// nodes are not checked: different ones that are there. InvalidOption if p is NaN.
QuadrupleScoring prepare_quadruple_scores(const Projection& projection, std::span<const GroupMethod> methods);

}  // namespace adjoin
