#include <cmath>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/algorithms/linkpred/sparse_row.hpp>
#include <adjoin/algorithms/linkpred/walk_sums.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::detail {
namespace {

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
  ScratchPool<HopRows> pool;
  const auto of_source = [&](std::size_t group, HopRows& rows) {
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
    pool.borrow([&] { return HopRows(matrix.rows.row_count()); }, [&](HopRows& rows) { of_source(group, rows); });
  });
  context.end_stage();
  return sums;
}

std::uint64_t estimate_walk_sums_memory(std::size_t node_count, std::size_t pair_count, int threads) {
  return pair_count * sizeof(double) + static_cast<std::uint64_t>(threads) * 2 * SparseRow::bytes(node_count);
}

float rounded_sum(GraphView graph, Edge pair, double sum, std::string_view knob) {
  const auto rounded = static_cast<float>(sum);
  if (std::isfinite(rounded)) return rounded;
  throw InvalidData(fmt::format("the score of nodes {} and {} left the range of a 32-bit float; {}",
                                graph.nodes().name(pair.source), graph.nodes().name(pair.target), knob));
}

Array<float> rounded_sums(GraphView graph, std::span<const Edge> pairs, std::span<const double> sums,
                          std::string_view knob) {
  Array<float> rounded(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) rounded[i] = rounded_sum(graph, pairs[i], sums[i], knob);
  return rounded;
}

}  // namespace adjoin::detail
