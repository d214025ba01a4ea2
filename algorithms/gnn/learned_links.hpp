// Scores of links by a network that is trained on the graph alone: for those who have nothing held out to choose by.
#pragma once

#include <span>
#include <tuple>

#include <adjoin/algorithms/gnn/train_link_predictor.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::gnn {

struct LearnedLinksOptions {
  LinkTrainingOptions link;
  double held_out = 0.1;

  /// The row of its own.
  static constexpr auto fields() {
    return std::tuple{option_field("held-out", &LearnedLinksOptions::held_out, {0.001, 0.5},
                                   "share of the edges held out to choose the epoch by")};
  }
};

/// Holds out edges of the graph at random (split_edges), with as many pairs without an edge; trains on the others, the
/// epoch chosen by the average precision of what is held out; and scores the pairs by the whole graph given.
/// features: a row a node, or nullptr.
/// Cost and errors as train_link_predictor and split_edges. Repeat. The same bits for any number of threads.
Array<float> learned_link_scores(RunContext& context, const LinkProblem& problem, std::span<const Edge> pairs,
                                 const LearnedLinksOptions& options);

}  // namespace adjoin::gnn
