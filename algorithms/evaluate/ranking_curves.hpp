// The curves of a ranking: ROC and precision against recall, as points of the exact curves.
#pragma once

#include <vector>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>

namespace adjoin {

struct CurvePoint {
  double x;
  double y;
};

struct RankingCurves {
  /// (share of negatives, share of positives) predicted at each threshold, from (0, 0) to (1, 1); a group of equal
  /// scores is a straight line, as in scikit-learn's roc_curve, so that the area below all points is auc().
  std::vector<CurvePoint> roc;
  /// (recall, precision) at each threshold, from the highest score to recall 1, as in scikit-learn's
  /// precision_recall_curve, which goes the other way and adds (0, 1).
  std::vector<CurvePoint> precision_recall;

  bool empty() const noexcept { return roc.empty(); }
};

/// At most about `steps` points a curve: of ROC those where another 1 / steps of its way from corner to corner is done,
/// of precision and recall those where another 1 / steps of the positives is found; and the last. Each is exact.
/// steps:   at least 1. O(groups) time.
RankingCurves ranking_curves(const RankedScores& scores, int steps);

}  // namespace adjoin
