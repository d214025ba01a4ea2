#include <algorithm>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/projection.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/spgemm.hpp>

namespace adjoin {
namespace {

constexpr std::size_t rows_per_chunk = 1 << 10;

/// A^T whose rows have the weight that their simplex gives to each of its edges.
Csr weighted_rows(RunContext& context, const Csr& nodes_of) {
  Csr rows{nodes_of.column_count, nodes_of.offsets.copy(), nodes_of.targets.copy(),
           Array<float>(nodes_of.targets.size())};
  const CsrView a = rows.view();
  context.threads().for_chunks(a.row_count(), rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
      const std::size_t others = std::max<std::size_t>(2, a.row_size(row)) - 1;  // one node alone is no edge
      std::fill(rows.weights.begin() + a.row_begin(row), rows.weights.begin() + a.row_end(row),
                1.0F / static_cast<float>(others));
    }
  });
  return rows;
}

/// The matrix without its diagonal, and without weights if they are not wanted. A node of a simplex has an entry on the
/// diagonal, its simplicial degree; another has an empty row.
Csr without_diagonal(RunContext& context, const Csr& product, bool weighted) {
  const CsrView a = product.view();
  const std::size_t n = a.row_count();
  Csr result{n, Array<EdgeOffset>(n + 1), {}, {}};
  result.offsets[0] = EdgeOffset{0};
  for (std::size_t row = 0; row < n; ++row) {
    const std::size_t size = a.row_size(row);
    result.offsets[row + 1] = edge_offset(index(result.offsets[row]) + (size > 0 ? size - 1 : 0));
  }
  result.targets = Array<NodeId>(index(result.offsets[n]));
  if (weighted) result.weights = Array<float>(result.targets.size());
  context.threads().for_chunks(n, rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
      std::size_t at = index(result.offsets[row]);
      for (std::size_t entry = a.row_begin(row); entry < a.row_end(row); ++entry) {
        if (a.targets[entry] == node_id(row)) continue;
        result.targets[at] = a.targets[entry];
        if (weighted) result.weights[at] = a.weights[entry];
        ++at;
      }
    }
  });
  return result;
}

}  // namespace

std::size_t Projection::active_node_count() const noexcept {
  std::size_t active = 0;
  for (std::size_t v = 0; v < incidence.node_count(); ++v) active += simplicial_degree(node_id(v)) > 0 ? 1 : 0;
  return active;
}

Projection project_simplices(RunContext& context, const SimplexView& simplices, std::shared_ptr<const NodeIndex> nodes,
                             const ProjectionOptions& options) {
  validate(options);
  if (nodes->size() != simplices.node_count) {
    throw InvalidData(
        fmt::format("the simplices are of {} nodes, and there are {} names", simplices.node_count, nodes->size()));
  }
  Incidence incidence = incidence_of(context, simplices, options.max_size);
  Csr product;
  if (options.weights == TieWeight::share) {
    const Csr rows = weighted_rows(context, incidence.nodes_of);
    product = spgemm(context, incidence.simplices_of.view(), rows.view());
  } else {
    product = spgemm(context, incidence.simplices_of.view(), incidence.nodes_of.view());
  }
  Csr adjacency = without_diagonal(context, product, options.weights != TieWeight::none);
  product = {};
  const std::size_t edges = adjacency.targets.size() / 2;
  return {std::move(incidence), detail::graph_of_valid(std::move(adjacency), std::move(nodes), false, edges),
          options.weights};
}

std::uint64_t estimate_projection_memory(const SimplexView& simplices, const ProjectionOptions& options) noexcept {
  std::uint64_t products = 0;
  for (std::size_t i = 0; i < simplices.size(); ++i) {
    const std::uint64_t k = simplices.simplex(i).size();
    if (k <= static_cast<std::uint64_t>(options.max_size)) products += k * k;
  }
  const std::uint64_t n = simplices.node_count;
  const std::uint64_t entries = n == 0 || products / n < n ? products : n * n;
  return estimate_incidence_memory(simplices) +
         2 * (entries * (sizeof(NodeId) + sizeof(float)) + n * sizeof(EdgeOffset));
}

}  // namespace adjoin
