#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/algorithms/simplicial/evaluate_triples.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

double average_precision_of(RunContext& context, const Array<double>& scores, const OpenTriangles& candidates) {
  Array<double> positives(candidates.positives);
  Array<double> negatives(scores.size() - candidates.positives);
  for (std::size_t i = 0, p = 0; i < scores.size(); ++i) {
    if (candidates.closes[i] == 1) {
      positives[p++] = scores[i];
    } else {
      negatives[i - p] = scores[i];
    }
  }
  const RankedScores ranked(context.threads(), std::span<const double>(positives.span()),
                            std::span<const double>(negatives.span()));
  return average_precision(ranked);
}

}  // namespace

TripleEvaluation evaluate_triples(RunContext& context, const SimplexView& simplices,
                                  std::shared_ptr<const NodeIndex> nodes, std::span<const TripleMethod> methods,
                                  const TripleEvaluationOptions& options) {
  validate(options);
  if (options.train >= options.until) {
    throw InvalidOption(
        fmt::format("the training takes a share of {} of the simplices, and all that is looked at is {}; "
                    "lower --train or raise --until",
                    options.train, options.until));
  }
  TripleEvaluation result;
  result.train_until = time_quantile(simplices, options.train);
  result.test_until = time_quantile(simplices, options.until);
  const Projection projection = project_simplices(context, simplices_until(simplices, result.train_until),
                                                  std::move(nodes), {TieWeight::count, options.max_size});
  const Incidence later =
      incidence_of(context, simplices_between(simplices, result.train_until, result.test_until), options.max_size);
  const OpenTriangles candidates = open_triangles(context, projection, later, options.labels);
  result.train_simplices = projection.incidence.simplex_count();
  result.test_simplices = later.simplex_count();
  result.nodes = projection.active_node_count();
  result.edges = projection.graph.view().edge_count();
  result.closed_triangles = candidates.closed;
  result.open_triangles = candidates.triples.size();
  result.positives = candidates.positives;
  if (result.positives == 0 || result.positives == result.open_triangles) {
    throw InvalidData(
        fmt::format("of {} open triangles {} close later; scores are judged where some do and others do not",
                    result.open_triangles, result.positives));
  }
  result.positive_rate = static_cast<double>(result.positives) / static_cast<double>(result.open_triangles);
  // Beside the scores, a ranking at a time.
  context.require_memory(resident_bytes() +
                             estimate_triple_scores_memory(projection.graph, result.open_triangles, methods.size(),
                                                           context.threads().count()) +
                             result.open_triangles * sizeof(double) +
                             estimate_ranking_memory(result.positives, result.open_triangles - result.positives),
                         "choose fewer methods or raise --memory");
  const std::vector<Array<double>> scores = triple_scores(context, projection, candidates.triples.span(), methods);
  context.begin_stage("rank triples", "methods", methods.size());
  for (std::size_t k = 0; k < methods.size(); ++k) {
    const double precision = average_precision_of(context, scores[k], candidates);
    result.methods.push_back({methods[k], precision, precision / result.positive_rate});
    context.advance(1);
  }
  context.end_stage();
  result.record = context.record("evaluate triples", option_values(options));
  const std::uint64_t too_large = projection.incidence.too_large + later.too_large;
  if (too_large > 0) result.record.remarks.push_back({"simplices left out for their size", too_large});
  return result;
}

}  // namespace adjoin
