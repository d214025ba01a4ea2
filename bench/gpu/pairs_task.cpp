#include "pairs_task.hpp"

#include <vector>

#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>

namespace gpu_bench {

using namespace adjoin;

namespace {

struct ScoreSet {
  const char* name;
  std::vector<NeighborhoodScore> scores;
};

const std::vector<ScoreSet>& score_sets() {
  using enum NeighborhoodScore;
  static const std::vector<ScoreSet> sets{
      {"common neighbors", {common_neighbors}},
      {"four scores", {common_neighbors, adamic_adar, resource_allocation, jaccard}}};
  return sets;
}

double largest_difference(const Matrix& a, const Matrix& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < a.columns(); ++j) {
      most = std::fmax(most, relative_difference(static_cast<double>(a(i, j)), static_cast<double>(b(i, j))));
    }
  }
  return most;
}

}  // namespace

void pairs_task(const Sides& sides, GraphView view, std::span<const Edge> pairs, const Json& graph) {
  for (const ScoreSet& set : score_sets()) {
    Matrix first;
    sides.for_each([&](const Side& side) {
      Json record = graph;
      record["task"] = "pairs";
      tell_side(record, side);
      record["method"] = set.name;
      record["pairs"] = pairs.size();
      print_measured(record, [&](Json& measured) {
        Matrix scores;
        const CallTimes calls = measure_calls(
            *side.context, side.repeats, [&] { scores = Matrix(); },
            [&] { scores = neighborhood_scores(*side.context, view, pairs, set.scores); });
        tell_calls(measured, calls);
        measured["pairs_per_second"] = static_cast<double>(pairs.size()) / calls.times.median();
        if (first.rows() == 0) {
          first = std::move(scores);
        } else {
          measured["difference"] = number(largest_difference(first, scores));
        }
      });
    });
  }
}

}  // namespace gpu_bench
