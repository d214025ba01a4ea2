#include <array>

#include <adjoin/algorithms/linkpred/local_path.hpp>
#include <adjoin/algorithms/linkpred/walk_sums.hpp>

namespace adjoin {

Array<float> local_path_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                               const LocalPathOptions& options) {
  validate(options);
  context.require_memory(
      resident_bytes() + estimate_local_path_memory(graph, pairs.size(), options, context.threads().count()),
      "give fewer pairs or --threads, or raise --memory");
  const detail::SourceGroups groups(context, graph, pairs);
  const detail::WalkMatrix matrix = detail::walk_matrix(context, graph, options.direction, options.use_weights);
  const Array<double> sums =
      detail::walk_sums(context, matrix, groups, std::array{0.0, 1.0, options.epsilon}, 1, "local paths");
  return detail::rounded_sums(graph, pairs, sums.span(), "lower the weights of the graph");
}

std::uint64_t estimate_local_path_memory(GraphView graph, std::size_t pair_count, const LocalPathOptions& options,
                                         int threads) {
  return pair_count * sizeof(float) + detail::SourceGroups::bytes(pair_count) +
         detail::estimate_walk_matrix_memory(graph, options.direction) +
         detail::estimate_walk_sums_memory(graph.node_count(), pair_count, threads);
}

}  // namespace adjoin
