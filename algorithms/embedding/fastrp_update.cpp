#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/fastrp_steps.hpp>
#include <adjoin/algorithms/embedding/fastrp_update.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/graph/match_nodes.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/select_rows.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

namespace adjoin {
namespace {

using detail::FastRPSteps;
using detail::NodeScales;

constexpr std::size_t updated_rows_per_chunk = 1 << 12;

void check_updatable(RunContext& context, const FastRPOptions& options, const FastRPSteps& steps) {
  detail::check_fastrp(options, steps);
  context.use_cpu("FastRP is updated on the cpu only");
  const auto refuse = [](std::string_view what) {
    throw InvalidOption(fmt::format("{}; compute the embedding as a whole", what));
  };
  if (!steps.fused()) refuse("hops of the dialect tigergraph cannot be updated");
  if (steps.relative_degree) {
    refuse("in the dialect paper every vector depends on the number of edges and cannot be updated");
  }
  if (options.dialect == FastRPDialect::gtmac && options.sparsity == 0) {
    throw InvalidOption(
        "in the dialect gtmac the random vectors depend on the number of nodes; set --sparsity, or use the dialect "
        "adjoin");
  }
  if (options.matrix == NeighborMatrix::adjacency && steps.adds_units()) {
    refuse("sums over neighbours are scaled by the largest degree of the whole graph and cannot be updated");
  }
  if (options.concatenate) refuse("concatenated hops cannot be updated");
  if (options.precision == FastRPPrecision::bf16) refuse("hops in bf16 cannot be updated");
  if (options.property_ratio > 0) refuse("vectors that start from features cannot be updated");
}

/// What every part of an update needs of one graph.
struct Run {
  Run(RunContext& run_context, GraphView run_graph, const FastRPOptions& run_options)
      : context(run_context),
        graph(run_graph),
        options(run_options),
        steps(detail::fastrp_steps(options)),
        neighbors(gathered_neighbors(context, graph, options.direction, false)),
        gathered(neighbors.rows),
        scales(detail::node_scales(context, gathered, graph.nodes(), options, steps)),
        sparsity(detail::projection_sparsity(options, graph.node_count(), scales.degree_sum)) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  std::size_t dim() const { return static_cast<std::size_t>(options.dim); }
  /// The start vectors of some nodes.
  SignMatrix start(std::span<const NodeId> nodes) const {
    Array<float> scale(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) scale[i] = scales.start[index(nodes[i])];
    return random_signs(
        context, [&](std::size_t i) { return graph.nodes().name_hash(nodes[i]); }, sparsity,
        static_cast<float>(detail::projection_magnitude(options, sparsity)), scale.span(), dim());
  }

  RunContext& context;
  GraphView graph;
  const FastRPOptions& options;
  FastRPSteps steps;
  Neighbors neighbors;
  CsrView gathered;
  NodeScales scales;
  double sparsity;
};

Array<NodeId> all_nodes(std::size_t n) {
  Array<NodeId> nodes(n);
  for (std::size_t i = 0; i < n; ++i) nodes[i] = node_id(i);
  return nodes;
}

/// sum = what the start vectors add to the rows of `nodes`; signs holds their start vectors.
void begin_sum(const Run& run, std::span<const NodeId> nodes, const SignMatrix& signs, MatrixView<float> sum) {
  const bool units = run.steps.adds_units();
  if (run.steps.start_weight != 0) add_rows(run.context, run.steps.start_weight, signs, units, sum);
  if (!run.steps.isolated_own) return;
  Array<std::uint8_t> isolated(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) isolated[i] = run.scales.without_neighbors[index(nodes[i])];
  add_rows(run.context, run.steps.isolated_weight(), signs, units, sum, isolated.span());
}

/// The nodes that differ in a hop, found hop by hop.
class Cone {
 public:
  /// changed: size n, not 0 for nodes whose own row changed: they differ in every hop.
  Cone(CsrView gathered_by, Array<std::uint8_t> changed) : gathered_by_(gathered_by), differs_(std::move(changed)) {
    for (std::size_t v = 0; v < differs_.size(); ++v) {
      if (differs_[v] != 0) nodes_.push_back(node_id(v));
    }
    reached_last_ = nodes_;
  }
  /// In the order of their ids.
  std::span<const NodeId> nodes() const { return nodes_; }

  /// From the nodes of a hop to those of the next: whoever gathers from one of them, and they themselves.
  void advance() {
    std::vector<NodeId> reached;
    for (const NodeId node : reached_last_) {
      for (const NodeId next : gathered_by_.row_targets(index(node))) {
        if (differs_[index(next)] != 0) continue;
        differs_[index(next)] = 1;
        reached.push_back(next);
      }
    }
    std::ranges::sort(reached);
    std::vector<NodeId> all;
    all.reserve(nodes_.size() + reached.size());
    std::ranges::merge(nodes_, reached, std::back_inserter(all));
    nodes_ = std::move(all);
    reached_last_ = std::move(reached);
  }

