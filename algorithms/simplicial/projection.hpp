// The projected graph of simplices: two nodes are linked if some simplex has both.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          section 2 (counts); Newman: Scientific collaboration networks II, Phys. Rev. E 64, 2001, eq. 2 (shares).
// Method.  B = A W A^T without its diagonal, A being the incidence matrix and W the weight of each simplex: a row of B
//          is collected from the simplices of its node. Both entries of an edge are summed in the order of time, so
//          they have the same bits.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include <adjoin/algorithms/simplicial/incidence.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {

/// The weight of an edge: none; count, how many simplices have both ends, the tie strength of Benson et al.; or share,
/// where each of these simplices gives 1 / (its nodes - 1), so that a node's weights add up to its simplices of two
/// nodes and more.
enum class TieWeight : std::uint8_t { none, count, share };
template <>
struct EnumNames<TieWeight> {
  static constexpr std::array<std::pair<TieWeight, std::string_view>, 3> names{
      {{TieWeight::none, "none"}, {TieWeight::count, "count"}, {TieWeight::share, "share"}}};
};

struct ProjectionOptions {
  TieWeight weights = TieWeight::count;
  int max_size = default_max_simplex_size;

  static constexpr auto fields() {
    using O = ProjectionOptions;
    return std::tuple{
        option_field("weights", &O::weights,
                     "the weight of an edge: none, count (the simplices that have both ends) or share (each of them "
                     "gives 1 / (its nodes - 1))",
                     "Benson et al. 2018; Newman 2001"),
        option_field("max-size", &O::max_size, {1, 1'000'000}, "simplices of more nodes are left out",
                     "Benson et al. 2018, section 2")};
  }
};

/// Simplices and the graph of their pairs.
struct Projection {
  Incidence incidence;
  Graph graph;  // undirected, without self-loops; nodes in no pair are isolated
  TieWeight weights = TieWeight::count;

  /// Simplices that have the node, those of one node among them.
  std::size_t simplicial_degree(NodeId node) const noexcept {
    const auto& offsets = incidence.simplices_of.offsets;
    return index(offsets[index(node) + 1]) - index(offsets[index(node)]);
  }
  /// Nodes that some simplex has.
  std::size_t active_node_count() const noexcept;
};

/// The projection of simplices, or of a stretch of time of them (simplices_between). nodes: those that they name.
/// Cost.    O(sum of k^2) over simplices of k nodes, twice; peak: the incidence, the graph twice.
/// Errors.  InvalidOption, InvalidData if nodes are not as many as the log's; BudgetExceeded before much memory is
///          taken; Cancelled.
/// Repeat.  The same bits for any number of threads. Counts are exact up to 2^24.
Projection project_simplices(RunContext& context, const SimplexView& simplices, std::shared_ptr<const NodeIndex> nodes,
                             const ProjectionOptions& options = {});

/// Bytes that project_simplices takes at most, as if no two simplices shared a pair. O(simplices).
std::uint64_t estimate_projection_memory(const SimplexView& simplices, const ProjectionOptions& options = {}) noexcept;

}  // namespace adjoin
