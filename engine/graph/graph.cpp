#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

namespace adjoin {

namespace detail {

struct GraphState {
  Csr out;
  NodeIndex nodes;
  bool directed = false;
  std::size_t edge_count = 0;
  mutable std::mutex transpose_mutex;
  mutable std::optional<Csr> in;  // of a directed graph, once asked for
};

Graph graph_of_valid(Csr adjacency, NodeIndex nodes, bool directed, std::size_t edge_count) {
  auto state = std::make_unique<GraphState>();
  state->out = std::move(adjacency);
  state->nodes = std::move(nodes);
  state->directed = directed;
  state->edge_count = edge_count;
  return Graph(std::move(state));
}

}  // namespace detail

namespace {

constexpr std::size_t work_per_chunk = 1 << 16;

[[noreturn]] void refuse(const std::string& what) {
  throw InvalidData("not a graph: " + what);
}

void check_arrays(const CsrView& a, std::size_t node_count) {
  if (a.offsets.size() != node_count + 1) {
    refuse(fmt::format("{} offsets for {} nodes; there must be one more than nodes", a.offsets.size(), node_count));
  }
  if (a.column_count != node_count) refuse(fmt::format("{} columns for {} nodes", a.column_count, node_count));
  if (index(a.offsets[0]) != 0) refuse("the first offset is not 0");
  for (std::size_t row = 0; row < node_count; ++row) {
    if (a.offsets[row] > a.offsets[row + 1]) refuse(fmt::format("the offsets fall at row {}", row));
  }
  if (index(a.offsets[node_count]) != a.targets.size()) {
    refuse(fmt::format("the last offset is {} for {} entries", index(a.offsets[node_count]), a.targets.size()));
  }
  if (!a.weights.empty() && a.weights.size() != a.targets.size()) {
    refuse(fmt::format("{} weights for {} entries", a.weights.size(), a.targets.size()));
  }
}

void check_row(const CsrView& a, std::size_t row) {
  for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
    if (index(a.targets[e]) >= a.column_count) refuse(fmt::format("row {} names node {}", row, index(a.targets[e])));
    if (e > a.row_begin(row) && a.targets[e - 1] >= a.targets[e]) {
      refuse(fmt::format("the neighbours in row {} are not in increasing order", row));
    }
    if (a.weighted() && !(a.weights[e] >= 0 && std::isfinite(a.weights[e]))) {
      refuse(fmt::format("the weight {} in row {}; weights are finite and not negative", a.weights[e], row));
    }
  }
}

/// Entry (u, v) of an undirected graph has its twin (v, u) with the same weight.
void check_twins(const CsrView& a, std::size_t row) {
  for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
    const std::size_t other = index(a.targets[e]);
    const auto neighbors = a.row_targets(other);
    const auto twin = std::ranges::lower_bound(neighbors, node_id(row));
    if (twin == neighbors.end() || *twin != node_id(row)) {
      refuse(fmt::format("it is undirected, but row {} has node {} and not the other way round", row, other));
    }
    const std::size_t at = a.row_begin(other) + static_cast<std::size_t>(twin - neighbors.begin());
    if (a.weighted() && a.weights[at] != a.weights[e]) {
      refuse(fmt::format("the edge between {} and {} has two weights", row, other));
    }
  }
}

}  // namespace

Graph::Graph(std::unique_ptr<detail::GraphState> state) noexcept : state_(std::move(state)) {}
Graph::~Graph() = default;
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;

Graph::Graph(RunContext& context, Csr adjacency, NodeIndex nodes, bool directed) {
  const CsrView a = adjacency.view();
  check_arrays(a, nodes.size());
  const std::size_t chunks = row_chunk_count(a, work_per_chunk);
  context.for_tasks(chunks, [&](std::size_t k) {
    const Chunk rows = row_chunk(a, work_per_chunk, k);
    for (std::size_t row = rows.begin; row < rows.end; ++row) check_row(a, row);
  });
  std::vector<std::size_t> loops(chunks, 0);
  context.for_tasks(chunks, [&](std::size_t k) {
    const Chunk rows = row_chunk(a, work_per_chunk, k);
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      if (!directed) check_twins(a, row);
      loops[k] += std::ranges::binary_search(a.row_targets(row), node_id(row)) ? 1 : 0;
    }
  });
  std::size_t loop_count = 0;
  for (const std::size_t count : loops) loop_count += count;
  const std::size_t entries = a.nonzero_count();
  *this = detail::graph_of_valid(std::move(adjacency), std::move(nodes), directed,
                                 directed ? entries : (entries + loop_count) / 2);
}

GraphView Graph::view() const& noexcept {
  return GraphView(*state_);
}

std::size_t GraphView::node_count() const noexcept {
  return state_->nodes.size();
}
std::size_t GraphView::edge_count() const noexcept {
  return state_->edge_count;
}
bool GraphView::directed() const noexcept {
  return state_->directed;
}
bool GraphView::weighted() const noexcept {
  return !state_->out.weights.empty();
}
const NodeIndex& GraphView::nodes() const noexcept {
  return state_->nodes;
}
CsrView GraphView::out() const noexcept {
  return state_->out.view();
}

CsrView GraphView::in(RunContext& context) const {
  if (!directed()) return out();
  const std::scoped_lock lock(state_->transpose_mutex);
  if (!state_->in) state_->in = transpose(context, out());
  return state_->in->view();
}

std::size_t GraphView::bytes() const noexcept {
  return state_->out.bytes() + state_->nodes.bytes();
}

}  // namespace adjoin
