#include <algorithm>

#include <adjoin/algorithms/linkpred/check_pairs.hpp>
#include <adjoin/algorithms/linkpred/common_neighbors.hpp>
#include <adjoin/algorithms/linkpred/components.hpp>
#include <adjoin/algorithms/linkpred/resistance_distance.hpp>
#include <adjoin/algorithms/linkpred/resistance_exact.hpp>
#include <adjoin/algorithms/linkpred/resistance_projected.hpp>

namespace adjoin {
namespace {

std::uint64_t bytes_beside_the_solver(GraphView graph, std::size_t pair_count) {
  return pair_count * (sizeof(double) + sizeof(float)) +
         detail::estimate_walk_matrix_memory(graph, NeighborDirection::both) +
         detail::estimate_components_memory(graph.node_count());
}

std::uint64_t exact_bytes(GraphView graph, std::size_t pair_count, const detail::Elimination& elimination,
                          int threads) {
  return bytes_beside_the_solver(graph, pair_count) +
         detail::estimate_exact_resistance_memory(graph.out(), elimination.entries, threads);
}

std::uint64_t projected_bytes(GraphView graph, std::size_t pair_count, int threads) {
  return bytes_beside_the_solver(graph, pair_count) +
         detail::estimate_projected_resistance_memory(graph.out(), threads);
}

}  // namespace

ResistanceDistances resistance_distances(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                         const ResistanceOptions& options) {
  validate(options);
  detail::check_pairs(graph, pairs);
  const int threads = context.threads().count();
  const auto matrix = [&] { return detail::walk_matrix(context, graph, NeighborDirection::both, options.use_weights); };
  if (options.method == ResistanceMethod::projected) {
    context.require_memory(resident_bytes() + projected_bytes(graph, pairs.size(), threads),
                           "give fewer pairs or --threads, or raise --memory");
    return detail::projected_resistances(context, graph.nodes(), matrix(), pairs, options);
  }
  const auto require = [&](const detail::Elimination& elimination) {
    context.require_memory(resident_bytes() + exact_bytes(graph, pairs.size(), elimination, threads),
                           "take --method projected, give fewer pairs or --threads, or raise --memory");
  };
  require({});  // what there is before the entries are known
  context.begin_stage("order", "rows", graph.node_count());
  const detail::Elimination elimination = detail::elimination_of(graph.out());
  require(elimination);
  return {detail::exact_resistances(context, matrix(), elimination, pairs, options.unconnected)};
}

Array<float> resistance_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                               const ResistanceOptions& options) {
  const ResistanceDistances distances = resistance_distances(context, graph, pairs, options);
  Array<float> scores(pairs.size());
  std::ranges::transform(distances.values, scores.begin(), [](double r) { return detail::as_score(1 / r); });
  return scores;
}

std::uint64_t estimate_resistance_memory(GraphView graph, std::size_t pair_count, const ResistanceOptions& options,
                                         int threads) {
  return options.method == ResistanceMethod::projected
             ? projected_bytes(graph, pair_count, threads)
             : exact_bytes(graph, pair_count, detail::elimination_of(graph.out()), threads);
}

}  // namespace adjoin
