#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/algorithms/linkpred/walk_sums.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::detail {
namespace {

/// A vector over the nodes and the list of its entries that are not 0.
class SparseRow {
 public:
  explicit SparseRow(std::size_t n) : values_(n, 0.0), nodes_(n) {}

  static std::uint64_t bytes(std::size_t n) noexcept { return n * (sizeof(double) + sizeof(NodeId)); }

  double operator[](NodeId node) const noexcept { return values_[index(node)]; }
  std::span<const NodeId> nodes() const noexcept { return nodes_.span().first(size_); }

  /// value: not 0, or the node would be listed again and again.
  void add(NodeId node, double value) noexcept {
    if (values_[index(node)] == 0) nodes_[size_++] = node;
    values_[index(node)] += value;
  }
  void clear() noexcept {
    for (const NodeId node : nodes()) values_[index(node)] = 0;
    size_ = 0;
  }

 private:
  Array<double> values_;
  Array<NodeId> nodes_;
  std::size_t size_ = 0;
};

struct Rows {
  explicit Rows(std::size_t n) : now(n), next(n) {}
  SparseRow now;
  SparseRow next;
};

/// next = damping * now A; `now` is empty afterwards, and the two change places.
void step(const CsrView& a, double damping, Rows& rows) noexcept {
  for (const NodeId node : rows.now.nodes()) {
    const double value = damping * rows.now[node];
    for (std::size_t e = a.row_begin(index(node)); e < a.row_end(index(node)); ++e) {
      const double part = value * walk_weight(a, e);
      if (part != 0) rows.next.add(a.targets[e], part);
    }
  }
  rows.now.clear();
  std::swap(rows.now, rows.next);
}

/// (now A)_target
double entry_of_product(const CsrView& columns, const SparseRow& now, NodeId target) noexcept {
  double sum = 0;
  for (std::size_t e = columns.row_begin(index(target)); e < columns.row_end(index(target)); ++e) {
    sum += now[columns.targets[e]] * walk_weight(columns, e);
  }
  return sum;
}

}  // namespace

Array<double> walk_sums(RunContext& context, const WalkMatrix& matrix, const SourceGroups& groups,
                        std::span<const double> coefficients, double damping, std::string_view stage) {
  context.begin_stage(stage, "source nodes", groups.count());
  Array<double> sums(groups.question_count(), 0.0);
  ScratchPool<Rows> pool;
  const auto of_source = [&](std::size_t group, Rows& rows) {
    rows.now.add(groups.source(group), 1);
    for (std::size_t hop = 1; hop < coefficients.size(); ++hop) {
      step(matrix.rows, damping, rows);
      const double coefficient = coefficients[hop - 1];
      if (coefficient == 0) continue;
      groups.for_questions(
          group, [&](std::size_t question, NodeId target) { sums[question] += coefficient * rows.now[target]; });
    }
    groups.for_questions(group, [&](std::size_t question, NodeId target) {
      sums[question] += coefficients.back() * damping * entry_of_product(matrix.columns, rows.now, target);
    });
    rows.now.clear();
  };
  context.for_tasks(groups.count(), [&](std::size_t group) {
    pool.borrow([&] { return Rows(matrix.rows.row_count()); }, [&](Rows& rows) { of_source(group, rows); });
  });
  context.end_stage();
  return sums;
}

std::uint64_t estimate_walk_sums_memory(std::size_t node_count, std::size_t pair_count, int threads) {
  return pair_count * sizeof(double) + static_cast<std::uint64_t>(threads) * 2 * SparseRow::bytes(node_count);
}

Array<float> rounded_sums(GraphView graph, std::span<const Edge> pairs, std::span<const double> sums,
                          std::string_view knob) {
  Array<float> rounded(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    rounded[i] = static_cast<float>(sums[i]);
    if (!std::isfinite(rounded[i])) {
      throw InvalidData(fmt::format("the score of nodes {} and {} left the range of a 32-bit float; {}",
                                    graph.nodes().name(pairs[i].source), graph.nodes().name(pairs[i].target), knob));
    }
  }
  return rounded;
}

}  // namespace adjoin::detail
