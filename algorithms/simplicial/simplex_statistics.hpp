// What a set of simplices is like, in the numbers that its papers print.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          section 2 and the supplement's table of data sets.
#pragma once

#include <cstdint>
#include <memory>

#include <adjoin/algorithms/simplicial/configurations.hpp>

namespace adjoin {

struct SimplexStatistics {
  std::uint64_t nodes = 0;      // that some simplex has
  std::uint64_t simplices = 0;  // of at most max_size nodes, as everything here
  std::uint64_t too_large = 0;  // simplices left out
  /// Different sets of nodes. The tables of Benson et al. count sets that list the same nodes in another order once
  /// more; a log keeps no order.
  std::uint64_t distinct = 0;
  std::uint64_t largest = 0;  // nodes of the largest simplex
  double mean_size = 0;
  std::uint64_t edges = 0;  // of the projected graph
  double mean_weight = 0;   // of its edges: simplices that have both ends
  double density = 0;       // edges among all pairs of `nodes`
  double mean_degree = 0;   // edges a node of `nodes`
  ConfigurationCensus census;
  RunRecord record;
};

/// Means of nothing are 0. Cost: that of project_simplices and count_configurations, and a sort of the simplices.
/// Errors.  As these two.
/// Repeat.  The same for any number of threads.
SimplexStatistics simplex_statistics(RunContext& context, const SimplexView& simplices,
                                     std::shared_ptr<const NodeIndex> nodes, int max_size = default_max_simplex_size);

/// How many different sets of nodes there are. O(s log s) comparisons of s simplices; 8 bytes a simplex.
std::uint64_t count_distinct_simplices(RunContext& context, const Incidence& incidence);

}  // namespace adjoin
