#include <algorithm>
#include <cmath>
#include <utility>

#include <adjoin/algorithms/linkpred/pagerank_walks.hpp>

namespace adjoin::detail {
namespace {

constexpr double untouched = -1;
/// Sweeps begin when this share of the nodes waits, and end when one has pushed less than half of it; so a sweep's O(n)
/// is paid for by its pushes.
constexpr std::size_t sweep_share = 8;

}  // namespace

Transitions transitions(RunContext& context, GraphView graph, const PageRankOptions& options) {
  context.begin_stage("neighbors", "rows", graph.node_count());
  Neighbors neighbors = gathered_neighbors(context, graph, options.direction, false);
  Transitions result{neighbors.rows, std::move(neighbors.owned), Array<double>(graph.node_count()), 1};
  if (!options.use_weights) result.rows.weights = {};
  const CsrView& a = result.rows;
  constexpr std::size_t rows_per_chunk = 4096;
  context.for_chunks(a.row_count(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      double sum = 0;
      for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) sum += walk_weight(a, e);
      result.degrees[row] = sum;
    }
  });
  if (a.weighted()) {
    double total = 0;
    for (const double degree : result.degrees) total += degree;
    if (total > 0) result.unit = static_cast<double>(a.nonzero_count()) / total;
    for (double& degree : result.degrees) degree *= result.unit;
  }
  return result;
}

std::uint64_t estimate_transitions_memory(GraphView graph, NeighborDirection direction) {
  return estimate_neighbors_memory(graph, direction, false) + graph.node_count() * sizeof(double);
}

PushWalk::PushWalk(const Transitions& transitions, const PageRankOptions& options)
    : transitions_(transitions),
      alpha_(options.alpha),
      residuals_(transitions.degrees.size()),
      pushed_(transitions.degrees.size(), 0.0),
      queue_(transitions.degrees.size()),
      touched_(transitions.degrees.size()) {
  for (std::size_t node = 0; node < residuals_.size(); ++node) {
    residuals_[node] = {untouched, options.epsilon * transitions.degrees[node]};
  }
}

std::uint64_t PushWalk::bytes(std::size_t n) noexcept {
  return n * (sizeof(Residual) + sizeof(double) + 2 * sizeof(NodeId));
}

void PushWalk::add(NodeId node, double value) noexcept {
  Residual& residual = residuals_[index(node)];
  double before = residual.value;
  if (before < 0) {
    touched_[touched_count_++] = node;
    before = 0;
  }
  residual.value = before + value;
  if (before > residual.limit || !(residual.value > residual.limit)) return;
  std::size_t last = first_ + queued_;
  if (last >= queue_.size()) last -= queue_.size();
  queue_[last] = node;
  ++queued_;
}

template <class Add>
void PushWalk::push(NodeId node, Add&& add_to, NodeId root) noexcept {
  const double residual = std::exchange(residuals_[index(node)].value, 0.0);
  pushed_[index(node)] += residual;
  const double rest = (1 - alpha_) * residual;
  const double degree = transitions_.degrees[index(node)];
  if (degree == 0) {
    add_to(root, rest);
    return;
  }
  const CsrView& a = transitions_.rows;
  const double share = rest / degree;
  if (!a.weighted()) {
    for (const NodeId next : a.row_targets(index(node))) add_to(next, share);
    return;
  }
  const double share_of_weight = share * transitions_.unit;
  for (std::size_t e = a.row_begin(index(node)); e < a.row_end(index(node)); ++e) {
    add_to(a.targets[e], share_of_weight * static_cast<double>(a.weights[e]));
  }
}

void PushWalk::run(RunContext& context, NodeId root) {
  if (transitions_.degrees[index(root)] == 0) {  // the walk stays, and pushing would only approach that
    touched_[touched_count_++] = root;
    pushed_[index(root)] = 1 / alpha_;
    return;
  }
  std::size_t edges = 0;  // since the last check
  const auto count = [&](NodeId node) {
    constexpr std::size_t edges_between_checks = 1 << 24;  // some tens of milliseconds
    edges += transitions_.rows.row_size(index(node)) + 1;
    if (edges < edges_between_checks) return;
    context.check_cancelled();
    edges = 0;
  };
  add(root, 1);
  while (queued_ > 0) {
    if (queued_ > residuals_.size() / sweep_share) {
      sweep(root, count);
      continue;
    }
    const NodeId node = queue_[first_];
    if (++first_ == queue_.size()) first_ = 0;
    --queued_;
    push(node, [&](NodeId next, double value) { add(next, value); }, root);
    count(node);
  }
}

template <class Count>
void PushWalk::sweep(NodeId root, Count&& count) {
  first_ = 0;
  queued_ = 0;
  touched_count_ = residuals_.size();
  for (std::size_t node = 0; node < residuals_.size(); ++node) {
    touched_[node] = node_id(node);
    residuals_[node].value = std::max(residuals_[node].value, 0.0);
  }
  const auto above_limit = [&](std::size_t node) { return residuals_[node].value > residuals_[node].limit; };
  const auto add_to = [&](NodeId next, double value) { residuals_[index(next)].value += value; };
  std::size_t pushes = 0;
  do {
    pushes = 0;
    for (std::size_t node = 0; node < residuals_.size(); ++node) {
      if (!above_limit(node)) continue;
      push(node_id(node), add_to, root);
      count(node_id(node));
      ++pushes;
    }
  } while (pushes > residuals_.size() / sweep_share / 2);
  for (std::size_t node = 0; node < residuals_.size(); ++node) {
    if (above_limit(node)) queue_[queued_++] = node_id(node);
  }
}

void PushWalk::clear() noexcept {
  for (std::size_t i = 0; i < touched_count_; ++i) {
    residuals_[index(touched_[i])].value = untouched;
    pushed_[index(touched_[i])] = 0;
  }
  touched_count_ = 0;
}

PowerWalk::PowerWalk(const Transitions& transitions, const PageRankOptions& options)
    : transitions_(transitions),
      options_(options),
      now_(transitions.degrees.size()),
      next_(transitions.degrees.size()) {}

std::uint64_t PowerWalk::bytes(std::size_t n) noexcept {
  return 2 * n * sizeof(double);
}

void PowerWalk::step(NodeId root) noexcept {
  const CsrView& a = transitions_.rows;
  std::ranges::fill(next_, 0.0);
  double to_root = 0;
  double total = 0;
  for (std::size_t node = 0; node < now_.size(); ++node) {
    const double value = now_[node];
    if (value == 0) continue;
    total += value;
    const double rest = (1 - options_.alpha) * value;
    const double degree = transitions_.degrees[node];
    if (degree == 0) {
      to_root += rest;
      continue;
    }
    const double share = rest / degree * transitions_.unit;
    for (std::size_t e = a.row_begin(node); e < a.row_end(node); ++e) {
      next_[index(a.targets[e])] += share * walk_weight(a, e);
    }
  }
  next_[index(root)] += to_root + options_.alpha * total;
  last_change_ = 0;
  for (std::size_t node = 0; node < now_.size(); ++node) last_change_ += std::abs(next_[node] - now_[node]);
  std::swap(now_, next_);
}

void PowerWalk::run(RunContext& context, NodeId root) {
  std::ranges::fill(now_, 0.0);
  now_[index(root)] = 1;
  iterations_ = 0;
  do {
    context.check_cancelled();
    step(root);
    ++iterations_;
  } while (!converged() && iterations_ < options_.max_iterations);
}

}  // namespace adjoin::detail
