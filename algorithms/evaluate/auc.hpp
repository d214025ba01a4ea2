// The area under the ROC curve.
#pragma once

#include <span>

namespace adjoin {

/// The probability that a positive's score is above a negative's, ties counting half: the Mann-Whitney statistic. 0.5
/// if either is empty. No score is NaN. O((p + q) log(p + q)) time, 8 * (p + q) bytes.
double auc(std::span<const float> positives, std::span<const float> negatives);

}  // namespace adjoin
