#include <algorithm>
#include <utility>

#include <adjoin/algorithms/gnn/count_columns.hpp>
#include <adjoin/algorithms/gnn/pair_batches.hpp>
#include <adjoin/engine/graph/neighbors.hpp>

namespace adjoin::gnn {

Csr link_adjacency(RunContext& context, GraphView graph) {
  const Neighbors neighbors = gathered_neighbors(context, graph, NeighborDirection::both, false);
  const CsrView& rows = neighbors.rows;
  Csr result{rows.column_count,
             Array<EdgeOffset>(rows.row_count() + 1, EdgeOffset{0}),
             Array<NodeId>(rows.nonzero_count()),
             {}};
  std::size_t kept = 0;
  for (std::size_t row = 0; row < rows.row_count(); ++row) {
    for (const NodeId target : rows.row_targets(row)) {
      if (index(target) != row) result.targets[kept++] = target;
    }
    result.offsets[row + 1] = edge_offset(kept);
  }
  result.targets.shrink(kept);
  return result;
}

PairBatches::PairBatches(RunContext& context, const LinkModelOptions& options, std::size_t node_count)
    : structure_(options.structure) {
  if (structure_ == PairStructure::sketches) sketches_.emplace(context, node_count);
}

void PairBatches::assign(RunContext& context, const CsrView& adjacency) {
  adjacency_ = adjacency;
  if (sketches_) sketches_->assign(context, adjacency);
}

bool PairBatches::looks_between() const noexcept {
  return structure_ == PairStructure::common_neighbors || structure_ == PairStructure::completed;
}

PairBatch PairBatches::look_up(RunContext& context, std::span<const Edge> pairs,
                               std::optional<CompletedNeighbors> completed) const {
  PairBatch batch;
  batch.sources_.reserve(pairs.size());
  batch.targets_.reserve(pairs.size());
  for (const Edge& pair : pairs) {
    batch.sources_.push_back(pair.source);
    batch.targets_.push_back(pair.target);
  }
  if (looks_between()) {
    batch.shared_rows_ = completed ? std::move(completed->rows) : common_neighbors(context, adjacency_, pairs);
  } else if (structure_ != PairStructure::none) {
    const Matrix counts = sketches_ ? sketches_->counts(context, pairs) : distance_counts(context, adjacency_, pairs);
    batch.counts_ = count_columns(context, adjacency_, pairs, counts.view());
  }
  return batch;
}

PairBatch PairBatches::make(RunContext& context, std::span<const Edge> pairs,
                            std::optional<CompletedNeighbors> completed) const {
  PairBatch batch = look_up(context, pairs, std::move(completed));
  if (looks_between()) batch.shared_ = std::make_unique<learn::SparseOperand>(batch.shared_rows_.view());
  return batch;
}

PairBatch PairBatches::make_to_learn(RunContext& context, std::span<const Edge> pairs, NodeNumbers numbers,
                                     std::optional<CompletedNeighbors> completed) const {
  PairBatch batch = look_up(context, pairs, std::move(completed));
  if (numbers == NodeNumbers::of_batch) batch.number_nodes();
  if (looks_between()) batch.shared_ = std::make_unique<learn::SparseOperand>(context, batch.shared_rows_.view());
  return batch;
}

void PairBatch::number_nodes() {
  const auto all_names = [&](auto body) {
    for (std::vector<NodeId>* const ends : {&sources_, &targets_}) {
      for (NodeId& node : *ends) body(node);
    }
    for (NodeId& node : shared_rows_.targets) body(node);
  };
  nodes_.reserve(2 * sources_.size() + shared_rows_.targets.size());
  all_names([&](NodeId node) { nodes_.push_back(node); });
  std::ranges::sort(nodes_);
  const auto [first, last] = std::ranges::unique(nodes_);
  nodes_.erase(first, last);
  // In the order of ids, so that rows of shared nodes stay in order.
  all_names([&](NodeId& node) {
    node = node_id(static_cast<std::size_t>(std::ranges::lower_bound(nodes_, node) - nodes_.begin()));
  });
  shared_rows_.column_count = nodes_.size();
}

}  // namespace adjoin::gnn
