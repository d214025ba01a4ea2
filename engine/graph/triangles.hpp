// Triangles: three nodes, each joined to the other two.
//
// Source.  Chiba, Nishizeki: Arboricity and subgraph listing algorithms, SIAM J. Comput. 14, 1985; the order by degree
//          as in Schank, Wagner: Finding, counting and listing all triangles in large graphs, WEA 2005.
// Method.  Nodes are ranked by falling degree, so that each triangle has one lowest node u, one middle node v and one
//          highest node w, and no node has more than sqrt(2m) neighbours above it. For each v the neighbours above it
//          are marked; for each neighbour u below it, marks among u's neighbours above v are its triangles. So a pair
//          of edges is looked at only from its lowest node, where pairs are fewest. A GPU, if the run has one with
//          room for the graph, counts the ranked graph's triangles edge by edge: cuda/triangles.hpp.
#pragma once

#include <cstdint>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// The number of triangles. Weights do not matter, and a self-loop is in no triangle.
/// Input.   An undirected graph; InvalidData for a directed one, where a triangle may mean several things.
/// Cost.    O(m sqrt(m)) at worst; O(sum over u of d(u)^2), with d(u) the neighbours ranked above u.
/// Errors.  InvalidData; BudgetExceeded, Cancelled.
/// Repeat.  The same for any number of threads, on any device.
std::uint64_t count_triangles(RunContext& context, GraphView graph);

/// Size n: the triangles that each node is in, T(v); their sum is three times the number of triangles. The local
/// clustering coefficient of a node with d >= 2 neighbours other than itself is 2 T(v) / (d (d - 1)) (Watts, Strogatz,
/// Nature 1998). Input, cost and errors as above, the time about twice that.
Array<std::uint64_t> triangles_of_nodes(RunContext& context, GraphView graph);

/// Bytes that either takes at its peak beyond the graph, on `threads` threads.
std::uint64_t estimate_triangles_memory(GraphView graph, int threads);

}  // namespace adjoin
