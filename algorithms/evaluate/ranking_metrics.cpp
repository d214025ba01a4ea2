#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

template <class Score>
Array<Score> best_first(const Threads& threads, std::span<const Score> scores, std::string_view which) {
  if (scores.empty()) throw InvalidData(fmt::format("there are no {}s, so no metric is defined", which));
  const auto nan = std::ranges::find_if(scores, [](Score score) { return std::isnan(score); });
  if (nan != scores.end()) {
    throw InvalidData(fmt::format("the score of {} {} of {} is NaN", which, nan - scores.begin() + 1, scores.size()));
  }
  Array<Score> sorted(scores.size());
  std::ranges::copy(scores, sorted.begin());
  parallel_sort(threads, sorted.span(), std::greater<>());
  return sorted;
}

/// Both lists are sorted, the highest first.
template <class Score>
Array<ScoreGroup> merged(const Array<Score>& positives, const Array<Score>& negatives) {
  Array<ScoreGroup> groups(positives.size() + negatives.size());
  std::size_t count = 0;
  const Score* p = positives.begin();
  const Score* q = negatives.begin();
  while (p != positives.end() || q != negatives.end()) {
    const Score score = q == negatives.end() ? *p : p == positives.end() ? *q : std::max(*p, *q);
    const Score* const p_begin = p;
    const Score* const q_begin = q;
    while (p != positives.end() && *p == score) ++p;
    while (q != negatives.end() && *q == score) ++q;
    groups[count++] = {static_cast<std::uint64_t>(p - p_begin), static_cast<std::uint64_t>(q - q_begin)};
  }
  groups.shrink(count);
  return groups;
}

template <class Score>
Array<ScoreGroup> rank(const Threads& threads, std::span<const Score> positives, std::span<const Score> negatives) {
  const Array<Score> sorted_positives = best_first(threads, positives, "positive");
  return merged(sorted_positives, best_first(threads, negatives, "negative"));
}

void require_place(std::uint64_t k, std::string_view metric) {
  if (k == 0) throw InvalidOption(fmt::format("{}@0 is not defined; K is at least 1", metric));
}

/// Calls body(places, share) for runs of places from 0 to k: `share` of each place in [places.begin, places.end) is a
/// positive.
template <class Body>
void for_each_run(const RankedScores& scores, std::uint64_t k, TieRule ties, Body body) {
  std::uint64_t begin = 0;
  for (const ScoreGroup& group : scores.groups()) {
    if (begin >= k) return;
    const std::uint64_t end = begin + group.positives + group.negatives;
    switch (ties) {
      case TieRule::mean:
        body(begin, std::min(end, k), static_cast<double>(group.positives) / static_cast<double>(end - begin));
        break;
      case TieRule::optimistic:
        body(begin, std::min(begin + group.positives, k), 1.0);
        break;
      case TieRule::pessimistic:
        if (end - group.positives < k) body(end - group.positives, std::min(end, k), 1.0);
        break;
    }
    begin = end;
  }
}

/// The sum of what positives in places [begin, end), from 0, gain.
double discounts(std::uint64_t begin, std::uint64_t end) {
  double sum = 0;
  for (std::uint64_t place = begin; place < end; ++place) sum += 1 / std::log2(static_cast<double>(place + 2));
  return sum;
}

}  // namespace

double rank_of(std::uint64_t negatives_above, std::uint64_t negatives_equal, TieRule ties) noexcept {
  const auto best = static_cast<double>(negatives_above + 1);
  const auto equal = static_cast<double>(negatives_equal);
  return ties == TieRule::optimistic ? best : ties == TieRule::pessimistic ? best + equal : best + equal / 2;
}

RankedScores::RankedScores(const Threads& threads, std::span<const double> positives, std::span<const double> negatives)
    : positive_count_(positives.size()),
      negative_count_(negatives.size()),
      groups_(rank(threads, positives, negatives)) {}

