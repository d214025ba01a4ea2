// Links, foretold by a graph neural network that learns to tell the graph's edges from pairs without one.
//
// Source.  Kipf, Welling: Variational graph auto-encoders, 2016 (a network's vectors, scored in pairs); the protocol of
//          training of HeaRT: Li, Shomer, Mao, Zeng, Ma, Shah, Tang, Yin: Evaluating graph neural networks for link
//          prediction, NeurIPS 2023, appendix.
// Method.  An epoch goes through all edges once, in batches at random. Those of a batch are taken out of the graph; on
//          what is left, or with a fan-out on sampled neighbours in it (link_step.hpp), the network gives a score to
//          each of them and to as many pairs without an edge. The loss is the mean of -log sigmoid(score) of the edges
//          and that of -log sigmoid(-score) of the others, added up. All that is known of a pair beside vectors is
//          taken from the same graph, so that no edge is told by itself. The caller's metric chooses the epoch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include <adjoin/algorithms/gnn/link_model_options.hpp>
#include <adjoin/algorithms/gnn/link_network.hpp>
#include <adjoin/algorithms/gnn/link_scorer.hpp>
#include <adjoin/algorithms/gnn/training_loop.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/runtime/run_record.hpp>

namespace adjoin::gnn {

/// The data, which outlives the training. features: a row a node; nullptr where the network learns vectors instead.
/// Weights of edges play no part, nor which way they go.
struct LinkProblem {
  GraphView graph;
  const NodeFeatures* features = nullptr;
};

/// How good the scores of a model are on pairs that were held out, the higher the better. It is given what scores pairs
/// by the whole graph of the problem.
using LinkMetric = std::function<double(RunContext&, LinkScorer&)>;

struct LinkTrainingResult {
  TrainingResult training;
  std::uint64_t edges = 0;    // learned from
  std::uint64_t batches = 0;  // in an epoch
  RunRecord record;
};

/// Trains the network, whose parameters are then those of the best epoch, or without `validate` of the last.
/// Cost.    for each batch a pass over the network on the whole graph, forwards and backwards, and a copy of its
///          edges; with a fan-out one over the samples, and the copy only where structure is looked up. For each
///          evaluation a pass over the network on the whole graph. Memory: see the estimate.
/// Errors.  InvalidOption; InvalidData if features and graph do not fit the network or there are too few pairs with or
///          without an edge; BudgetExceeded; Cancelled; learn::NotFinite; those of validate.
/// Repeat.  a function of the seed; the same bits for any number of threads, and resumed or not.
LinkTrainingResult train_link_predictor(RunContext& context, LinkNetwork& network, const LinkProblem& problem,
                                        const LinkTrainingOptions& options, const LinkMetric& validate,
                                        const TrainingHooks& hooks = {});

/// What scores pairs by a network on the whole graph, with all that it stands on. All arguments outlive it.
class WholeGraphScorer {
 public:
  /// Errors.  InvalidData if features and graph do not fit the network; BudgetExceeded; Cancelled.
  WholeGraphScorer(RunContext& context, const LinkNetwork& network, const LinkProblem& problem);
  ~WholeGraphScorer();
  WholeGraphScorer(WholeGraphScorer&&) noexcept;
  WholeGraphScorer& operator=(WholeGraphScorer&&) noexcept;

  LinkScorer& scorer() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The scores of pairs, before the sigmoid: above 0 where a link is likelier than not. Errors as WholeGraphScorer and
/// LinkScorer::score.
Array<float> predict_link_scores(RunContext& context, const LinkNetwork& network, const LinkProblem& problem,
                                 std::span<const Edge> pairs);

/// Bytes that predict_link_scores takes at its peak beyond its arguments and its result, whatever the pairs; what is
/// between and around the pairs of a batch is not counted. Makes the plan of the encoder. Errors as WholeGraphScorer.
std::uint64_t estimate_link_scores_memory(RunContext& context, const LinkNetwork& network, const LinkProblem& problem);

/// Bytes that train_link_predictor takes at its peak beyond its arguments and what validate takes beside the vectors of
/// all nodes; with a fan-out about, by the first batch. Makes the plan of that batch. Errors: as the training.
std::uint64_t estimate_link_training_memory(RunContext& context, const LinkNetwork& network, const LinkProblem& problem,
                                            const LinkTrainingOptions& options);

}  // namespace adjoin::gnn
