#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/evaluate_quadruples.hpp>
#include <adjoin/algorithms/simplicial/evaluation_parts.hpp>
#include <adjoin/algorithms/simplicial/tetrahedron_candidates.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

detail::Faces faces_of(bool closed) noexcept {
  return closed ? detail::Faces::closed : detail::Faces::any;
}

}  // namespace

QuadrupleEvaluation evaluate_quadruples(RunContext& context, const SimplexView& simplices,
                                        std::shared_ptr<const NodeIndex> nodes, std::span<const GroupMethod> methods,
                                        const QuadrupleEvaluationOptions& options) {
  validate(options);
  const detail::EvaluationParts parts =
      detail::evaluation_parts(context, simplices, std::move(nodes), options.train, options.until, options.max_size);
  const Projection& projection = parts.projection;
  const Incidence& later = parts.later;
  QuadrupleEvaluation result;
  result.train_until = parts.train_until;
  result.test_until = parts.test_until;
  const detail::TetrahedronCandidates candidates(context, projection, &later, faces_of(options.closed_faces));
  const auto counts = detail::count_candidates(context, candidates.tasks(), candidates);
  const detail::CandidateCounts all = detail::sum_of(counts);
  result.train_simplices = projection.incidence.simplex_count();
  result.test_simplices = later.simplex_count();
  result.nodes = projection.active_node_count();
  result.edges = projection.graph.view().edge_count();
  result.closed_tetrahedra = all.closed;
  result.open_tetrahedra = all.open;
  result.positives = all.positives;
  if (all.positives == 0 || all.positives == all.open) {
    throw InvalidData(
        fmt::format("of {} open tetrahedra {} close later; scores are judged where some do and others do not", all.open,
                    all.positives));
  }
  result.positive_rate = static_cast<double>(all.positives) / static_cast<double>(all.open);
  const QuadrupleScoring scoring = prepare_quadruple_scores(projection, methods);
  std::vector<StreamedRanking> rankings;
  if (!methods.empty()) rankings = detail::rank_candidates(context, counts, candidates, scoring);
  std::vector<Interval> intervals(rankings.size());
  if (options.resamples > 0) {
    intervals = bootstrap_average_precision(context, rankings, static_cast<std::size_t>(options.resamples));
  }
  for (std::size_t k = 0; k < rankings.size(); ++k) {
    const double precision = rankings[k].average_precision();
    result.methods.push_back({scoring.names[k],
                              precision,
                              precision / result.positive_rate,
                              {intervals[k].low / result.positive_rate, intervals[k].high / result.positive_rate},
                              {},
                              {}});
  }
  result.record = context.record("evaluate quadruples", option_values(options));
  const std::uint64_t too_large = projection.incidence.too_large + later.too_large;
  if (too_large > 0) result.record.remarks.push_back({"simplices left out for their size", too_large});
  return result;
}

std::uint64_t estimate_quadruple_evaluation_memory(RunContext& context, const SimplexView& simplices,
                                                   std::shared_ptr<const NodeIndex> nodes, std::size_t score_count,
                                                   const QuadrupleEvaluationOptions& options) {
  validate(options);
  const std::uint64_t before = resident_bytes();
  const detail::EvaluationParts parts =
      detail::evaluation_parts(context, simplices, std::move(nodes), options.train, options.until, options.max_size);
  const detail::TetrahedronCandidates candidates(context, parts.projection, &parts.later,
                                                 faces_of(options.closed_faces));
  const auto counts = detail::count_candidates(context, candidates.tasks(), candidates);
  const GraphView graph = parts.projection.graph;
  const int threads = context.threads().count();
  const std::uint64_t projected = parts.projection.incidence.bytes() + parts.later.bytes() + graph.bytes();
  const std::uint64_t scored =
      detail::estimate_tetrahedron_visit_memory(parts.projection, threads) +
      detail::estimate_ranks_memory<NodeQuadruple>(detail::sum_of(counts).positives, score_count, threads);
  // While the projection is made, its matrix is there with and without the diagonal.
  return before + projected + std::max(scored, graph.bytes() + graph.node_count() * (sizeof(NodeId) + sizeof(float)));
}

BestQuadruples best_open_tetrahedra(RunContext& context, const Projection& projection, const QuadrupleScoring& scoring,
                                    std::size_t count, bool closed_faces) {
  const detail::TetrahedronCandidates candidates(context, projection, nullptr, faces_of(closed_faces));
  const auto counts = detail::sum_of(detail::count_candidates(context, candidates.tasks(), candidates));
  const auto best = detail::best_candidates(context, candidates.tasks(), candidates, scoring,
                                            static_cast<std::size_t>(std::min<std::uint64_t>(count, counts.open)));
  BestQuadruples result;
  result.open_tetrahedra = counts.open;
  result.closed_tetrahedra = counts.closed;
  for (const auto& of_score : best) {
    std::vector<ScoredQuadruple>& list = result.best.emplace_back();
    for (const auto& [quadruple, score] : of_score) list.push_back({quadruple, score});
  }
  return result;
}

std::uint64_t estimate_best_quadruples_memory(const Projection& projection, std::size_t score_count, std::size_t count,
                                              int threads) noexcept {
  return detail::estimate_tetrahedron_visit_memory(projection, threads) +
         detail::estimate_best_memory<NodeQuadruple>(score_count, count, threads);
}

}  // namespace adjoin
