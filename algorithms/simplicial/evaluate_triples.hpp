// How well scores tell the open triangles that close from those that do not.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          section 4: simplices are cut by time, all open triangles of the first part are candidates, and those whose
//          nodes meet in a simplex of the second are positives. The figure is the area under the precision-recall curve
//          over that of random scores, which is the share of positives.
#pragma once

#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/simplicial/open_triangles.hpp>

namespace adjoin {

struct TripleEvaluationOptions {
  double train = 0.8;
  double until = 1;
  ClosureLabels labels = ClosureLabels::correct;
  int max_size = default_max_simplex_size;

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
                     "Benson et al. 2018, section 2")};
  }
};

struct TripleMethodResult {
  TripleMethod method;
  double average_precision = 0;
  double improvement = 0;  // that, over the share of positives: 1 is random
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
  std::vector<TripleMethodResult> methods;
  RunRecord record;
};

/// The cuts are time_quantile of `train` and of `until`; simplices of the same time are never parted.
/// Cost.    That of open_triangles and triple_scores, and a sort of the candidates for each method.
/// Errors.  InvalidOption, also if train is not below until; InvalidData if there are no simplices, or no candidate
///          closes, or all do; else as these.
/// Repeat.  The same bits for any number of threads. The authors' program leaves triples of one harmonic mean untied
///          where the order of their weights rounds differently, which moves its figure by up to 0.4 %.
TripleEvaluation evaluate_triples(RunContext& context, const SimplexView& simplices,
                                  std::shared_ptr<const NodeIndex> nodes, std::span<const TripleMethod> methods,
                                  const TripleEvaluationOptions& options = {});

}  // namespace adjoin