RankedScores::RankedScores(const Threads& threads, std::span<const float> positives, std::span<const float> negatives)
    : positive_count_(positives.size()),
      negative_count_(negatives.size()),
      groups_(rank(threads, positives, negatives)) {}

std::uint64_t estimate_ranking_memory(std::uint64_t positives, std::uint64_t negatives) noexcept {
  const std::uint64_t scores = positives + negatives;
  // While the longer list is sorted, its second copy; then the groups instead.
  return scores * sizeof(double) + scores * sizeof(ScoreGroup);
}

double auc(const RankedScores& scores) noexcept {
  std::uint64_t twice_won = 0;  // pairs that a positive wins, twice, and ties
  std::uint64_t positives_above = 0;
  for (const ScoreGroup& group : scores.groups()) {
    twice_won += group.negatives * (2 * positives_above + group.positives);
    positives_above += group.positives;
  }
  return static_cast<double>(twice_won) /
         (2 * static_cast<double>(scores.positive_count()) * static_cast<double>(scores.negative_count()));
}

double average_precision(const RankedScores& scores) noexcept {
  double sum = 0;
  std::uint64_t positives = 0;
  std::uint64_t predicted = 0;
  for (const ScoreGroup& group : scores.groups()) {
    positives += group.positives;
    predicted += group.positives + group.negatives;
    sum += static_cast<double>(group.positives) * static_cast<double>(positives) / static_cast<double>(predicted);
  }
  return sum / static_cast<double>(scores.positive_count());
}

double mean_reciprocal_rank(const RankedScores& scores, TieRule ties) noexcept {
  double sum = 0;
  std::uint64_t negatives_above = 0;
  for (const ScoreGroup& group : scores.groups()) {
    sum += static_cast<double>(group.positives) / rank_of(negatives_above, group.negatives, ties);
    negatives_above += group.negatives;
  }
  return sum / static_cast<double>(scores.positive_count());
}

double hits_at(const RankedScores& scores, std::uint64_t k) {
  require_place(k, "hits");
  std::uint64_t hits = 0;
  std::uint64_t negatives = 0;  // of the positive's score or above
  for (const ScoreGroup& group : scores.groups()) {
    negatives += group.negatives;
    if (negatives >= k) break;
    hits += group.positives;
  }
  return static_cast<double>(hits) / static_cast<double>(scores.positive_count());
}

double rank_hits_at(const RankedScores& scores, std::uint64_t k, TieRule ties) {
  require_place(k, "rank-hits");
  std::uint64_t hits = 0;
  std::uint64_t negatives_above = 0;
  for (const ScoreGroup& group : scores.groups()) {
    if (rank_of(negatives_above, group.negatives, ties) <= static_cast<double>(k)) hits += group.positives;
    negatives_above += group.negatives;
  }
  return static_cast<double>(hits) / static_cast<double>(scores.positive_count());
}

double precision_at(const RankedScores& scores, std::uint64_t k, TieRule ties) {
  require_place(k, "precision");
  const std::uint64_t count = scores.positive_count() + scores.negative_count();
  if (k > count) {
    throw InvalidData(
        fmt::format("precision@{} is not defined of {}; K is at most that", k, counted(count, "score", "scores")));
  }
  double positives = 0;
  for_each_run(scores, k, ties, [&](std::uint64_t begin, std::uint64_t end, double share) {
    positives += static_cast<double>(end - begin) * share;
  });
  return positives / static_cast<double>(k);
}

double ndcg_at(const RankedScores& scores, std::uint64_t k, TieRule ties) {
  require_place(k, "ndcg");
  double gain = 0;
  for_each_run(scores, k, ties, [&](std::uint64_t begin, std::uint64_t end, double share) {
    if (share > 0) gain += share * discounts(begin, end);
  });
  return gain / discounts(0, std::min(k, scores.positive_count()));
}

}  // namespace adjoin
