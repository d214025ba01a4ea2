#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/evaluate_triples.hpp>
#include <adjoin/algorithms/simplicial/evaluation_parts.hpp>
#include <adjoin/algorithms/simplicial/triangle_candidates.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

/// The scores that can be made, and a row for each score, also for those that cannot.
struct Made {
  TripleScoring scoring;
  std::vector<GroupMethodResult> rows;
};

Made make_all(RunContext& context, std::span<const TripleScoringMaker> makers, const TripleTraining& training) {
  Made made;
  std::vector<TripleScoring> parts;
  for (const TripleScoringMaker& maker : makers) {
    std::string refusal;
    try {
      parts.push_back(maker.make(context, training));
    } catch (const InvalidData& error) {
      context.end_stage();
      refusal = error.what();
    }
    for (std::size_t k = 0; k < maker.names.size(); ++k) {
      GroupMethodResult& row = made.rows.emplace_back();
      row.name = maker.names[k];
      row.refusal = refusal;
      if (refusal.empty() && k < parts.back().notes.size()) row.note = parts.back().notes[k];
    }
  }
  if (!parts.empty()) made.scoring = joined(std::move(parts));
  return made;
}

}  // namespace

TripleEvaluation evaluate_triples(RunContext& context, const SimplexView& simplices,
                                  std::shared_ptr<const NodeIndex> nodes, std::span<const TripleScoringMaker> makers,
                                  const TripleEvaluationOptions& options) {
  validate(options);
  TripleEvaluation result;
  const detail::EvaluationParts parts =
      detail::evaluation_parts(context, simplices, nodes, options.train, options.until, options.max_size);
  const Projection& projection = parts.projection;
  const Incidence& later = parts.later;
  result.train_until = parts.train_until;
  result.test_until = parts.test_until;
  const detail::TriangleCandidates candidates(context, projection, &later, options.labels);
  const auto counts = detail::count_candidates(context, candidates.tasks(), candidates);
  const detail::CandidateCounts all = detail::sum_of(counts);
  result.train_simplices = projection.incidence.simplex_count();
  result.test_simplices = later.simplex_count();
  result.nodes = projection.active_node_count();
  result.edges = projection.graph.view().edge_count();
  result.closed_triangles = all.closed;
  result.open_triangles = all.open;
  result.positives = all.positives;
  if (result.positives == 0 || result.positives == result.open_triangles) {
    throw InvalidData(
        fmt::format("of {} open triangles {} close later; scores are judged where some do and others do not",
                    result.open_triangles, result.positives));
  }
  result.positive_rate = static_cast<double>(result.positives) / static_cast<double>(result.open_triangles);
  const Made made = make_all(
      context, makers,
      training_until(simplices, options.train, std::move(nodes), projection, options.max_size, options.labels));
  std::vector<StreamedRanking> rankings;
  if (!made.scoring.names.empty()) rankings = detail::rank_candidates(context, counts, candidates, made.scoring);
  std::vector<Interval> intervals(rankings.size());
  if (options.resamples > 0) {
    intervals = bootstrap_average_precision(context, rankings, static_cast<std::size_t>(options.resamples));
  }
  result.methods = made.rows;
  for (std::size_t k = 0, row = 0; k < rankings.size(); ++k, ++row) {
    while (!result.methods[row].refusal.empty()) ++row;
    GroupMethodResult& of_method = result.methods[row];
    of_method.average_precision = rankings[k].average_precision();
    of_method.improvement = of_method.average_precision / result.positive_rate;
    of_method.interval = {intervals[k].low / result.positive_rate, intervals[k].high / result.positive_rate};
  }
  result.record = context.record("evaluate triples", option_values(options));
  const std::uint64_t too_large = projection.incidence.too_large + later.too_large;
  if (too_large > 0) result.record.remarks.push_back({"simplices left out for their size", too_large});
  return result;
}

TripleEvaluation evaluate_triples(RunContext& context, const SimplexView& simplices,
                                  std::shared_ptr<const NodeIndex> nodes, std::span<const TripleMethod> methods,
                                  const TripleEvaluationOptions& options) {
  const TripleScoringMaker maker = triple_method_maker({methods.begin(), methods.end()});
  return evaluate_triples(context, simplices, std::move(nodes), std::span<const TripleScoringMaker>(&maker, 1),
                          options);
}

std::uint64_t estimate_triple_evaluation_memory(RunContext& context, const SimplexView& simplices,
                                                std::shared_ptr<const NodeIndex> nodes,
                                                std::span<const TripleScoringMaker> makers,
                                                const TripleEvaluationOptions& options) {
  validate(options);
  const std::uint64_t before = resident_bytes();
  const detail::EvaluationParts parts =
      detail::evaluation_parts(context, simplices, std::move(nodes), options.train, options.until, options.max_size);
  const detail::TriangleCandidates candidates(context, parts.projection, &parts.later, options.labels);
  const auto counts = detail::count_candidates(context, candidates.tasks(), candidates);
  const GraphView graph = parts.projection.graph.view();
  const int threads = context.threads().count();
  const std::uint64_t projected = parts.projection.incidence.bytes() + parts.later.bytes() + graph.bytes();
  const detail::CandidateCounts all = detail::sum_of(counts);
  std::size_t scores = 0;
  for (const TripleScoringMaker& maker : makers) scores += maker.names.size();
  const ScoringMemory scoring = estimate_scoring_memory(makers, parts.projection, all.open, threads);
  const std::uint64_t ranks = detail::estimate_ranks_memory<NodeTriple>(all.positives, scores, threads);
  const std::uint64_t scored =
      detail::estimate_triangle_visit_memory(graph, threads) + std::max(scoring.making, scoring.kept + ranks);
  // While the projection is made, its matrix is there with and without the diagonal.
  return before + projected + std::max(scored, graph.bytes() + graph.node_count() * (sizeof(NodeId) + sizeof(float)));
}

}  // namespace adjoin