 private:
  CsrView gathered_by_;
  Array<std::uint8_t> differs_;
  std::vector<NodeId> nodes_;
  std::vector<NodeId> reached_last_;  // whoever gathers from the others is in nodes_ already
};

Array<float> selected(std::span<const float> values, std::span<const NodeId> nodes) {
  Array<float> part(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) part[i] = values[index(nodes[i])];
  return part;
}

/// Rows `nodes` of hop 1, from start vectors that are drawn for their neighbours alone.
Matrix first_hop_rows(const Run& run, std::span<const NodeId> nodes) {
  Csr rows = select_rows(run.context, run.gathered, nodes);
  std::vector<NodeId> sources(rows.targets.begin(), rows.targets.end());
  std::ranges::sort(sources);
  sources.erase(std::ranges::unique(sources).begin(), sources.end());
  for (NodeId& target : rows.targets)
    target = node_id(static_cast<std::size_t>(std::ranges::lower_bound(sources, target) - sources.begin()));
  rows.column_count = sources.size();
  Matrix result(nodes.size(), run.dim());
  const Array<float> scale = selected(run.scales.product.span(), nodes);
  const SignMatrix start = run.start(sources);
  spmm(run.context, rows.view(), scale.span(), start, result.view());
  return result;
}

Matrix next_hop_rows(const Run& run, std::span<const NodeId> nodes, MatrixView<const float> previous) {
  const Csr rows = select_rows(run.context, run.gathered, nodes);
  Matrix result(nodes.size(), run.dim());
  const Array<float> scale = selected(run.scales.product.span(), nodes);
  spmm(run.context, rows.view(), scale.span(), previous, result.view());
  return result;
}

void put_rows(RunContext& context, const Matrix& rows, std::span<const NodeId> nodes, MatrixView<float> into) {
  context.threads().for_chunks(nodes.size(), updated_rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i)
      std::ranges::copy(rows.row(i), into.row(index(nodes[i])).begin());
  });
}

Matrix take_rows(RunContext& context, MatrixView<const float> from, std::span<const NodeId> nodes) {
  Matrix rows(nodes.size(), from.columns());
  context.threads().for_chunks(nodes.size(), updated_rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i)
      std::ranges::copy(from.row(index(nodes[i])), rows.row(i).begin());
  });
  return rows;
}

/// Recomputes hop by hop the rows that the cone reaches, every hop from the one before it, then their sums.
std::vector<std::uint64_t> recompute(const Run& run, Cone& cone, FastRPState& state) {
  std::vector<std::uint64_t> counts;
  Matrix last;
  run.context.begin_stage("update", "rows", run.steps.hops() * run.graph.node_count());
  for (std::size_t hop = 1; hop <= run.steps.hops(); ++hop) {
    cone.advance();
    counts.push_back(cone.nodes().size());
    last = hop == 1 ? first_hop_rows(run, cone.nodes())
                    : next_hop_rows(run, cone.nodes(), std::as_const(state).hop(hop - 1));
    if (hop < run.steps.hops()) put_rows(run.context, last, cone.nodes(), state.hop(hop));
  }
  run.context.end_stage();
  const std::span<const NodeId> nodes = cone.nodes();
  Matrix sums(nodes.size(), run.dim(), 0.0F);
  if (run.steps.adds_start()) begin_sum(run, nodes, run.start(nodes), sums.view());
  for (std::size_t hop = 1; hop <= run.steps.hops(); ++hop) {
    const float weight = run.steps.weight(hop);
    if (weight == 0) continue;
    if (hop == run.steps.hops()) {
      add_rows(run.context, weight, last.view(), run.steps.adds_units(), sums.view());
    } else {
      const Matrix rows = take_rows(run.context, std::as_const(state).hop(hop), nodes);
      add_rows(run.context, weight, rows.view(), run.steps.adds_units(), sums.view());
    }
  }
  put_rows(run.context, sums, nodes, state.sum());
  return counts;
}

/// Marks the nodes of the new graph whose row of the gathered matrix is not that of the old one.
Array<std::uint8_t> changed_rows(RunContext& context, const CsrView& before, const CsrView& after,
                                 std::span<const NodeId> old_of_new) {
  Array<std::uint8_t> changed(after.row_count());
  context.threads().for_chunks(after.row_count(), updated_rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
      const NodeId old = old_of_new[v];
      const auto now = after.row_targets(v);
      bool same = old != no_node && before.row_size(index(old)) == now.size() && before.weighted() == after.weighted();
      for (std::size_t i = 0; same && i < now.size(); ++i) {
        const std::size_t e = before.row_begin(index(old)) + i;
        same = old_of_new[index(now[i])] == before.targets[e] &&
               (!after.weighted() || after.weights[after.row_begin(v) + i] == before.weights[e]);
      }
      changed[v] = same ? 0 : 1;
    }
  });
  return changed;
}

