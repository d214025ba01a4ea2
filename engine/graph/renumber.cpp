#include <algorithm>
#include <numeric>
#include <utility>

#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/graph/renumber.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>

namespace adjoin {
namespace {

constexpr std::size_t items_per_chunk = 1 << 14;

/// Gives every part its nodes' new ids.
class Renumbering {
 public:
  Renumbering(RunContext& context, std::shared_ptr<const NodeIndex> nodes, std::vector<NodeId> new_ids)
      : context_(context), nodes_(std::move(nodes)), new_ids_(std::move(new_ids)) {}

  Dataset dataset(Dataset old) const {
    if (old.graph) old.graph = graph(old.graph->view());
    for (EdgeType& type : old.edge_types) type.graph = graph(type.graph.view());
    if (old.events) old.events = events(old.events->view());
    if (old.simplices) old.simplices = simplices(old.simplices->view());
    if (old.features.columns() > 0) old.features = dense(old.features);
    if (old.sparse_features) old.sparse_features = sparse(old.sparse_features->view());
    if (old.labels) old.labels->of_node = sparse(old.labels->of_node.view());
    old.nodes = nodes_;
    return old;
  }

 private:
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

std::vector<std::uint64_t> degrees(const Dataset& dataset) {
  std::vector<std::uint64_t> degree(dataset.nodes->size());
  const auto count = [&](std::span<const NodeId> nodes) {
    for (const NodeId node : nodes) ++degree[index(node)];
  };
  if (dataset.graph) {
    const CsrView a = dataset.graph->view().out();
    for (std::size_t row = 0; row < a.row_count(); ++row) degree[row] = a.row_end(row) - a.row_begin(row);
    if (dataset.graph->view().directed()) count(a.targets);
  } else if (dataset.events) {
    count(dataset.events->view().sources);
    count(dataset.events->view().targets);
  } else if (dataset.simplices) {
    count(dataset.simplices->view().nodes);
  }
  return degree;
}

}  // namespace

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
  return Renumbering(context, std::move(nodes), std::move(new_ids)).dataset(std::move(dataset));
}

Dataset in_order(RunContext& context, Dataset dataset, NodeOrder order) {
  const NodeIndex& old = *dataset.nodes;
  const std::size_t n = old.size();
  const auto place = [&](NodeId node) { return old.places().empty() ? node : old.places()[index(node)]; };
  context.begin_stage("order", "nodes", n);
  const std::vector<std::uint64_t> degree =
      order == NodeOrder::degree ? degrees(dataset) : std::vector<std::uint64_t>(n);
  Array<NodeId> ordered(n);
  for (std::size_t i = 0; i < n; ++i) ordered[i] = node_id(i);
  parallel_sort(context.threads(), ordered.span(), [&](NodeId a, NodeId b) {
    const std::uint64_t of_a = degree[index(a)];
    const std::uint64_t of_b = degree[index(b)];
    return of_a != of_b ? of_a > of_b : place(a) < place(b);
  });
  std::vector<NodeId> places(n);
  std::vector<NodeId> new_ids(n);
  for (std::size_t i = 0; i < n; ++i) {
    places[i] = place(ordered[i]);
    new_ids[index(ordered[i])] = node_id(i);
  }
  auto nodes = std::make_shared<const NodeIndex>(old.copy().reordered(places));
  Dataset result = Renumbering(context, std::move(nodes), std::move(new_ids)).dataset(std::move(dataset));
  context.end_stage();
  return result;
}

}  // namespace adjoin
