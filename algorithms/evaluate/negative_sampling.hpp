// Negatives: pairs of nodes without an edge, to judge scores by or to learn from.
//
// Source.  Degree-matched: Aiyappa, Wang, Kim, Seckin, Ahn, Kojaku: Implicit degree bias in the link prediction task,
//          2024: uniform negatives join nodes of low degree, positives those of high degree, so that degree alone tells
//          them apart. At distance 2: Lichtenwalter, Chawla: Link prediction: fair and effective evaluation, 2012.
// Which pairs may be a negative depends on what it is for. One that judges is no edge of the whole graph. One that is
// learned from is no edge of the training graph, which is all that a learner may know: to keep it from pairs that are
// held out as well tells the learner which these are (PyG issue 6946).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Of the pairs that may be a negative:
/// uniform:    each is as likely as any other.
/// degree:     both nodes are drawn, each by itself, in proportion to the number of positives that have it, so that
///             negatives have the degrees of positives but for the pairs that are refused. Nodes of no positive are in
///             no negative.
/// distance_2: each that shares a neighbour in the training graph is as likely as any other such.
/// all:        all of them, for graphs of at most most_nodes_of_all_negatives nodes.
/// none:       none.
enum class NegativeSampler : std::uint8_t { uniform, degree, distance_2, all, none };
template <>
struct EnumNames<NegativeSampler> {
  static constexpr std::array<std::pair<NegativeSampler, std::string_view>, 5> names{
      {{NegativeSampler::uniform, "uniform"},
       {NegativeSampler::degree, "degree"},
       {NegativeSampler::distance_2, "distance-2"},
       {NegativeSampler::all, "all"},
       {NegativeSampler::none, "none"}}};
};

inline constexpr std::string_view negatives_help =
    "pairs without an edge beside those held out: uniform; degree, nodes as often as in positives; distance-2, which "
    "share a neighbour; all, of a small graph; or none";

/// 8.4 million pairs.
inline constexpr std::size_t most_nodes_of_all_negatives = 4096;

/// What negatives of the two stages are drawn for. Pairs have the smaller id first.
struct HeldOut {
  GraphView whole;     // no edge of it is a negative
  GraphView training;  // the same nodes; where distance_2 looks for neighbours
  std::span<const Edge> validation;
  std::span<const Edge> test;
  std::span<const Edge> avoid{};  // other pairs that are no negatives
};

struct StageNegatives {
  std::vector<Edge> validation;
  std::vector<Edge> test;
};

/// Distinct pairs, the smaller id first, none in both stages: as many as positives in each; of `all`, every pair,
/// dealt out at random in proportion to the positives. `degree` goes by the positives of the stage. `round` numbers
/// independent draws under one seed.
/// Cost.    uniform: O(k) draws, or n^2 where most pairs have an edge. degree: O(k), or s^2 where the s nodes of the
///          positives have hardly a pair left. distance_2: O(k) draws, each an intersection of two neighbourhoods, or
///          the sum of squared degrees where hardly a pair is left. all: n^2.
/// Errors.  InvalidData if there are too few pairs; InvalidOption for `all` of a graph that is too large;
///          BudgetExceeded. Repeat.  The same for any number of threads.
StageNegatives held_out_negatives(RunContext& context, const HeldOut& held_out, NegativeSampler sampler, int round = 0);

struct TrainingNegativeOptions {
  NegativeSampler negatives = NegativeSampler::uniform;
  int round = 0;

  static constexpr auto fields() {
    using O = TrainingNegativeOptions;
    return std::tuple{
        option_field("negatives", &O::negatives, "how pairs without an edge are drawn: uniform, degree or distance-2"),
        option_field("round", &O::round, {0, 1'000'000'000},
                     "which of the independent draws that one seed gives; an epoch, say")};
  }
};

/// `count` distinct pairs, the smaller id first, without an edge in the training graph, whose edges are the positives
/// of `degree`. Held-out pairs are among those that may be drawn, as nothing here knows of them.
/// avoid: pairs, the smaller id first, that are not drawn either. Naming the held-out edges here makes negatives that
/// are all true, and leaks: what is never a negative is an edge of the test. Never judge such a model by them.
/// Cost and errors as held_out_negatives; InvalidOption for all and none, which do not draw `count` pairs.
std::vector<Edge> training_negatives(RunContext& context, GraphView training, std::size_t count,
                                     const TrainingNegativeOptions& options = {}, std::span<const Edge> avoid = {});

}  // namespace adjoin
