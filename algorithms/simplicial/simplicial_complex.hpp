// The simplicial complex of simplices in time, up to triangles, its boundary matrices and Hodge Laplacians.
//
// Source.  Lim: Hodge Laplacians on graphs, SIAM Review 62 (2020); Schaub, Benson, Horn, Lippner, Jadbabaie: Random
//          walks on simplicial complexes and the normalized Hodge 1-Laplacian, SIAM Review 62 (2020).
// Orientation.  Of the lower id to the higher one: the boundary of the edge ij, i < j, is j - i, that of the triangle
//          ijk, i < j < k, is jk - ik + ij. Another orientation turns signs, and no rank, no eigenvalue and no part of
//          a flow.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/algorithms/simplicial/projection.hpp>
#include <adjoin/algorithms/simplicial/triple_scores.hpp>

namespace adjoin {

struct ComplexSize {
  std::uint64_t nodes = 0;  // ids of vertices are below it
  std::uint64_t edges = 0;
  std::uint64_t triangles = 0;
};

/// Vertices, the edges of the projected graph and its closed triangles; every face of a simplex of the complex is one
/// of it. An edge or triangle is named by its place in the list.
struct SimplicialComplex {
  std::size_t node_count = 0;       // ids of vertices are below it
  std::size_t vertex_count = 0;     // nodes that some simplex has
  Array<Edge> edges;                // the lower id first, sorted
  Array<NodeTriple> triangles;      // a < b < c, sorted
  Array<EdgeOffset> first_edge_of;  // size node_count + 1: where the edges begin whose lower end is the node

  ComplexSize size() const noexcept { return {node_count, edges.size(), triangles.size()}; }
  /// The place of the edge of u < v, which is one of the complex.
  std::size_t edge_of(NodeId u, NodeId v) const noexcept;
};

/// The complex of the simplices of a projection, cut at triangles.
/// Cost.    The visit of all triangles, twice, and a sort of the closed ones; 12 bytes each, 8 an edge.
/// Errors.  BudgetExceeded before triangles are stored; InvalidData for 2^32 - 1 edges or triangles; Cancelled.
/// Repeat.  The same for any number of threads.
SimplicialComplex simplicial_complex(RunContext& context, const Projection& projection);

/// A boundary matrix and its transpose, the coboundary, with entries of 1 and -1.
struct Boundary {
  Csr matrix;
  Csr transpose;
};

/// Both boundary matrices: that of edges has a row a node and a column an edge, that of triangles a row an edge and a
/// column a triangle. Their product is zero.
struct Boundaries {
  Boundary edges;
  Boundary triangles;
};

/// O(edges + triangles); 48 bytes a triangle, 32 an edge. Errors: BudgetExceeded, Cancelled.
Boundaries boundaries_of(RunContext& context, const SimplicialComplex& complex);

/// The Hodge Laplacian of dimension 0 (of nodes: the graph Laplacian), 1 (of edges) or 2 (of triangles), where the
/// complex has nothing above triangles:
///   L_0 = B_1 B_1^T,   L_1 = B_1^T B_1 + B_2 B_2^T,   L_2 = B_2^T B_2.
/// Entries are whole numbers and exact; none is 0. InvalidOption for another dimension; BudgetExceeded, Cancelled.
Csr hodge_laplacian(RunContext& context, const Boundaries& boundaries, int dimension);

/// y = L x, without L: x and y have a number for each node, edge or triangle, by the dimension.
/// Cost.    O(nodes + edges + triangles), where the matrix of dimension 1 has an entry for every two edges of a node.
/// Errors.  InvalidOption for another dimension.
/// Repeat.  The same bits for any number of threads.
void multiply_hodge_laplacian(RunContext& context, const Boundaries& boundaries, int dimension,
                              std::span<const double> x, std::span<double> y);

}  // namespace adjoin
