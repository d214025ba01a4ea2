#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/check_csr.hpp>

namespace adjoin {

void check_dataset(RunContext& context, const Dataset& dataset) {
  const std::size_t n = dataset.nodes->size();
  const auto check = [&](const char* what, std::size_t nodes) {
    if (nodes != n) throw InvalidData(fmt::format("the {} have {} nodes and the dataset has {}", what, nodes, n));
  };
  if (dataset.graph) check("edges of the graph", dataset.graph->view().node_count());
  for (const EdgeType& type : dataset.edge_types) check("edges of a type", type.graph.view().node_count());
  if (dataset.events) check("events", dataset.events->view().node_count);
  if (dataset.simplices) check("simplices", dataset.simplices->view().node_count);
  if (dataset.features.columns() > 0) {
    check("features", dataset.features.rows());
    if (const auto row = first_row_not_finite(context, dataset.features.view())) {
      throw InvalidData(
          fmt::format("the features of node {} are not all finite numbers", dataset.nodes->name(node_id(*row))));
    }
  }
  if (dataset.sparse_features) {
    const CsrView features = dataset.sparse_features->view();
    check("features", features.row_count());
    check_csr(context, features, n, features.column_count, "feature matrix", true);
  }
  if (dataset.labels) {
    const CsrView labels = dataset.labels->of_node.view();
    check("labels", labels.row_count());
    check_csr(context, labels, n, dataset.labels->names.size(), "table of labels", false);
  }
}

Csr matrix_of_entries(std::size_t rows, std::size_t columns, std::vector<MatrixEntry> entries, bool binary) {
  const auto place = [](const MatrixEntry& entry) { return std::pair(entry.row, entry.column); };
  std::ranges::sort(entries, {}, place);
  const auto twin = std::ranges::adjacent_find(entries, {}, place);
  if (binary) {
    const auto rest = std::ranges::unique(entries, {}, place);
    entries.erase(rest.begin(), rest.end());
  } else if (twin != entries.end()) {
    throw InvalidData(fmt::format("row {} has column {} twice", twin->row, twin->column));
  }
  Csr matrix;
  matrix.column_count = columns;
  matrix.offsets = Array<EdgeOffset>(rows + 1);
  matrix.targets = Array<NodeId>(entries.size());
  matrix.weights = Array<float>(binary ? 0 : entries.size());
  std::size_t at = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    matrix.offsets[row] = edge_offset(at);
    for (; at < entries.size() && entries[at].row == row; ++at) {
      if (entries[at].column >= columns) {
        throw InvalidData(fmt::format("row {} has column {}; there are {}", row, entries[at].column, columns));
      }
      matrix.targets[at] = node_id(entries[at].column);
      if (!binary) matrix.weights[at] = entries[at].value;
    }
  }
  if (at < entries.size()) throw InvalidData(fmt::format("there is an entry in row {} of {}", entries[at].row, rows));
  matrix.offsets[rows] = edge_offset(at);
  return matrix;
}

}  // namespace adjoin
