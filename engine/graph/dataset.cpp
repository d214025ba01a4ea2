#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/check_csr.hpp>

namespace adjoin {
namespace {

constexpr std::size_t items_per_chunk = 1 << 14;

/// Gives every part its nodes' new ids.
class Renumbering {
 public:
  Renumbering(RunContext& context, std::shared_ptr<const NodeIndex> nodes, std::vector<NodeId> new_ids)
      : context_(context), nodes_(std::move(nodes)), new_ids_(std::move(new_ids)) {}

  Graph graph(GraphView old) const {
    const CsrView a = old.out();
    Array<Edge> edges(old.edge_count());
    Array<float> weights(a.weighted() ? edges.size() : 0);
    std::size_t at = 0;
    for (std::size_t row = 0; row < a.row_count(); ++row) {
      for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
        if (!old.directed() && index(a.targets[e]) < row) continue;
        if (a.weighted()) weights[at] = a.weights[e];
        edges[at++] = {new_ids_[row], new_ids_[index(a.targets[e])]};
      }
    }
    const BuildOptions options{old.directed(), SelfLoops::keep, Duplicates::refuse};
    return build_graph(context_, std::move(edges), std::move(weights), nodes_, options).graph;
  }

  EventLog events(const EventView& old) const {
    EventArrays arrays{renumbered(old.sources),
                       renumbered(old.targets),
                       copy(old.times),
                       copy(old.weights),
                       copy(old.labels),
                       {},
                       old.decimals};
    if (const std::size_t columns = old.features.columns(); columns > 0) {
      arrays.features = Matrix(old.size(), columns);
      std::copy_n(old.features.data(), old.size() * columns, arrays.features.view().data());
    }
    return {context_, nodes_->size(), std::move(arrays)};
  }

  SimplexLog simplices(const SimplexView& old) const {
    return {context_, nodes_->size(), {copy(old.offsets), renumbered(old.nodes), copy(old.times), old.decimals}};
  }

  Matrix dense(const Matrix& old) const {
    Matrix rows(nodes_->size(), old.columns(), 0.0F);
    for (std::size_t i = 0; i < old.rows(); ++i) std::ranges::copy(old.row(i), rows.row(index(new_ids_[i])).begin());
    return rows;
  }

  Csr sparse(const CsrView& old) const {
    std::vector<MatrixEntry> entries;
    entries.reserve(old.nonzero_count());
    for (std::size_t row = 0; row < old.row_count(); ++row) {
      for (std::size_t e = old.row_begin(row); e < old.row_end(row); ++e) {
        entries.push_back({static_cast<std::uint32_t>(index(new_ids_[row])),
                           static_cast<std::uint32_t>(index(old.targets[e])), old.weighted() ? old.weights[e] : 1});
      }
    }
    return matrix_of_entries(nodes_->size(), old.column_count, std::move(entries), !old.weighted());
  }

 private:
  template <class Value>
  static Array<Value> copy(std::span<const Value> values) {
    Array<Value> result(values.size());
    std::ranges::copy(values, result.begin());
    return result;
  }
  Array<NodeId> renumbered(std::span<const NodeId> old) const {
    Array<NodeId> result(old.size());
    context_.threads().for_chunks(old.size(), items_per_chunk, [&](Chunk chunk) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) result[i] = new_ids_[index(old[i])];
    });
    return result;
  }

  RunContext& context_;
  std::shared_ptr<const NodeIndex> nodes_;
  std::vector<NodeId> new_ids_;
};

}  // namespace

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

Dataset with_nodes(RunContext& context, Dataset dataset, const std::vector<std::string>& names) {
  const NodeIndex& old = *dataset.nodes;
  std::vector<std::string> all;
  all.reserve(old.size() + names.size());
  for (std::size_t i = 0; i < old.size(); ++i) all.push_back(old.name(node_id(i)));
  all.insert(all.end(), names.begin(), names.end());
  auto nodes = std::make_shared<const NodeIndex>(NodeIndex::from_names(all));
  if (nodes->size() == old.size()) return dataset;
  std::vector<NodeId> new_ids(old.size());
  context.threads().for_chunks(old.size(), items_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) new_ids[i] = *nodes->find(all[i]);
  });
  const Renumbering renumbering(context, nodes, std::move(new_ids));
  if (dataset.graph) dataset.graph = renumbering.graph(dataset.graph->view());
  if (dataset.events) dataset.events = renumbering.events(dataset.events->view());
  if (dataset.simplices) dataset.simplices = renumbering.simplices(dataset.simplices->view());
  if (dataset.features.columns() > 0) dataset.features = renumbering.dense(dataset.features);
  if (dataset.sparse_features) dataset.sparse_features = renumbering.sparse(dataset.sparse_features->view());
  if (dataset.labels) dataset.labels->of_node = renumbering.sparse(dataset.labels->of_node.view());
  dataset.nodes = std::move(nodes);
  return dataset;
}

}  // namespace adjoin
