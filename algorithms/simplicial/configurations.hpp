// Open and closed triangles, the ten configurations of three nodes, and how often each of them closes.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          sections 2 (open and closed triangles) and 3 (closure by configuration, figure 6).
// Method.  Triangles are visited one by one (triangle_visitor.hpp); how many triples have two edges, one or none
//          follows from the weak and strong degrees of nodes, less what triangles have of them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include <adjoin/algorithms/simplicial/closure_periods.hpp>

namespace adjoin {

/// The configurations of three nodes by their three ties, sorted: 0 for no edge, 1 for a weak tie (one simplex has both
/// ends), 2 for a strong one (two or more).
inline constexpr std::array<std::string_view, 10> tie_configuration_names{"000", "001", "002", "011", "012",
                                                                          "022", "111", "112", "122", "222"};
/// Where "111" stands: from here on the three nodes are a triangle.
inline constexpr std::size_t first_triangle_configuration = 6;

/// The place among tie_configuration_names of three weights, each the count of simplices that have two of the nodes.
std::size_t tie_configuration(float a, float b, float c) noexcept;

/// A number for each configuration.
using ConfigurationCounts = std::array<std::uint64_t, 10>;

/// The triples of nodes that some simplex has, by configuration. Open are those that no simplex has whole; only
/// triangles can be closed.
struct ConfigurationCensus {
  ConfigurationCounts open{};
  ConfigurationCounts closed{};

  std::uint64_t open_triangles() const noexcept;
  std::uint64_t closed_triangles() const noexcept;
  /// Open among all triangles; 0 if there are none.
  double fraction_open() const noexcept;
};

/// Counts all triples of nodes that are in at least one simplex.
/// Input.   A projection with counts as weights, InvalidOption otherwise.
/// Cost.    O(m sqrt(m) + sum of k^3) time over simplices of k nodes; 8 bytes an edge, and for each thread 4 bytes a
///          node and a bit for each pair of the neighbours above a node.
/// Errors.  InvalidOption; InvalidData if there are more than 2^64 triples (4.8 million nodes); BudgetExceeded,
/// Cancelled. Repeat.  The same for any number of threads.
ConfigurationCensus count_configurations(RunContext& context, const Projection& projection);

/// Of the triples that are open in the first simplices, how many there are and how many are in a later simplex whole.
struct ClosureTable {
  ConfigurationCounts open{};
  ConfigurationCounts closed{};
};

/// The configuration is that of the first simplices; nodes that none of these has do not count. later: simplices of the
/// same nodes; a triple counts once, however often it comes. Cost, errors and repeat as count_configurations of both.
ClosureTable count_closures(RunContext& context, const Projection& first, const Projection& later);

struct ClosuresByTime : ClosurePeriods {
  ClosureTable table;
  RunRecord record;

  /// The share of open triples of a configuration that close later; 0 if there are none.
  double probability(std::size_t configuration) const noexcept;
};

/// count_closures of a log cut by project_closure_parts. Errors: as count_configurations, and InvalidData if there are
/// no simplices.
ClosuresByTime closures_by_time(RunContext& context, const SimplexView& simplices,
                                std::shared_ptr<const NodeIndex> nodes, const ClosureOptions& options = {});

/// Bytes that counting takes at its peak beyond the projections.
std::uint64_t estimate_configurations_memory(GraphView graph, int threads) noexcept;

}  // namespace adjoin
