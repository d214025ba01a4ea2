// How well scores tell positives from negatives: all positives and all negatives in one ranking, best first.
//
// Every metric here is a function of one thing: how many positives and negatives there are at each score. So the scores
// are sorted once, and a metric is a walk over groups of equal scores. What ties mean is a part of a metric's
// definition; where the field has no one definition, TieRule chooses.
//
//   metric        ties                                          as
//   auc           count half                                    scikit-learn's roc_auc_score
//   AP            a group of equal scores is one threshold      scikit-learn's average_precision_score
//   Hits@K        a negative as high as the positive beats it   OGB's evaluator (Hu et al. 2020)
//   rank-hits@K   TieRule                                       HeaRT's evaluator (Li et al. 2023), by `mean`
//   MRR           TieRule                                       OGB's and HeaRT's evaluators, by `mean`
//   precision@K   TieRule                                       the expectation over orders of ties, by `mean`
//   NDCG@K        TieRule                                       scikit-learn's ndcg_score, by `mean`
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/parallel.hpp>

namespace adjoin {

/// Where a positive stands among negatives of its score: in the middle, before all of them, or after all of them.
enum class TieRule : std::uint8_t { mean, optimistic, pessimistic };
template <>
struct EnumNames<TieRule> {
  static constexpr std::array<std::pair<TieRule, std::string_view>, 3> names{
      {{TieRule::mean, "mean"}, {TieRule::optimistic, "optimistic"}, {TieRule::pessimistic, "pessimistic"}}};
};

/// The rank, from 1, of a positive with so many negatives above it and so many of its own score.
double rank_of(std::uint64_t negatives_above, std::uint64_t negatives_equal, TieRule ties) noexcept;

/// How many positives and negatives have one score.
struct ScoreGroup {
  std::uint64_t positives;
  std::uint64_t negatives;
};

/// Positives and negatives by score, the highest first. Infinite scores are scores.
class RankedScores {
 public:
  /// InvalidData if there is no positive or no negative, and for the first score that is NaN, which it names.
  /// O((p + q) log(p + q)) time. The same for any number of threads.
  RankedScores(const Threads& threads, std::span<const double> positives, std::span<const double> negatives);
  RankedScores(const Threads& threads, std::span<const float> positives, std::span<const float> negatives);

  /// Each at least 1.
  std::uint64_t positive_count() const noexcept { return positive_count_; }
  std::uint64_t negative_count() const noexcept { return negative_count_; }
  std::span<const ScoreGroup> groups() const noexcept { return groups_.span(); }

 private:
  std::uint64_t positive_count_ = 0;
  std::uint64_t negative_count_ = 0;
  Array<ScoreGroup> groups_;
};

/// Peak bytes of making RankedScores beyond the scores it is given: two sorted copies, and a group for each score.
std::uint64_t estimate_ranking_memory(std::uint64_t positives, std::uint64_t negatives) noexcept;

// Every metric below takes O(groups) time, NDCG@K another O(min(K, p + q)); values are from 0 to 1.

/// The probability that a positive's score is above a negative's: the area under the ROC curve.
double auc(const RankedScores& scores) noexcept;

/// The sum over distinct scores, the highest first, of precision times the gain in recall, all of that score and above
/// being predicted. Nothing is interpolated.
double average_precision(const RankedScores& scores) noexcept;

/// The mean over positives of 1 / rank, each positive being ranked alone against all negatives.
double mean_reciprocal_rank(const RankedScores& scores, TieRule ties) noexcept;

/// The share of positives whose score is above that of the K-th highest negative; 1 if there are fewer than K
/// negatives. The same as the share whose pessimistic rank is at most K. InvalidOption if k is 0.
double hits_at(const RankedScores& scores, std::uint64_t k);

/// The share of positives whose rank, each being ranked alone against all negatives, is at most K. Where many negatives
/// share the K-th highest score, hits_at jumps between none and all of the positives of that score; the mean rank does
/// not. InvalidOption if k is 0.
double rank_hits_at(const RankedScores& scores, std::uint64_t k, TieRule ties);

/// The share of positives among the K highest scores. InvalidOption if k is 0, InvalidData if there are fewer than K
/// scores.
double precision_at(const RankedScores& scores, std::uint64_t k, TieRule ties);

/// The discounted cumulative gain of the K highest scores, over the most that it could be: a positive in place i, from
/// 1, gains 1 / log2(i + 1) (Järvelin and Kekäläinen 2002). Of fewer than K scores all count. InvalidOption if k is 0.
double ndcg_at(const RankedScores& scores, std::uint64_t k, TieRule ties);

}  // namespace adjoin
