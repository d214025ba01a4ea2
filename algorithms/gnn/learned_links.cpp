#include <vector>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/gnn/learned_links.hpp>

namespace adjoin::gnn {
namespace {

/// A round of split_edges that nobody asks for by hand, and no other method that learns.
constexpr int held_out_round = 700'000;

LinkNetwork network_for(RunContext& context, const LinkProblem& problem, const LearnedLinksOptions& options) {
  const std::size_t width = problem.features == nullptr ? 0 : problem.features->columns();
  return {options.link.model, problem.graph.node_count(), width, context.seed()};
}

}  // namespace

LinkNetwork learned_links(RunContext& context, const LinkProblem& problem, const LearnedLinksOptions& options) {
  validate(options);
  EdgeSplitOptions held_out;
  held_out.validation = options.held_out;
  held_out.test = 0;
  held_out.round = held_out_round;
  const EdgeSplit split = split_edges(context, problem.graph, held_out);
  LinkNetwork network = network_for(context, problem, options);
  std::vector<float> positive(split.validation.size());
  std::vector<float> negative(split.validation_negatives.size());
  const LinkMetric metric = [&](RunContext& run, LinkScorer& scorer) {
    scorer.score(run, split.validation, positive);
    scorer.score(run, split.validation_negatives, negative);
    return average_precision(RankedScores(run.threads(), positive, negative));
  };
  train_link_predictor(context, network, {split.training.view(), problem.features}, options.link, metric);
  return network;
}

std::uint64_t estimate_learned_links_memory(RunContext& context, const LinkProblem& problem,
                                            const LearnedLinksOptions& options) {
  validate(options);
  EdgeSplitOptions held_out;
  held_out.validation = options.held_out;
  held_out.test = 0;
  LinkNetwork network = network_for(context, problem, options);
  return estimate_edge_split_memory(problem.graph, held_out) + problem.graph.bytes() + network.parameters().bytes() +
         estimate_link_training_memory(context, network, problem, options.link);
}

}  // namespace adjoin::gnn
