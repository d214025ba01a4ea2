// The configurations of four nodes with a triangle among them, and how often each of them closes.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          section 3 and the supplement (closure of four nodes).
// Method.  Sets of four nodes with all six edges are found from their lowest node u by degree (simplices_above.hpp):
//          for each triangle {u, i, j} the nodes that make four of it are the bits that the rows of i and j share, 64
//          at a time, and three more pairs of rows say what ties their triangles have. How many sets have five, four or
//          three edges follows from the triangles of each edge, the degrees of each triangle's nodes and the number of
//          nodes, less what sets of more edges have of them. Nobody visits the sets with few edges, which may be more
//          than 10^10.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include <adjoin/algorithms/simplicial/configurations.hpp>

namespace adjoin {

/// Four nodes by the edges among them, and by the ties of the triangles that these make, sorted: 0 if no simplex has
/// the triangle whole, 1 if one has (weak), 2 if several have (strong). Six edges make four triangles, five make two;
/// of four and of three edges only those that make one are told.
struct FourNodeConfiguration {
  int edges;
  std::string_view ties;
};
inline constexpr std::array<FourNodeConfiguration, 27> four_node_configurations{
    {{3, "0"},    {3, "1"},    {3, "2"},    {4, "0"},    {4, "1"},    {4, "2"},    {5, "00"},
     {5, "01"},   {5, "02"},   {5, "11"},   {5, "12"},   {5, "22"},   {6, "0000"}, {6, "0001"},
     {6, "0002"}, {6, "0011"}, {6, "0012"}, {6, "0022"}, {6, "0111"}, {6, "0112"}, {6, "0122"},
     {6, "0222"}, {6, "1111"}, {6, "1112"}, {6, "1122"}, {6, "1222"}, {6, "2222"}}};

/// A number for each configuration.
using FourNodeCounts = std::array<std::uint64_t, four_node_configurations.size()>;

/// Sets of four nodes that some simplex has, with a triangle among them. Open are those that no simplex has whole;
/// closed ones have all edges and no open triangle.
struct FourNodeCensus {
  FourNodeCounts open{};
  FourNodeCounts closed{};
};

/// Counts all sets of four nodes with a triangle among them.
/// Input.   A projection with counts as weights, InvalidOption otherwise.
/// Cost.    O(t d / 64 + sum of k^4) time over t triangles whose lowest node has d neighbours above it, and simplices
///          of k nodes; 20 bytes an edge, 5 a closed triangle, and for each thread 4 bytes a node and five bits for
///          each pair of the neighbours above a node.
/// Errors.  InvalidOption; InvalidData if triangles times nodes exceed 64 bits; BudgetExceeded, Cancelled.
/// Repeat.  The same for any number of threads.
FourNodeCensus count_four_node_configurations(RunContext& context, const Projection& projection);

/// Of the sets that are open in the first simplices, how many there are and how many are in a later simplex whole.
struct FourNodeClosureTable {
  FourNodeCounts open{};
  FourNodeCounts closed{};
};

/// The configuration is that of the first simplices; nodes that none of these has do not count. later: simplices of the
/// same nodes; a set counts once, however often it comes. Cost, errors and repeat as above, of both.
FourNodeClosureTable count_four_node_closures(RunContext& context, const Projection& first, const Projection& later);

struct FourNodeClosuresByTime : ClosurePeriods {
  FourNodeClosureTable table;
  RunRecord record;

  /// The share of open sets of a configuration that close later; 0 if there are none.
  double probability(std::size_t configuration) const noexcept;
};

/// count_four_node_closures of a log cut as by closures_by_time. Errors: also InvalidData if there are no simplices.
FourNodeClosuresByTime four_node_closures_by_time(RunContext& context, const SimplexView& simplices,
                                                  std::shared_ptr<const NodeIndex> nodes,
                                                  const ClosureOptions& options = {});

/// Bytes that counting takes at its peak beyond the projection and 5 for each closed triangle, of which it knows how
/// many there are only when it has visited them; it then asks for these.
std::uint64_t estimate_four_node_memory(const Projection& projection, int threads) noexcept;

/// Bytes that four_node_closures_by_time takes at its peak beyond the simplices, at most.
std::uint64_t estimate_four_node_closures_memory(const SimplexView& simplices, const ClosureOptions& options,
                                                 int threads);

}  // namespace adjoin
