// Simplices as nodes of a graph: each is linked to the nodes that it has.
//
// Source.  Zien, Schlag, Chan: Multilevel spectral hypergraph partitioning with arbitrary vertex sizes, IEEE TCAD 18,
//          1999 (the star graph of a hypergraph).
#pragma once

#include <cstdint>

#include <adjoin/algorithms/simplicial/incidence.hpp>
#include <adjoin/engine/graph/graph.hpp>

namespace adjoin {

/// An undirected bipartite graph without weights: the nodes with their ids, then the simplices in the order of their
/// times. Names are numbers from 0: vectors drawn by name stay the same while the ids do.
/// Cost.    O(nodes + simplices + nodes of simplices); 8 bytes each but the last, of which two ids each.
/// Errors.  InvalidData for 2^32 - 1 nodes and simplices together, or more; BudgetExceeded.
Graph star_expansion(RunContext& context, const Incidence& incidence);
/// Bytes of the graph.
std::uint64_t estimate_star_expansion_memory(const Incidence& incidence) noexcept;

}  // namespace adjoin
