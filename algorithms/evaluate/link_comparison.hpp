// Methods of link prediction beside one another: each scores the held-out edges and the negatives of the same splits.
//
// Strict separation.  A method is given the training graph and the pairs, and nothing else: what it learns from it has
//                     to hold out of that graph itself. Every split is checked (check_edge_split) before it is used.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <adjoin/algorithms/evaluate/metric_list.hpp>
#include <adjoin/algorithms/evaluate/ranking_curves.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/evaluate/split_events.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// One score a pair, the higher the likelier.
using LinkScorer = std::function<Array<float>(RunContext&, GraphView training, std::span<const Edge>)>;

struct LinkMethod {
  std::string name;
  LinkScorer score;
};

/// What methods are judged by in one run.
struct LinkTask {
  EdgeSplit split;
  /// Empty: every edge of the test is ranked against all test negatives. Else q negatives for each, those of edge i
  /// from i * q on, which it alone is ranked against.
  std::vector<Edge> own_negatives;
  /// Of a split by time that keeps pairs which come again; no leak, but no new link either.
  RepeatedPairs repeated = RepeatedPairs::drop;
};
using LinkTaskSource = std::function<LinkTask(RunContext&, int run)>;

/// One method on one split.
struct LinkRun {
  std::string method;
  int run = 0;
  std::uint64_t split_hash = 0;
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;   // of all positives together
  std::vector<double> values;    // one a metric; none if refused
  RankingCurves curves;          // if asked for, and negatives are no edge's own
  double seconds = 0;            // of the scores, fitting included; not of the split
  std::uint64_t peak_bytes = 0;  // what the process held at most meanwhile, the graph among it
  std::string refusal;           // why the method cannot be run on this graph
};

struct LinkComparisonOptions {
  std::vector<MetricChoice> metrics;
  TieRule ties = TieRule::mean;
  int runs = 10;
  int curve_steps = 0;  // of ranking_curves, or 0 for no curves
};

/// What is done with results: `known` says which need not be computed, as they are there from before; `finished` is
/// given each of the others as soon as there is one.
struct LinkComparisonSink {
  std::function<bool(const std::string& method, int run, std::uint64_t split_hash)> known;
  std::function<void(const LinkRun&)> finished;
};

/// Runs every method on the task of every run, run by run. The hash of a run tells its split, its negatives and its own
/// negatives from others.
/// Errors.  InvalidOption if there is no metric or method, or for metrics other than MRR and Hits@K where edges have
///          negatives of their own; InvalidData as check_edge_split, or for a score that is NaN; those of task_of and
///          of the methods, but for InvalidOption and BudgetExceeded of a method, which are its refusal.
/// Repeat.  The same values for any number of threads, if the methods have that.
void compare_links(RunContext& context, std::span<const LinkMethod> methods, const LinkTaskSource& task_of,
                   const LinkComparisonOptions& options, const LinkComparisonSink& sink);

}  // namespace adjoin
