// The flag complex of a graph, or clique complex: a simplex for every set of nodes of which every two are joined.
//
// Source.  Kahle: Topology of random clique complexes, Discrete Mathematics 309, 2009 (the complex); Chiba, Nishizeki:
//          Arboricity and subgraph listing algorithms, SIAM J. Computing 14, 1985 (cliques found from a node of low
//          degree).
// Method.  Every clique is found from its lowest node by degree, whose neighbours above it are few: those that extend
//          a clique are the bits that the rows of its nodes share, 64 at a time. A clique is visited once, and those
//          of the largest size are counted without a visit.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/simplex_log.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {

struct FlagComplexOptions {
  int max_size = 3;

  static constexpr auto fields() {
    return std::tuple{option_field("max-size", &FlagComplexOptions::max_size, {1, 1'000'000},
                                   "most nodes of a simplex: its dimension and 1; a number above the largest clique "
                                   "gives the whole complex")};
  }
};

/// At k the cliques of k + 1 nodes, that is the simplices of dimension k; as long as there are some, and no longer than
/// max_size.
using CliqueCounts = std::vector<std::uint64_t>;

/// Counts cliques and stores none. Weights and self-loops say nothing.
/// Cost.    O(c d / 64) time over c cliques of less than max_size nodes whose lowest has d neighbours above it; 8 bytes
///          an edge, and for each thread 4 bytes a node and a bit for each pair of the neighbours above a node.
/// Errors.  InvalidOption; InvalidData for a directed graph; BudgetExceeded, Cancelled.
/// Repeat.  The same for any number of threads.
CliqueCounts count_cliques(RunContext& context, GraphView graph, const FlagComplexOptions& options = {});

struct FlagComplex {
  SimplexLog simplices;  // at time 0, by size; those of one size in an order that the graph alone decides
  CliqueCounts counts;
  RunRecord record;
};

/// The complex itself: all nodes, all edges, and so on.
/// Cost.    Twice that of count_cliques; 16 bytes a clique and 4 for each of its nodes.
/// Errors.  As count_cliques; BudgetExceeded when all are counted and none is stored.
/// Repeat.  The same for any number of threads.
FlagComplex flag_complex(RunContext& context, GraphView graph, const FlagComplexOptions& options = {});

/// Bytes that count_cliques takes at its peak beyond the graph.
std::uint64_t estimate_count_cliques_memory(GraphView graph, int threads) noexcept;
/// Bytes of the complex with these counts, which flag_complex takes beyond that.
std::uint64_t flag_complex_bytes(const CliqueCounts& counts) noexcept;

}  // namespace adjoin
