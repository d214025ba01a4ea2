// A graph of the arrays of a sparse matrix that a program has already, without building it edge by edge.
#pragma once

#include <cstdint>
#include <memory>

#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

/// How a matrix is taken. automatic: as undirected where it is symmetric, else as directed.
enum class MatrixDirection : std::uint8_t { automatic, directed, undirected };
template <>
struct EnumNames<MatrixDirection> {
  static constexpr std::array<std::pair<MatrixDirection, std::string_view>, 3> names{
      {{MatrixDirection::automatic, "auto"},
       {MatrixDirection::directed, "directed"},
       {MatrixDirection::undirected, "undirected"}}};
};

struct MatrixGraphOptions {
  MatrixDirection direction = MatrixDirection::automatic;
  SelfLoops self_loops = SelfLoops::drop;

  static constexpr auto fields() {
    using O = MatrixGraphOptions;
    return std::tuple{
        option_field("direction", &O::direction,
                     "auto (undirected where the matrix is symmetric), directed, or undirected"),
        option_field("self-loops", &O::self_loops, "edges from a node to itself: drop, keep or refuse them")};
  }
};

/// Entry (i, j) becomes the edge from node i to node j. Arrays that somebody else holds (Array::shared) stay there and
/// are not copied, unless entries of the diagonal have to be left out.
/// matrix:  square, nodes->size() rows, columns increasing in a row; weights none, or finite and >= 0.
/// Cost.    O(n + m); the transpose as well, where symmetry is to be found out.
/// Errors.  InvalidData for arrays that are no such matrix, one that is to be undirected and is not symmetric, and an
///          entry of the diagonal that is to be refused.
BuiltGraph matrix_as_graph(RunContext& context, Csr matrix, std::shared_ptr<const NodeIndex> nodes,
                           const MatrixGraphOptions& options);

}  // namespace adjoin
