#include <cmath>

#include <adjoin/algorithms/evaluate/ranking_curves.hpp>

namespace adjoin {
namespace {

/// Says where another step of a way from 0 to 1 is done.
class Steps {
 public:
  explicit Steps(int count) : count_(count) {}

  bool reaches(double way) {
    const double step = std::floor(way * count_);
    if (step <= done_) return false;
    done_ = step;
    return true;
  }

 private:
  double count_;
  double done_ = 0;
};

}  // namespace

RankingCurves ranking_curves(const RankedScores& scores, int steps) {
  RankingCurves curves;
  curves.roc.push_back({0, 0});
  Steps roc_steps(steps);
  Steps recall_steps(steps);
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
  for (const ScoreGroup& group : scores.groups()) {
    const bool first = positives + negatives == 0;
    positives += group.positives;
    negatives += group.negatives;
    const double recall = static_cast<double>(positives) / static_cast<double>(scores.positive_count());
    const double fall_out = static_cast<double>(negatives) / static_cast<double>(scores.negative_count());
    if (roc_steps.reaches((recall + fall_out) / 2)) curves.roc.push_back({fall_out, recall});
    if (first || (group.positives > 0 && recall_steps.reaches(recall))) {  // the first says how the curve begins
      const double precision = static_cast<double>(positives) / static_cast<double>(positives + negatives);
      curves.precision_recall.push_back({recall, precision});
    }
  }
  return curves;
}

}  // namespace adjoin
