// Scores of links by a network that is trained on the graph alone: for those who have nothing held out to choose by.
#pragma once

#include <cstdint>
#include <tuple>

#include <adjoin/algorithms/gnn/train_link_predictor.hpp>
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

/// Holds out edges of the graph at random (split_edges), with as many pairs without an edge; trains a network on the
/// others, the epoch chosen by the average precision of what is held out. features: a row a node, or nullptr. What
/// comes of it scores pairs by the whole graph.
/// Cost.    and errors as train_link_predictor and split_edges.
/// Repeat.  The same bits for any number of threads.
LinkNetwork learned_links(RunContext& context, const LinkProblem& problem, const LearnedLinksOptions& options);

/// Bytes that learned_links takes at its peak beyond its arguments. Errors as learned_links.
std::uint64_t estimate_learned_links_memory(RunContext& context, const LinkProblem& problem,
                                            const LearnedLinksOptions& options);

}  // namespace adjoin::gnn
