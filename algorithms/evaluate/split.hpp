// Edges to learn from, to choose by and to judge by, and pairs without an edge beside those that are held out.
//
// An edge's part is a function of the seed and the names of its ends: neither the order of the input nor the numbering
// of nodes changes it. Splits by time are in split_events.hpp, splits that somebody else made in split_given.hpp.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/evaluate/negative_sampling.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

struct EdgeSplitOptions {
  double validation = 0.1;
  double test = 0.1;
  bool keep_connected = false;
  int round = 0;
  int folds = 0;
  int fold = 0;
  NegativeSampler negatives = NegativeSampler::uniform;

  static constexpr auto fields() {
    using O = EdgeSplitOptions;
    return std::tuple{
        option_field("validation", &O::validation, {0.0, 1.0}, "share of the edges held out to choose by"),
        option_field("test", &O::test, {0.0, 1.0}, "share of the edges held out to judge by"),
        option_field("keep-connected", &O::keep_connected,
                     "hold out no edge of a spanning forest drawn at random, so that the training graph has the "
                     "components of the whole one"),
        option_field("round", &O::round, {0, 1'000'000}, "which of the independent splits that one seed gives"),
        option_field("folds", &O::folds, {0, 1'000'000},
                     "the test is one of so many parts of equal size, instead of the share test; over all of them each "
                     "edge is tested once; 0 for none"),
        option_field("fold", &O::fold, {0, 999'999}, "which of the folds, from 0, is the test"),
        option_field("negatives", &O::negatives, negatives_help)};
  }
};

struct EdgeSplit {
  Graph training;  // every node, the edges that are not held out, with their weights; self-loops stay here
  std::vector<Edge> validation;
  std::vector<Edge> test;
  std::vector<Edge> validation_negatives;  // as many as validation, unless all or none are asked for
  std::vector<Edge> test_negatives;        // as many as test
};

/// Holds out pairs of nodes at random: round(share * pairs) for each part, a pair being two nodes with an edge between
/// them. All edges of a pair are held out together, so that of a directed graph no held-out edge has its reverse in the
/// training graph; an edge of `validation` or `test` stands for its pair, the smaller id first.
/// With folds, the pairs are put in an order at random and cut into parts whose sizes differ by one at most: part
/// `fold` is the test, and the validation part is what follows it, from the beginning again after the end.
/// Negatives are held_out_negatives of the whole graph: distinct pairs without an edge in either direction, none of
/// them in both parts.
/// Cost.    O(m log m) time, and that of the negatives; peak: 24 bytes a pair and the training graph, built anew.
/// Errors.  InvalidOption; InvalidData if a part would be empty though its share is not 0, if no edge is left to train
///          on, if keep_connected leaves too few edges to hold out, or if the graph has too few pairs without an edge.
EdgeSplit split_edges(RunContext& context, GraphView graph, const EdgeSplitOptions& options);

/// The pairs that validation and test have together, at most.
std::uint64_t most_held_out(GraphView graph, const EdgeSplitOptions& options) noexcept;

/// Peak bytes of split_edges beyond the graph it is given. Not counted are lists of all pairs at distance 2, which are
/// made, and refused if there is no room, only where negatives of that kind are scarce.
std::uint64_t estimate_edge_split_memory(GraphView graph, const EdgeSplitOptions& options);

}  // namespace adjoin
