#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/engine/graph/matrix_as_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/check_csr.hpp>

namespace adjoin {
namespace {

bool has_loop(const CsrView& a, std::size_t row) {
  return std::ranges::binary_search(a.row_targets(row), node_id(row));
}

/// The same rows without their entries of the diagonal.
Csr without_diagonal(RunContext& context, const CsrView& a, std::size_t loops) {
  Csr kept{a.column_count, Array<EdgeOffset>(a.offsets.size()), Array<NodeId>(a.nonzero_count() - loops),
           Array<float>(a.weighted() ? a.nonzero_count() - loops : 0)};
  std::size_t entries = 0;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    kept.offsets[row] = edge_offset(entries);
    entries += a.row_size(row) - (has_loop(a, row) ? 1 : 0);
  }
  kept.offsets[a.row_count()] = edge_offset(entries);
  context.threads().for_chunks(a.row_count(), std::size_t{1} << 12, [&](Chunk rows) {
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      std::size_t to = index(kept.offsets[row]);
      for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
        if (a.targets[e] == node_id(row)) continue;
        kept.targets[to] = a.targets[e];
        if (a.weighted()) kept.weights[to] = a.weights[e];
        ++to;
      }
    }
  });
  return kept;
}

std::size_t isolated_nodes(const CsrView& a, bool directed) {
  std::vector<std::uint8_t> touched(a.row_count(), 0);
  if (directed) {  // else whoever is named has a row that names others
    for (const NodeId target : a.targets) touched[index(target)] = 1;
  }
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    if (a.row_size(row) > 0) touched[row] = 1;
  }
  return static_cast<std::size_t>(std::ranges::count(touched, 0));
}

}  // namespace

BuiltGraph matrix_as_graph(RunContext& context, Csr matrix, std::shared_ptr<const NodeIndex> nodes,
                           const MatrixGraphOptions& options) {
  const std::size_t n = nodes->size();
  context.begin_stage("check", "rows", n);
  check_csr(context, matrix.view(), n, n, "graph", false);
  BuildReport report;
  report.edges_given = matrix.view().nonzero_count();
  if (options.self_loops != SelfLoops::keep) {
    std::size_t loops = 0;
    for (std::size_t row = 0; row < n; ++row) {
      if (!has_loop(matrix.view(), row)) continue;
      if (options.self_loops == SelfLoops::refuse) {
        const std::string name = nodes->name(node_id(row));
        throw InvalidData(fmt::format("there is an edge from {} to itself, and self-loops are refused", name));
      }
      ++loops;
    }
    if (loops > 0) matrix = without_diagonal(context, matrix.view(), loops);
    report.self_loops_dropped = loops;
  }
  const CsrView a = matrix.view();
  const std::size_t edges = a.nonzero_count();
  Graph graph = detail::graph_of_valid(std::move(matrix), std::move(nodes), true, edges);
  if (options.direction != MatrixDirection::directed) {
    if (detail::is_symmetric(context, graph)) {
      graph = detail::as_undirected(context, std::move(graph));
    } else if (options.direction == MatrixDirection::undirected) {
      throw InvalidData("the matrix is not symmetric, as an undirected graph's is; take it as directed");
    }
  }
  report.isolated_nodes = isolated_nodes(graph.view().out(), graph.view().directed());
  context.end_stage();
  return {std::move(graph), report};
}

}  // namespace adjoin
