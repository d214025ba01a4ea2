#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/streamed_ranking.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace adjoin {
namespace {

constexpr int most_index_bits = 16;

/// Falls as the score rises. The two zeros are one.
std::uint64_t key_of(double score) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(score + 0.0);
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  return (bits & sign) != 0 ? bits : ~(bits | sign);
}

/// The value at a share of the way through sorted values, linear between two.
double quantile(std::span<const double> sorted, double share) noexcept {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto lower = static_cast<std::size_t>(place);
  const std::size_t upper = std::min(lower + 1, sorted.size() - 1);
  return sorted[lower] + (place - static_cast<double>(lower)) * (sorted[upper] - sorted[lower]);
}

}  // namespace

void detail::refuse_nan(std::span<const double> scores) {
  if (std::ranges::any_of(scores, [](double score) { return std::isnan(score); })) {
    throw InvalidData("a score is NaN, which has no place among the others");
  }
}

StreamedRanking::StreamedRanking(const Threads& threads, Array<double> positives) {
  if (positives.empty()) throw InvalidData("there are no positives, so no metric is defined");
  detail::refuse_nan(positives.span());
  const std::size_t count = positives.size();
  keys_ = std::move(positives).reuse_as<std::uint64_t>();
  for (std::uint64_t& key : keys_) key = key_of(std::bit_cast<double>(key));
  parallel_sort(threads, keys_.span(), std::less<>());
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < count; ++i) distinct += i == 0 || keys_[i] != keys_[i - 1] ? 1 : 0;
  if (distinct >= std::numeric_limits<std::uint32_t>::max()) {
    throw InvalidData(fmt::format("positives have {} different scores, and a ranking holds less than 2^32", distinct));
  }
  above_ = Array<std::uint64_t>(distinct);
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i + 1 < count && keys_[i + 1] == keys_[i]) continue;
    keys_[at] = keys_[i];
    above_[at++] = i + 1;
  }
  keys_.shrink(distinct);
  negatives_ = Array<std::uint64_t>(2 * distinct + 1, std::uint64_t{0});
  const std::uint64_t range = keys_[distinct - 1] - keys_[0];
  const int bits = std::min(most_index_bits, static_cast<int>(std::bit_width(distinct)) + 1);
  shift_ = std::max(0, static_cast<int>(std::bit_width(range)) - bits);
  first_ = Array<std::uint32_t>((range >> shift_) + 2);
  std::size_t next = 0;
  for (std::size_t i = 0; i < distinct; ++i) {
    while (next <= (keys_[i] - keys_[0]) >> shift_) first_[next++] = static_cast<std::uint32_t>(i);
  }
  while (next < first_.size()) first_[next++] = static_cast<std::uint32_t>(distinct);
}

std::size_t StreamedRanking::counter_of(double score) const noexcept {
  const std::uint64_t key = key_of(score);
  if (key < keys_[0]) return 0;
  if (key > keys_[keys_.size() - 1]) return 2 * keys_.size();
  const std::uint64_t bucket = (key - keys_[0]) >> shift_;
  const std::uint64_t* const found =
      std::lower_bound(keys_.begin() + first_[bucket], keys_.begin() + first_[bucket + 1], key);
  const auto place = static_cast<std::size_t>(found - keys_.begin());
  return 2 * place + (place < keys_.size() && *found == key ? 1 : 0);
}

void StreamedRanking::add_negatives(std::span<const double> scores) {
  detail::refuse_nan(scores);
  // Many negatives have one score, and so one counter, which threads would take from one another: a block is counted
  // by itself first.
  constexpr std::size_t block = 1024;
  std::array<std::size_t, block> counters;
  for (std::size_t begin = 0; begin < scores.size(); begin += block) {
    const auto part = scores.subspan(begin, std::min(block, scores.size() - begin));
    for (std::size_t i = 0; i < part.size(); ++i) counters[i] = counter_of(part[i]);
    const auto last = counters.begin() + static_cast<std::ptrdiff_t>(part.size());
    std::sort(counters.begin(), last);
    for (auto run = counters.begin(); run != last;) {
      const auto end = std::find_if(run, last, [&](std::size_t counter) { return counter != *run; });
      std::atomic_ref(negatives_[*run]).fetch_add(static_cast<std::uint64_t>(end - run), std::memory_order_relaxed);
      run = end;
    }
  }
}

std::uint64_t StreamedRanking::negative_count() const noexcept {
  std::uint64_t count = 0;
  for (const std::uint64_t negatives : negatives_) count += negatives;
  return count;
}

double StreamedRanking::average_precision() const noexcept {
  double sum = 0;
  std::uint64_t positives = 0;
  std::uint64_t predicted = 0;
  for (std::size_t i = 0; i < above_.size(); ++i) {
    const std::uint64_t here = above_[i] - positives;
    positives = above_[i];
    predicted += here + negatives_[2 * i] + negatives_[2 * i + 1];
    sum += static_cast<double>(here) * static_cast<double>(positives) / static_cast<double>(predicted);
  }
  return sum / static_cast<double>(positives);
}

double StreamedRanking::average_precision(std::span<const std::uint32_t> times) const noexcept {
  double sum = 0;
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
  std::size_t place = 0;
  for (std::size_t i = 0; i < above_.size(); ++i) {
    std::uint64_t here = 0;
    for (; place < above_[i]; ++place) here += times[place];
    negatives += negatives_[2 * i] + negatives_[2 * i + 1];
    if (here == 0) continue;
    positives += here;
    sum += static_cast<double>(here) * static_cast<double>(positives) / static_cast<double>(positives + negatives);
  }
  return sum / static_cast<double>(positives);
}

std::uint64_t estimate_streamed_ranking_memory(std::uint64_t positives) noexcept {
  const std::uint64_t index = std::min(std::uint64_t{1} << most_index_bits, 4 * positives) + 2;
  return positives * 4 * sizeof(std::uint64_t) + sizeof(std::uint64_t) + index * sizeof(std::uint32_t);
}

std::vector<Interval> bootstrap_average_precision(RunContext& context, std::span<const StreamedRanking> rankings,
                                                  std::size_t resamples) {
  if (resamples == 0) throw InvalidOption("an interval needs resamples; ask for some, 1000 say");
  if (rankings.empty()) return {};
  const std::uint64_t positives = rankings.front().positive_count();
  for (const StreamedRanking& ranking : rankings) {
    if (ranking.positive_count() != positives) {
      throw InvalidData(fmt::format("a ranking has {} positives and another {}, so they cannot be resampled together",
                                    positives, ranking.positive_count()));
    }
  }
  std::vector<std::vector<double>> values(rankings.size(), std::vector<double>(resamples));
  context.begin_stage("resample", "resamples", resamples);
  context.for_tasks(resamples, [&](std::size_t resample) {
    std::vector<std::uint32_t> times(positives, 0);
    RandomSequence random(context.seed(), RandomStream::bootstrap, resample);
    for (std::uint64_t i = 0; i < positives; ++i) ++times[random.next_below(positives)];
    for (std::size_t k = 0; k < rankings.size(); ++k) values[k][resample] = rankings[k].average_precision(times);
  });
  context.end_stage();
  std::vector<Interval> intervals;
  for (std::vector<double>& of_ranking : values) {
    std::ranges::sort(of_ranking);
    intervals.push_back({quantile(of_ranking, 0.025), quantile(of_ranking, 0.975)});
  }
  return intervals;
}

}  // namespace adjoin
