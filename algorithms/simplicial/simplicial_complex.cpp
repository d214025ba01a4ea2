#include <algorithm>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/simplicial_complex.hpp>
#include <adjoin/algorithms/simplicial/triangle_visitor.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>
#include <adjoin/engine/sparse/spgemm.hpp>
#include <adjoin/engine/sparse/spmv.hpp>
#include <adjoin/engine/sparse/sum.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

namespace adjoin {
namespace {

constexpr std::size_t complex_rows_per_chunk = 1 << 12;

/// Edges and triangles are columns of matrices, and these have ids like nodes.
void check_count(std::uint64_t count, const char* what) {
  if (count >= max_node_count) {
    throw InvalidData(fmt::format("a complex has fewer than {} {}, and here are {}", max_node_count, what, count));
  }
}

void list_edges(const CsrView& a, SimplicialComplex& complex) {
  complex.first_edge_of = Array<EdgeOffset>(a.row_count() + 1);
  complex.edges = Array<Edge>(a.nonzero_count() / 2);
  std::size_t at = 0;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    complex.first_edge_of[row] = edge_offset(at);
    for (const NodeId target : a.row_targets(row)) {
      if (index(target) > row) complex.edges[at++] = {node_id(row), target};
    }
  }
  complex.first_edge_of[a.row_count()] = edge_offset(at);
}

NodeTriple sorted(const detail::WeightedTriangle& t) noexcept {
  const auto [low, high] = std::minmax({t.u, t.v, t.w});
  const NodeId middle = t.u != low && t.u != high ? t.u : t.v != low && t.v != high ? t.v : t.w;
  return {low, middle, high};
}

/// The transpose of a boundary matrix, from rows of so many entries each.
template <std::size_t Size, class RowOf>
Csr coboundary(RunContext& context, std::size_t rows, std::size_t columns, const std::array<float, Size>& signs,
               RowOf&& row_of) {
  Csr result{columns, Array<EdgeOffset>(rows + 1), Array<NodeId>(rows * Size), Array<float>(rows * Size)};
  result.offsets[0] = EdgeOffset{0};
  context.threads().for_chunks(rows, complex_rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
      result.offsets[row + 1] = edge_offset((row + 1) * Size);
      const std::array<NodeId, Size> targets = row_of(row);
      std::ranges::copy(targets, result.targets.begin() + row * Size);
      std::ranges::copy(signs, result.weights.begin() + row * Size);
    }
  });
  return result;
}

Csr without_zeros(RunContext& context, const Csr& matrix) {
  const CsrView a = matrix.view();
  Csr result{a.column_count, Array<EdgeOffset>(a.row_count() + 1), {}, {}};
  result.offsets[0] = EdgeOffset{0};
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    const auto weights = a.row_weights(row);
    const auto zeros = static_cast<std::size_t>(std::ranges::count(weights, 0.0F));
    result.offsets[row + 1] = edge_offset(index(result.offsets[row]) + weights.size() - zeros);
  }
  result.targets = Array<NodeId>(index(result.offsets[a.row_count()]));
  result.weights = Array<float>(result.targets.size());
  context.threads().for_chunks(a.row_count(), complex_rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
      std::size_t at = index(result.offsets[row]);
      for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
        if (a.weights[e] == 0) continue;
        result.targets[at] = a.targets[e];
        result.weights[at++] = a.weights[e];
      }
    }
  });
  return result;
}

[[noreturn]] void throw_dimension(int dimension) {
  throw InvalidOption(fmt::format(
      "there are Hodge Laplacians of dimensions 0, 1 and 2 here, not of {}; a complex ends at triangles", dimension));
}

}  // namespace

std::size_t SimplicialComplex::edge_of(NodeId u, NodeId v) const noexcept {
  const auto begin = edges.begin() + index(first_edge_of[index(u)]);
  const auto end = edges.begin() + index(first_edge_of[index(u) + 1]);
  const auto at = std::ranges::lower_bound(begin, end, v, {}, &Edge::target);
  return static_cast<std::size_t>(at - edges.begin());
}

