#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <adjoin/algorithms/evaluate/auc.hpp>

namespace adjoin {

double auc(std::span<const float> positives, std::span<const float> negatives) {
  if (positives.empty() || negatives.empty()) return 0.5;
  std::vector<std::pair<float, bool>> scores;
  scores.reserve(positives.size() + negatives.size());
  for (const float score : positives) scores.emplace_back(score, true);
  for (const float score : negatives) scores.emplace_back(score, false);
  std::ranges::sort(scores, {}, &std::pair<float, bool>::first);
  std::uint64_t twice_won = 0;  // pairs that a positive wins, twice, and ties
  std::uint64_t negatives_below = 0;
  for (std::size_t begin = 0; begin < scores.size();) {
    std::size_t end = begin;
    std::uint64_t equal_positives = 0;
    for (; end < scores.size() && scores[end].first == scores[begin].first; ++end) {
      equal_positives += scores[end].second ? 1 : 0;
    }
    const std::uint64_t equal_negatives = end - begin - equal_positives;
    twice_won += equal_positives * (2 * negatives_below + equal_negatives);
    negatives_below += equal_negatives;
    begin = end;
  }
  return static_cast<double>(twice_won) /
         (2 * static_cast<double>(positives.size()) * static_cast<double>(negatives.size()));
}

}  // namespace adjoin
