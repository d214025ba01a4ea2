#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/katz.hpp>
#include <adjoin/algorithms/linkpred/katz_exact.hpp>
#include <adjoin/algorithms/linkpred/walk_sums.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

void check(GraphView graph, const KatzOptions& options) {
  validate(options);
  if (options.method == KatzMethod::exact && graph.node_count() > most_nodes_of_exact_katz) {
    throw InvalidOption(
        fmt::format("exact Katz scores are for graphs of at most {} nodes, and this one has {}; take "
                    "--method truncated",
                    most_nodes_of_exact_katz, graph.node_count()));
  }
}

double largest_row_sum(const CsrView& a) {
  double largest = 0;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    double sum = 0;
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) sum += detail::walk_weight(a, e);
    largest = std::max(largest, sum);
  }
  return largest;
}

}  // namespace

Array<float> katz_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                         const KatzOptions& options) {
  check(graph, options);
  context.require_memory(
      resident_bytes() + estimate_katz_memory(graph, pairs.size(), options, context.threads().count()),
      "give fewer pairs or --threads, or raise --memory");
  const detail::SourceGroups groups(context, graph, pairs);
  const detail::WalkMatrix matrix = detail::walk_matrix(context, graph, options.direction, options.use_weights);
  const Array<double> sums =
      options.method == KatzMethod::exact
          ? detail::exact_katz(context, matrix, groups, options.beta)
          : detail::walk_sums(context, matrix, groups,
                              std::vector<double>(static_cast<std::size_t>(options.max_length), 1.0), options.beta,
                              "katz");
  return detail::rounded_sums(graph, pairs, sums.span(), "lower beta or the weights of the graph");
}

double katz_truncation_bound(RunContext& context, GraphView graph, const KatzOptions& options) {
  validate(options);
  const detail::WalkMatrix matrix = detail::walk_matrix(context, graph, options.direction, options.use_weights);
  const double ratio = options.beta * std::min(largest_row_sum(matrix.rows), largest_row_sum(matrix.columns));
  if (!(ratio < 1)) return std::numeric_limits<double>::infinity();
  return std::pow(ratio, options.max_length + 1) / (1 - ratio);
}

std::uint64_t estimate_katz_memory(GraphView graph, std::size_t pair_count, const KatzOptions& options, int threads) {
  const std::size_t n = graph.node_count();
  return pair_count * sizeof(float) + detail::SourceGroups::bytes(pair_count) +
         detail::estimate_walk_matrix_memory(graph, options.direction) +
         (options.method == KatzMethod::exact ? detail::estimate_exact_katz_memory(n, pair_count, threads)
                                              : detail::estimate_walk_sums_memory(n, pair_count, threads));
}

}  // namespace adjoin
