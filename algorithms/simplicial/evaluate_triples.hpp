// How well scores tell the open triangles that close from those that do not.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          section 4: simplices are cut by time, all open triangles of the first part are candidates, and those whose
//          nodes meet in a simplex of the second are positives. The figure is the area under the precision-recall curve
//          over that of random scores, which is the share of positives.
// Method.  Open triangles are visited, never stored: first those that close are counted, then scored and sorted, then
//          the others are scored one by one and counted between them (streamed_ranking.hpp). So memory goes with the
//          projected graph and with the triangles that close, and the average precision is exact.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/simplicial/method_result.hpp>
#include <adjoin/algorithms/simplicial/triple_training.hpp>

namespace adjoin {

struct TripleEvaluationOptions {
  double train = 0.8;
  double until = 1;
  ClosureLabels labels = ClosureLabels::correct;
  int max_size = default_max_simplex_size;
  int resamples = 1000;

  static constexpr auto fields() {
    using O = TripleEvaluationOptions;
    return std::tuple{
        option_field("train", &O::train, {0.0, 1.0}, "share of the simplices, the first ones, that scores are made of",
                     "Benson et al. 2018, section 4"),
        option_field(
            "until", &O::until, {0.0, 1.0},
            "share of the simplices that are looked at; those after the training ones say what closes. 0.8 with "
            "a train of 0.6 leaves the last fifth for later"),
        option_field("labels", &O::labels,
                     "which triangles count as closing: correct, or reference, those that the program released with "
                     "the paper finds, to compare with its figures",
                     "the released program"),
        option_field("max-size", &O::max_size, {1, 1'000'000}, "simplices of more nodes are left out",
                     "Benson et al. 2018, section 2"),
        option_field(
            "resamples", &O::resamples, {0, 1'000'000},
            "draws of the triangles that close, with replacement, whose middle 95 % is each figure's interval; "
            "0 for none",
            "Efron 1979")};
  }
};

struct TripleEvaluation {
  Time train_until = 0;  // the last time of the training
  Time test_until = 0;   // the last of the test
  std::uint64_t train_simplices = 0;
  std::uint64_t test_simplices = 0;
  std::uint64_t nodes = 0;  // of the training simplices
  std::uint64_t edges = 0;  // of their projection
  std::uint64_t closed_triangles = 0;
  std::uint64_t open_triangles = 0;  // the candidates
  std::uint64_t positives = 0;
  double positive_rate = 0;
  std::vector<GroupMethodResult> methods;
  RunRecord record;
};

/// The cuts are time_quantile of `train` and of `until`; simplices of the same time are never parted. Scores are made
/// of training_until. One for which the training does not do (its maker throws InvalidData) gets a row that says why.
/// Cost.    Three visits of all triangles; scores of each open one, once; a bisection a score. Peak: the projection, a
///          half of it again, what the scores are made of; 32 bytes a score of each triangle that closes. No open
///          triangle is kept otherwise.
/// Errors.  InvalidOption, also if train is not below until; InvalidData if there are no simplices, or no candidate
///          closes, or all do, or a score is NaN; BudgetExceeded before what closes is stored; Cancelled.
/// Repeat.  The same bits for any number of threads. The authors' program leaves triples of one harmonic mean untied
///          where the order of their weights rounds differently, which moves its figure by up to 0.4 %.
TripleEvaluation evaluate_triples(RunContext& context, const SimplexView& simplices,
                                  std::shared_ptr<const NodeIndex> nodes, std::span<const TripleScoringMaker> makers,
                                  const TripleEvaluationOptions& options = {});
/// By the scores of triple_scores.
TripleEvaluation evaluate_triples(RunContext& context, const SimplexView& simplices,
                                  std::shared_ptr<const NodeIndex> nodes, std::span<const TripleMethod> methods,
                                  const TripleEvaluationOptions& options = {});

/// Bytes that the process holds at the peak of an evaluation. Two numbers decide, the edges of the projection and the
/// triangles that close, and neither is known without them: it projects and counts, and so takes as long as that, and
/// the memory, but scores nothing. Errors: as evaluate_triples.
std::uint64_t estimate_triple_evaluation_memory(RunContext& context, const SimplexView& simplices,
                                                std::shared_ptr<const NodeIndex> nodes,
                                                std::span<const TripleScoringMaker> makers,
                                                const TripleEvaluationOptions& options = {});

}  // namespace adjoin
