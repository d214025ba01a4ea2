// Complexes for tests: of surfaces whose homology is known, and dense matrices by definition.
#pragma once

#include <adjoin/algorithms/simplicial/simplicial_complex.hpp>

#include "dense_inverse.hpp"
#include "simplicial_support.hpp"

namespace adjoin::test {

inline SimplicialComplex complex_of(const SimplexView& simplices, int threads = 1) {
  RunContext context = with_threads(threads);
  return simplicial_complex(context, project(simplices));
}

inline SimplicialComplex complex_of(std::size_t nodes, const Simplices& simplices) {
  const SimplexLog log = log_of(nodes, simplices);
  return complex_of(log.view());
}

inline Boundaries boundaries(const SimplicialComplex& complex) {
  RunContext context = with_threads(1);
  return boundaries_of(context, complex);
}

inline Simplices hexagon() {
  return {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {0, 5}};
}
inline Simplices octahedron() {
  return {{0, 2, 4}, {0, 2, 5}, {0, 3, 4}, {0, 3, 5}, {1, 2, 4}, {1, 2, 5}, {1, 3, 4}, {1, 3, 5}};
}
/// Of 7 nodes, the fewest there can be (Csaszar).
inline Simplices torus() {
  Simplices triangles;
  for (std::size_t i = 0; i < 7; ++i) {
    triangles.push_back({i, (i + 1) % 7, (i + 3) % 7});
    triangles.push_back({i, (i + 2) % 7, (i + 3) % 7});
  }
  return triangles;
}
/// The icosahedron with opposite points as one.
inline Simplices projective_plane() {
  return {{0, 1, 3}, {0, 1, 5}, {0, 2, 3}, {0, 2, 4}, {0, 4, 5}, {1, 2, 4}, {1, 2, 5}, {1, 3, 4}, {2, 3, 5}, {3, 4, 5}};
}
/// A square of 4 x 4 nodes of which two sides are joined as they are and two after a turn.
inline Simplices klein_bottle() {
  const auto node = [](std::size_t i, std::size_t j) {
    return i < 4 ? 4 * i + j % 4 : (4 - j % 4) % 4;  // beyond the last row the columns run backwards
  };
  Simplices triangles;
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      triangles.push_back({node(i, j), node(i + 1, j), node(i + 1, j + 1)});
      triangles.push_back({node(i, j), node(i, j + 1), node(i + 1, j + 1)});
    }
  }
  return triangles;
}

/// The edges and closed triangles of simplices, sorted, and their boundary matrices by definition.
struct SlowComplex {
  Simplices edges;
  Simplices triangles;
  DenseMatrix edge_boundary;
  DenseMatrix triangle_boundary;
};

inline SlowComplex slow_complex(std::size_t nodes, const Simplices& simplices) {
  SlowComplex result;
  for (std::size_t i = 0; i < nodes; ++i) {
    for (std::size_t j = i + 1; j < nodes; ++j) {
      if (shared(simplices, {i, j}) > 0) result.edges.push_back({i, j});
      for (std::size_t k = j + 1; k < nodes; ++k) {
        if (shared(simplices, {i, j, k}) > 0) result.triangles.push_back({i, j, k});
      }
    }
  }
  const auto edge = [&](std::size_t i, std::size_t j) {
    const std::vector<std::size_t> ends{i, j};
    return static_cast<std::size_t>(std::ranges::find(result.edges, ends) - result.edges.begin());
  };
  result.edge_boundary.assign(nodes, std::vector<double>(result.edges.size(), 0.0));
  for (std::size_t e = 0; e < result.edges.size(); ++e) {
    result.edge_boundary[result.edges[e][0]][e] = -1;
    result.edge_boundary[result.edges[e][1]][e] = 1;
  }
  result.triangle_boundary.assign(result.edges.size(), std::vector<double>(result.triangles.size(), 0.0));
  for (std::size_t t = 0; t < result.triangles.size(); ++t) {
    const auto& nodes_of = result.triangles[t];
    result.triangle_boundary[edge(nodes_of[1], nodes_of[2])][t] = 1;
    result.triangle_boundary[edge(nodes_of[0], nodes_of[2])][t] = -1;
    result.triangle_boundary[edge(nodes_of[0], nodes_of[1])][t] = 1;
  }
  return result;
}

inline DenseMatrix to_dense(const CsrView& a) {
  DenseMatrix dense(a.row_count(), std::vector<double>(a.column_count, 0.0));
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      dense[row][index(a.targets[e])] = a.weighted() ? static_cast<double>(a.weights[e]) : 1;
    }
  }
  return dense;
}

/// a b^T, or with transposed a^T b.
inline DenseMatrix product(const DenseMatrix& a, const DenseMatrix& b, bool transposed, std::size_t size) {
  DenseMatrix result(size, std::vector<double>(size, 0.0));
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      const std::size_t between = transposed ? a.size() : a.empty() ? 0 : a[0].size();
      for (std::size_t k = 0; k < between; ++k) result[i][j] += transposed ? a[k][i] * b[k][j] : a[i][k] * b[j][k];
    }
  }
  return result;
}

}  // namespace adjoin::test