bool is_identity(std::span<const NodeId> old_of_new, std::size_t old_count) {
  if (old_of_new.size() != old_count) return false;
  for (std::size_t v = 0; v < old_of_new.size(); ++v) {
    if (index(old_of_new[v]) != v) return false;
  }
  return true;
}

/// The rows of the old nodes in the places of the new ones; new nodes get zeros, to be recomputed.
Matrix moved_rows(RunContext& context, const Matrix& from, std::span<const NodeId> old_of_new) {
  Matrix to(old_of_new.size(), from.columns());
  context.threads().for_chunks(old_of_new.size(), updated_rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
      if (old_of_new[v] == no_node) {
        std::ranges::fill(to.row(v), 0.0F);
      } else {
        std::ranges::copy(from.row(index(old_of_new[v])), to.row(v).begin());
      }
    }
  });
  return to;
}

std::size_t blocks(const FastRPSteps& steps) {
  return std::max<std::size_t>(steps.hops(), 1);
}

/// Throws unless the state has the shape of a run over a graph of n nodes.
void check_shape(const FastRPState& state, const FastRPSteps& steps, std::size_t n) {
  if (state.rows.rows() == n && state.rows.columns() == blocks(steps) * state.dim()) return;
  throw InvalidOption(fmt::format("this state of FastRP is not one of a graph of {} nodes", n));
}

Matrix copy_of(MatrixView<const float> matrix) {
  Matrix copy(matrix.rows(), matrix.columns());
  for (std::size_t i = 0; i < matrix.rows(); ++i) std::ranges::copy(matrix.row(i), copy.row(i).begin());
  return copy;
}

}  // namespace

FastRPState fastrp_state(RunContext& context, GraphView graph, const FastRPOptions& options) {
  check_updatable(context, options, detail::fastrp_steps(options));
  context.require_memory(resident_bytes() + estimate_fastrp_state_memory(graph, options),
                         "lower --dim or the number of --weights, or raise --memory");
  const std::size_t n = graph.node_count();
  FastRPState state{options, context.seed(), {}};
  const Run run(context, graph, state.options);
  const Array<NodeId> nodes = all_nodes(n);
  context.begin_stage("project", "rows", n);
  const SignMatrix start = run.start(nodes.span());
  state.rows = Matrix(n, blocks(run.steps) * state.dim(), 0.0F);
  begin_sum(run, nodes.span(), start, state.sum());
  context.begin_stage("propagate", "rows", 2 * run.steps.hops() * n);
  const std::span<const float> scale = run.scales.product.span();
  Matrix last(run.steps.hops() > 0 ? n : 0, state.dim());
  for (std::size_t hop = 1; hop <= run.steps.hops(); ++hop) {
    const MatrixView<float> next = hop < run.steps.hops() ? state.hop(hop) : last.view();
    if (hop == 1) {
      spmm(context, run.gathered, scale, start, next);
    } else {
      spmm(context, run.gathered, scale, std::as_const(state).hop(hop - 1), next);
    }
    if (run.steps.weight(hop) != 0) {
      add_rows(context, run.steps.weight(hop), next, run.steps.adds_units(), state.sum());
    }
  }
  context.end_stage();
  return state;
}

FastRPResult fastrp_embedding(RunContext& context, GraphView graph, const FastRPState& state) {
  const Run run(context, graph, state.options);
  check_shape(state, run.steps, graph.node_count());
  Matrix embedding = copy_of(state.sum());
  if (run.steps.standardizes) {
    context.begin_stage("standardize", "rows", 2 * graph.node_count());
    standardize_columns(context, embedding.view(),
                        run.steps.adds_start() ? std::span<const std::uint8_t>{} : run.scales.without_neighbors.span());
    context.end_stage();
  }
  RunRecord record = context.record("fastrp", option_values(state.options));
  detail::remark_isolated(run.scales.without_neighbors_count, run.steps, record);
  return {std::move(embedding), std::move(record)};
}

