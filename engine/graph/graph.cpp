#include <algorithm>
#include <cmath>
#include <functional>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/check_csr.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

namespace adjoin {

namespace detail {

struct GraphState {
  Csr out;
  std::shared_ptr<const NodeIndex> nodes;
  bool directed = false;
  std::size_t edge_count = 0;
  mutable std::mutex transpose_mutex;
  mutable std::optional<Csr> in;  // of a directed graph, once asked for
};

Graph graph_of_valid(Csr adjacency, std::shared_ptr<const NodeIndex> nodes, bool directed, std::size_t edge_count) {
  auto state = std::make_unique<GraphState>();
  state->out = std::move(adjacency);
  state->nodes = std::move(nodes);
  state->directed = directed;
  state->edge_count = edge_count;
  return Graph(std::move(state));
}

}  // namespace detail

namespace {

constexpr std::size_t rows_per_chunk = 1 << 14;

[[noreturn]] void refuse(const std::string& what) {
  throw InvalidData("not a graph: " + what);
}

/// Entry (u, v) of an undirected graph has its twin (v, u) with the same weight.
/// One of the two has the other and not the other way round: entries of row `other` that nobody met come before.
[[noreturn]] void refuse_without_twin(const CsrView& a, std::size_t row, std::size_t other) {
  const bool both = std::ranges::binary_search(a.row_targets(other), node_id(row));
  if (!both) refuse(fmt::format("it is undirected, but row {} has node {} and not the other way round", row, other));
  for (const NodeId target : a.row_targets(other)) {
    if (std::ranges::binary_search(a.row_targets(index(target)), node_id(other))) continue;
    refuse(fmt::format("it is undirected, but row {} has node {} and not the other way round", other, index(target)));
  }
  refuse("it is undirected, and its two halves differ");
}

/// Every entry has its twin on the other side of the diagonal. Rows in order meet the entries of each other row in its
/// order, so one place in each row is kept that moves on with every twin found: no row is searched. Each of the parts,
/// one a thread, looks at some rows and begins in each row at the first entry that is one of these.
void check_twins(RunContext& context, const CsrView& a) {
  const auto parts = static_cast<std::size_t>(context.threads().count());
  const std::size_t rows_per_part = chunk_count(a.row_count(), parts);
  context.for_tasks(parts, [&](std::size_t part) {
    const std::size_t begin = std::min(a.row_count(), part * rows_per_part);
    const std::size_t end = std::min(a.row_count(), begin + rows_per_part);
    Array<std::size_t> next(a.row_count());
    for (std::size_t row = 0; row < a.row_count(); ++row) {
      const auto targets = a.row_targets(row);
      const auto first = begin == 0 ? targets.begin() : std::ranges::lower_bound(targets, node_id(begin));
      next[row] = a.row_begin(row) + static_cast<std::size_t>(first - targets.begin());
    }
    for (std::size_t row = begin; row < end; ++row) {
      for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
        const std::size_t other = index(a.targets[e]);
        const std::size_t twin = next[other]++;
        if (twin >= a.row_end(other) || a.targets[twin] != node_id(row)) refuse_without_twin(a, row, other);
        if (a.weighted() && a.weights[twin] != a.weights[e]) {
          refuse(fmt::format("the edge between {} and {} has two weights", row, other));
        }
      }
    }
  });
}

/// Edges as a user counts them, of a matrix whose rows are checked.
std::size_t count_edges(RunContext& context, const CsrView& a, bool directed) {
  if (directed) return a.nonzero_count();
  const std::size_t loops = context.threads().reduce_ordered(
      a.row_count(), rows_per_chunk, std::size_t{0},
      [&](Chunk rows) {
        std::size_t count = 0;
        for (std::size_t row = rows.begin; row < rows.end; ++row) {
          count += std::ranges::binary_search(a.row_targets(row), node_id(row)) ? 1 : 0;
        }
        return count;
      },
      std::plus<>{});
  return (a.nonzero_count() + loops) / 2;
}

}  // namespace

Graph::Graph(std::unique_ptr<detail::GraphState> state) noexcept : state_(std::move(state)) {}
Graph::~Graph() = default;
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;

Graph::Graph(RunContext& context, Csr adjacency, NodeIndex nodes, bool directed) {
  const CsrView a = adjacency.view();
  check_csr(context, a, nodes.size(), nodes.size(), "graph", false);
  if (!directed) check_twins(context, a);
  const std::size_t edges = count_edges(context, a, directed);
  *this = detail::graph_of_valid(std::move(adjacency), std::make_shared<const NodeIndex>(std::move(nodes)), directed,
                                 edges);
}

bool detail::is_symmetric(RunContext& context, GraphView graph) {
  const CsrView out = graph.out();
  const CsrView in = graph.in(context);
  return std::ranges::equal(out.offsets, in.offsets) && std::ranges::equal(out.targets, in.targets) &&
         std::ranges::equal(out.weights, in.weights);
}

Graph detail::as_undirected(RunContext& context, Graph graph) {
  GraphState& state = *graph.state_;
  state.in.reset();
  state.directed = false;
  state.edge_count = count_edges(context, state.out.view(), false);
  return graph;
}

void detail::check_symmetric(RunContext& context, GraphView graph) {
  if (!graph.directed()) check_twins(context, graph.out());
}

Graph detail::graph_of_stored(RunContext& context, Csr adjacency, Csr in, std::shared_ptr<const NodeIndex> nodes,
                              bool directed) {
  auto state = std::make_unique<GraphState>();
  check_csr(context, adjacency.view(), nodes->size(), nodes->size(), "graph", false);
  if (!in.offsets.empty()) {
    check_csr(context, in.view(), nodes->size(), nodes->size(), "graph", false);
    if (!directed || in.targets.size() != adjacency.targets.size() || in.weights.size() != adjacency.weights.size()) {
      refuse("the transpose is not one of this graph");
    }
    state->in = std::move(in);
  }
  state->edge_count = count_edges(context, adjacency.view(), directed);
  state->out = std::move(adjacency);
  state->nodes = std::move(nodes);
  state->directed = directed;
  return Graph(std::move(state));
}

GraphView Graph::view() const& noexcept {
  return GraphView(*state_);
}

std::size_t GraphView::node_count() const noexcept {
  return state_->nodes->size();
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
  return *state_->nodes;
}
std::shared_ptr<const NodeIndex> GraphView::shared_nodes() const noexcept {
  return state_->nodes;
}
bool GraphView::has_transpose() const noexcept {
  const std::scoped_lock lock(state_->transpose_mutex);
  return !directed() || state_->in.has_value();
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
  return state_->out.bytes() + state_->nodes->bytes();
}

}  // namespace adjoin
