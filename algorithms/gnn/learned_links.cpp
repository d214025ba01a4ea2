#include <vector>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/gnn/learned_links.hpp>

namespace adjoin::gnn {
namespace {

/// A round of split_edges that nobody asks for by hand, and no other method that learns.
constexpr int held_out_round = 700'000;

}  // namespace

Array<float> learned_link_scores(RunContext& context, const LinkProblem& problem, std::span<const Edge> pairs,
                                 const LearnedLinksOptions& options) {
  validate(options);
  EdgeSplitOptions held_out;
  held_out.validation = options.held_out;
  held_out.test = 0;
  held_out.round = held_out_round;
  const EdgeSplit split = split_edges(context, problem.graph, held_out);
  const std::size_t width = problem.features == nullptr ? 0 : problem.features->columns();
  LinkNetwork network(options.link.model, problem.graph.node_count(), width, context.seed());
  std::vector<float> positive(split.validation.size());
  std::vector<float> negative(split.validation_negatives.size());
  const LinkMetric metric = [&](RunContext& run, LinkScorer& scorer) {
    scorer.score(run, split.validation, positive);
    scorer.score(run, split.validation_negatives, negative);
    return average_precision(RankedScores(run.threads(), positive, negative));
  };
  train_link_predictor(context, network, {split.training.view(), problem.features}, options.link, metric);
  return predict_link_scores(context, network, problem, pairs);
}

}  // namespace adjoin::gnn