FastRPUpdate fastrp_update(RunContext& context, GraphView old_graph, FastRPState state, GraphView new_graph) {
  const FastRPSteps steps = detail::fastrp_steps(state.options);
  check_updatable(context, state.options, steps);
  check_shape(state, steps, old_graph.node_count());
  if (old_graph.directed() != new_graph.directed()) {
    throw InvalidOption("one of the graphs is directed and the other is not; an update needs two of a kind");
  }
  if (context.seed() != state.seed) {
    throw InvalidOption(
        fmt::format("the state was made with seed {} and this run has {}; use the same", state.seed, context.seed()));
  }
  context.require_memory(resident_bytes() + estimate_fastrp_update_memory(new_graph, state), "raise --memory");
  context.begin_stage("compare", "graphs", 1);
  const Run run(context, new_graph, state.options);
  const Array<NodeId> old_of_new = match_nodes(context, new_graph.nodes(), old_graph.nodes());
  const Neighbors old_neighbors = gathered_neighbors(context, old_graph, state.options.direction, false);
  Array<std::uint8_t> changed = changed_rows(context, old_neighbors.rows, run.gathered, old_of_new.span());
  FastRPUpdate update;
  update.rows_changed = static_cast<std::uint64_t>(std::ranges::count(changed, std::uint8_t{1}));
  update.nodes_added = static_cast<std::uint64_t>(std::ranges::count(old_of_new, no_node));
  update.nodes_removed = old_graph.node_count() + update.nodes_added - new_graph.node_count();
  context.end_stage();
  // A state that stands in a mapped store is only to be read.
  if (!state.rows.owns_memory() || !is_identity(old_of_new.span(), old_graph.node_count())) {
    state.rows = moved_rows(context, state.rows, old_of_new.span());
  }
  update.state = std::move(state);
  // Who gathers from a node: the other direction of the matrix; both directions together are symmetric.
  const bool reversed = new_graph.directed() && update.state.options.direction != NeighborDirection::both;
  const CsrView gathered_by = !reversed                                                  ? run.gathered
                              : update.state.options.direction == NeighborDirection::out ? new_graph.in(context)
                                                                                         : new_graph.out();
  Cone cone(gathered_by, std::move(changed));
  update.rows_recomputed = recompute(run, cone, update.state);
  return update;
}

FastRPNewNodes fastrp_transform(RunContext& context, GraphView old_graph, const FastRPState& state,
                                GraphView new_graph) {
  const FastRPUpdate update =
      fastrp_update(context, old_graph, {state.options, state.seed, copy_of(state.rows.view())}, new_graph);
  const FastRPResult whole = fastrp_embedding(context, new_graph, update.state);
  FastRPNewNodes result;
  const Array<NodeId> old_of_new = match_nodes(context, new_graph.nodes(), old_graph.nodes());
  for (std::size_t v = 0; v < old_of_new.size(); ++v) {
    if (old_of_new[v] == no_node) result.nodes.push_back(node_id(v));
  }
  result.embedding = take_rows(context, whole.embedding.view(), result.nodes);
  return result;
}

std::uint64_t estimate_fastrp_state_memory(GraphView graph, const FastRPOptions& options) {
  const std::uint64_t n = graph.node_count();
  const auto dim = static_cast<std::size_t>(options.dim);
  const std::uint64_t buffers = detail::fastrp_steps(options).hops() + 1;
  return buffers * n * dim * sizeof(float) + SignMatrix::bytes(n, dim) + n * sizeof(NodeId) +
         detail::NodeScales::bytes(n) + estimate_neighbors_memory(graph, options.direction, false);
}

std::uint64_t estimate_fastrp_update_memory(GraphView new_graph, const FastRPState& state) {
  // Rows that move are copied; the cone is at most every row, then the graph and two buffers again.
  const std::uint64_t n = new_graph.node_count();
  const std::uint64_t moved = n * state.rows.columns() * sizeof(float);
  const std::uint64_t cone = 3 * n * state.dim() * sizeof(float) + 2 * new_graph.bytes();
  return moved + cone + detail::NodeScales::bytes(n);
}

std::vector<std::pair<std::string, std::string>> fastrp_state_words(const FastRPState& state) {
  std::vector<std::pair<std::string, std::string>> words{{"seed", std::to_string(state.seed)}};
  for (const OptionValue& option : option_values(state.options)) words.emplace_back(option.name, option.text);
  return words;
}

void read_fastrp_state_words(const std::vector<std::pair<std::string, std::string>>& words, FastRPState& state) {
  std::vector<Option> options = bind_options(state.options);
  for (const auto& [name, text] : words) {
    if (name == "seed") {
      detail::assign_value(name, text, Range<std::uint64_t>{0, UINT64_MAX}, state.seed);
      continue;
    }
    const auto option = std::ranges::find(options, name, &Option::name);
    if (option == options.end()) throw InvalidOption(fmt::format("FastRP has no option {}", name));
    option->assign(text);
  }
}

}  // namespace adjoin
