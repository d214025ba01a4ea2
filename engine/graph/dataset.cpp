#include <fmt/format.h>

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
  if (dataset.events) check("events", dataset.events->view().node_count);
  if (dataset.simplices) check("simplices", dataset.simplices->view().node_count);
  if (dataset.features.columns() > 0) check("features", dataset.features.rows());
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

}  // namespace adjoin
