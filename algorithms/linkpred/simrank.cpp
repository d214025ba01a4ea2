#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/check_pairs.hpp>
#include <adjoin/algorithms/linkpred/simrank.hpp>
#include <adjoin/algorithms/linkpred/walk_matrix.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

constexpr std::size_t similarity_rows_per_chunk = 8;

/// Row u, column y of `means`: the mean of s(u, v) over the neighbours v of y.
void average_columns(RunContext& context, const CsrView& neighbors, const Matrix& similarity, Matrix& means) {
  context.for_chunks(similarity.rows(), similarity_rows_per_chunk, [&](Chunk rows) {
    for (std::size_t u = rows.begin; u < rows.end; ++u) {
      const std::span<const float> row = similarity.row(u);
      for (std::size_t y = 0; y < row.size(); ++y) {
        double sum = 0;
        for (const NodeId v : neighbors.row_targets(y)) sum += static_cast<double>(row[index(v)]);
        means(u, y) = sum == 0 ? 0 : static_cast<float>(sum / static_cast<double>(neighbors.row_size(y)));
      }
    }
  });
}

/// Row x of `similarity`: decay times the mean of the rows of x's neighbours in `means`, and 1 for x itself.
void average_rows(RunContext& context, const CsrView& neighbors, double decay, const Matrix& means,
                  Matrix& similarity) {
  context.for_chunks(means.rows(), similarity_rows_per_chunk, [&](Chunk rows) {
    std::vector<double> sums(means.columns());
    for (std::size_t x = rows.begin; x < rows.end; ++x) {
      std::ranges::fill(sums, 0.0);
      for (const NodeId u : neighbors.row_targets(x)) {
        const std::span<const float> row = means.row(index(u));
        for (std::size_t y = 0; y < sums.size(); ++y) sums[y] += static_cast<double>(row[y]);
      }
      const std::size_t count = neighbors.row_size(x);
      const double factor = count == 0 ? 0 : decay / static_cast<double>(count);
      for (std::size_t y = 0; y < sums.size(); ++y) similarity(x, y) = static_cast<float>(factor * sums[y]);
      similarity(x, x) = 1;
    }
  });
}

}  // namespace

Array<float> simrank_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                            const SimRankOptions& options) {
  validate(options);
  const std::size_t n = graph.node_count();
  if (n > most_nodes_of_simrank) {
    throw InvalidOption(
        fmt::format("SimRank keeps a score of every pair, for graphs of at most {} nodes, and this one "
                    "has {}; take another score, rooted PageRank say",
                    most_nodes_of_simrank, n));
  }
  detail::check_pairs(graph, pairs);
  context.require_memory(resident_bytes() + estimate_simrank_memory(graph, pairs.size(), options), "raise --memory");
  const Neighbors neighbors = gathered_neighbors(context, graph, options.direction, false);
  Matrix similarity(n, n, 0);
  for (std::size_t x = 0; x < n; ++x) similarity(x, x) = 1;
  Matrix means(n, n);
  context.begin_stage("simrank", "rows of nodes", 2 * n * static_cast<std::uint64_t>(options.iterations));
  for (int round = 0; round < options.iterations; ++round) {
    average_columns(context, neighbors.rows, similarity, means);
    average_rows(context, neighbors.rows, options.decay, means, similarity);
  }
  context.end_stage();
  Array<float> scores(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    // One order for both: rounding may tell s(x, y) from s(y, x).
    const auto [x, y] = std::minmax(pairs[i].source, pairs[i].target);
    scores[i] = similarity(index(x), index(y));
  }
  return scores;
}

std::uint64_t estimate_simrank_memory(GraphView graph, std::size_t pair_count, const SimRankOptions& options) {
  const std::uint64_t n = graph.node_count();
  return 2 * n * n * sizeof(float) + estimate_neighbors_memory(graph, options.direction, false) +
         pair_count * sizeof(float);
}

}  // namespace adjoin
