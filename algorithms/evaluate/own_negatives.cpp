#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/own_negatives.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

constexpr std::size_t scores_per_chunk = 1 << 16;

/// NaN if one of the scores is.
template <class Score>
double rank_in_row(Score positive, std::span<const Score> negatives, TieRule ties) noexcept {
  std::uint64_t above = 0;
  std::uint64_t equal = 0;
  std::uint64_t below = 0;
  for (const Score negative : negatives) {
    above += negative > positive ? 1 : 0;
    equal += negative == positive ? 1 : 0;
    below += negative < positive ? 1 : 0;
  }
  if (above + equal + below != negatives.size()) return std::numeric_limits<double>::quiet_NaN();
  return rank_of(above, equal, ties);
}

template <class Score>
[[noreturn]] void refuse_nan(std::size_t row, Score positive, std::span<const Score> negatives) {
  if (std::isnan(positive)) throw InvalidData(fmt::format("the score of positive {} is NaN", row + 1));
  const auto nan = std::ranges::find_if(negatives, [](Score score) { return std::isnan(score); });
  throw InvalidData(
      fmt::format("the score of negative {} of positive {} is NaN", nan - negatives.begin() + 1, row + 1));
}

template <class Score>
std::vector<double> ranks_of(const Threads& threads, std::span<const Score> positives,
                             MatrixView<const Score> negatives, TieRule ties) {
  if (positives.empty()) throw InvalidData("there are no positives, so no metric is defined");
  if (negatives.columns() == 0) throw InvalidData("there are no negatives, so no metric is defined");
  if (negatives.rows() != positives.size()) {
    throw InvalidData(fmt::format("{} positives need as many rows of negatives, and there are {}", positives.size(),
                                  negatives.rows()));
  }
  std::vector<double> ranks(positives.size());
  const std::size_t rows_per_chunk = std::max<std::size_t>(1, scores_per_chunk / negatives.columns());
  threads.for_chunks(ranks.size(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      ranks[i] = rank_in_row(positives[i], negatives.row(i), ties);
    }
  });
  const auto nan = std::ranges::find_if(ranks, [](double rank) { return std::isnan(rank); });
  if (nan != ranks.end()) {
    const auto row = static_cast<std::size_t>(nan - ranks.begin());
    refuse_nan(row, positives[row], negatives.row(row));
  }
  return ranks;
}

}  // namespace

std::vector<double> ranks_among_own_negatives(const Threads& threads, std::span<const float> positives,
                                              MatrixView<const float> negatives, TieRule ties) {
  return ranks_of(threads, positives, negatives, ties);
}

std::vector<double> ranks_among_own_negatives(const Threads& threads, std::span<const double> positives,
                                              MatrixView<const double> negatives, TieRule ties) {
  return ranks_of(threads, positives, negatives, ties);
}

double mean_reciprocal_rank(std::span<const double> ranks) noexcept {
  double sum = 0;
  for (const double rank : ranks) sum += 1 / rank;
  return sum / static_cast<double>(ranks.size());
}

double hits_at(std::span<const double> ranks, std::uint64_t k) {
  if (k == 0) throw InvalidOption("hits@0 is not defined; K is at least 1");
  const auto most = static_cast<double>(k);
  const auto hits = std::ranges::count_if(ranks, [&](double rank) { return rank <= most; });
  return static_cast<double>(hits) / static_cast<double>(ranks.size());
}

}  // namespace adjoin
