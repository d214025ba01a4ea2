// A ranking of positives among negatives that pass by and are not kept: average precision, exactly, of as many
// negatives as there may be.
//
// Method.  The sum of average precision changes only at scores of positives. So it is enough to know, for each distinct
//          score of a positive, how many negatives have it, and how many are between it and the next higher one: two
//          counters each. A negative's counter is found by a table of the leading bits of a score, then by bisection.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

namespace detail {
/// InvalidData for a score that is NaN.
void refuse_nan(std::span<const double> scores);
}  // namespace detail

class StreamedRanking {
 public:
  /// InvalidData if there is no positive, or a score is NaN. Infinite scores are scores.
  /// O(p log p) time; the memory of positives is reused.
  StreamedRanking(const Threads& threads, Array<double> positives);

  /// Counts negatives. May be called by several threads at once: counts are whole numbers, so their order is nothing to
  /// the result. O(log p) each. InvalidData for a score that is NaN.
  void add_negatives(std::span<const double> scores);

  std::uint64_t positive_count() const noexcept { return above_.empty() ? 0 : above_[above_.size() - 1]; }
  std::uint64_t negative_count() const noexcept;

  /// To the bit what average_precision of RankedScores is, with all of the negatives. 1 if there are none.
  double average_precision() const noexcept;

  /// The same as if the positive in place i, the highest first, were there times[i] times, of which some is not 0.
  double average_precision(std::span<const std::uint32_t> times) const noexcept;

 private:
  std::size_t counter_of(double score) const noexcept;

  // Scores as whole numbers that rise as scores fall, each once; so the highest score is the first.
  Array<std::uint64_t> keys_;
  Array<std::uint64_t> above_;  // positives of this score or a higher one
  // 2i: negatives between score i and the next higher one; 2i + 1: of score i; the last: below all.
  Array<std::uint64_t> negatives_;
  Array<std::uint32_t> first_;  // by leading bits: the first score that has them, or higher bits
  int shift_ = 0;
};

/// Bytes of a StreamedRanking of so many positives, without their scores and after it has been made.
std::uint64_t estimate_streamed_ranking_memory(std::uint64_t positives) noexcept;

/// A stretch that a share of resamples lies in.
struct Interval {
  double low = 0;
  double high = 0;
};

/// The middle 95 % of the average precision over so many resamples of the positives, with replacement, for each
/// ranking: the percentile bootstrap (Efron 1979). Negatives stay as they are. Of few positives it leans upwards, as
/// those drawn twice stand in one place. All rankings are of the same positives.
/// Draws are those of RandomStream::bootstrap and the run's seed.
/// Cost.    O(resamples * positives * rankings) time; 4 bytes a positive and thread.
/// Errors.  InvalidOption if resamples is 0, InvalidData for different numbers of positives; Cancelled.
/// Repeat.  The same bits for any number of threads.
std::vector<Interval> bootstrap_average_precision(RunContext& context, std::span<const StreamedRanking> rankings,
                                                  std::size_t resamples);

}  // namespace adjoin
