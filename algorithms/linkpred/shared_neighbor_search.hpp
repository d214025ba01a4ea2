// A private part of linkpred: the best pairs by what their nodes share, without trying all pairs that share something.
//
// Source.  Bayardo, Ma, Srikant: Scaling up all pairs similarity search, WWW 2007: a bound on all scores of a row, rows
//          in the order of such bounds, and a part of each row that finds every partner that can pass; Xiao, Wang, Lin,
//          Yu: Efficient similarity joins for near duplicate detection, WWW 2008: bounds by the rows' sizes.
// Method.  Let t be the worst score of the best pairs found so far.
//          Sums over shared neighbours (common neighbours, Adamic-Adar, resource allocation): no pair of x scores above
//          what all of x's neighbours add. Nodes are searched from in falling order of that bound, each for partners
//          that come before it, until the bound falls below t. On a skewed graph that leaves the hubs among themselves.
//          Ratios to degrees: nodes by rising degree, each for partners that come before it. What c shared neighbours
//          of degrees kx >= ky can score bounds ky from below, and c from below by some c'; then a partner shares one
//          of any kx - c' + 1 neighbours of x, so that only those with the fewest neighbours are gone through. Where
//          even the best of x ties with t, ids bound the partners that could still be better; the hub promoted index,
//          which the leaves of every hub take to its highest, goes by ids alone.
#pragma once

#include <cstdint>
#include <vector>

#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/algorithms/linkpred/common_neighbors.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin::detail {

/// Exactly the best `count` pairs without an edge, by any score of shared neighbours. rows: of each node its
/// neighbours.
std::vector<ScoredPair> best_by_shared_neighbors(RunContext& context, const CsrView& rows,
                                                 const NeighborhoodDegrees& degrees, NeighborhoodScore score,
                                                 std::size_t count, bool use_weights);

/// Bytes that it takes at its peak beyond rows and degrees.
std::uint64_t estimate_shared_neighbor_search_memory(std::uint64_t nodes, std::uint64_t entries, bool weighted,
                                                     std::size_t count, int threads);

}  // namespace adjoin::detail