SimplicialComplex simplicial_complex(RunContext& context, const Projection& projection) {
  const CsrView a = projection.graph.view().out();
  check_count(a.nonzero_count() / 2, "edges");
  const std::uint64_t visit = detail::estimate_triangle_visit_memory(projection.graph, context.threads().count());
  const std::uint64_t edges = a.nonzero_count() / 2 * sizeof(Edge) + a.row_count() * sizeof(EdgeOffset);
  context.require_memory(resident_bytes() + visit + edges, "lower --threads or raise --memory");
  SimplicialComplex complex;
  complex.node_count = a.row_count();
  complex.vertex_count = projection.active_node_count();
  list_edges(a, complex);
  const detail::NeighborsAbove ranked(context, projection.graph);
  const std::size_t tasks = detail::triangle_task_count(ranked.above.view());
  std::vector<std::size_t> begins(tasks + 1, 0);
  context.begin_stage("count closed triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    std::size_t closed = 0;
    detail::visit_triangles(projection, ranked, nullptr, task, tasks,
                            [&](const detail::WeightedTriangle& t) { closed += t.closed ? 1 : 0; });
    begins[task + 1] = closed;
  });
  context.end_stage();
  for (std::size_t task = 0; task < tasks; ++task) begins[task + 1] += begins[task];
  check_count(begins[tasks], "triangles");
  // Sorting takes a second copy.
  context.require_memory(resident_bytes() + visit + 2 * begins[tasks] * sizeof(NodeTriple), "raise --memory");
  complex.triangles = Array<NodeTriple>(begins[tasks]);
  context.begin_stage("list closed triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    std::size_t at = begins[task];
    detail::visit_triangles(projection, ranked, nullptr, task, tasks, [&](const detail::WeightedTriangle& t) {
      if (t.closed) complex.triangles[at++] = sorted(t);
    });
  });
  context.end_stage();
  parallel_sort(context.threads(), complex.triangles.span(), [](const NodeTriple& x, const NodeTriple& y) {
    return std::tie(x.a, x.b, x.c) < std::tie(y.a, y.b, y.c);
  });
  return complex;
}

Boundaries boundaries_of(RunContext& context, const SimplicialComplex& complex) {
  constexpr std::uint64_t entry_bytes = 2 * (sizeof(NodeId) + sizeof(float));
  context.require_memory(resident_bytes() + complex.edges.size() * (2 * entry_bytes + 2 * sizeof(EdgeOffset)) +
                             complex.triangles.size() * (3 * entry_bytes + sizeof(EdgeOffset)) +
                             complex.node_count * sizeof(EdgeOffset),
                         "raise --memory");
  Boundaries result;
  result.edges.transpose = coboundary<2>(
      context, complex.edges.size(), complex.node_count, {-1, 1},
      [&](std::size_t edge) { return std::array<NodeId, 2>{complex.edges[edge].source, complex.edges[edge].target}; });
  // The edges of a triangle in their order: ij, ik, jk.
  result.triangles.transpose =
      coboundary<3>(context, complex.triangles.size(), complex.edges.size(), {1, -1, 1}, [&](std::size_t triangle) {
        const auto [i, j, k] = complex.triangles[triangle];
        return std::array<NodeId, 3>{node_id(complex.edge_of(i, j)), node_id(complex.edge_of(i, k)),
                                     node_id(complex.edge_of(j, k))};
      });
  result.edges.matrix = transpose(context, result.edges.transpose.view());
  result.triangles.matrix = transpose(context, result.triangles.transpose.view());
  return result;
}

Csr hodge_laplacian(RunContext& context, const Boundaries& boundaries, int dimension) {
  const auto& [b1, t1] = boundaries.edges;
  const auto& [b2, t2] = boundaries.triangles;
  switch (dimension) {
    case 0:
      return without_zeros(context, spgemm(context, b1.view(), t1.view()));
    case 1: {
      const Csr down = spgemm(context, t1.view(), b1.view());
      const Csr up = spgemm(context, b2.view(), t2.view());
      return without_zeros(context, sum(context, down.view(), up.view()));
    }
    case 2:
      return without_zeros(context, spgemm(context, t2.view(), b2.view()));
    default:
      throw_dimension(dimension);
  }
}

void multiply_hodge_laplacian(RunContext& context, const Boundaries& boundaries, int dimension,
                              std::span<const double> x, std::span<double> y) {
  const auto& [b1, t1] = boundaries.edges;
  const auto& [b2, t2] = boundaries.triangles;
  if (dimension < 0 || dimension > 2) throw_dimension(dimension);
  if (dimension == 0 || dimension == 2) {
    const Csr& first = dimension == 0 ? t1 : b2;
    const Csr& second = dimension == 0 ? b1 : t2;
    Array<double> between(first.view().row_count());
    spmv(context, first.view(), x, between.span());
    spmv(context, second.view(), between.span(), y);
    return;
  }
  Array<double> between(std::max(b1.view().row_count(), t2.view().row_count()));
  Array<double> up(y.size());
  const auto of_triangles = between.span().first(t2.view().row_count());
  spmv(context, t2.view(), x, of_triangles);
  spmv(context, b2.view(), of_triangles, up.span());
  const auto of_nodes = between.span().first(b1.view().row_count());
  spmv(context, b1.view(), x, of_nodes);
  spmv(context, t1.view(), of_nodes, y);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += up[i];
}

}  // namespace adjoin
