// The slow twin is RankedScores, which keeps every negative; intervals are compared with resamples taken one by one.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stop_token>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/algorithms/evaluate/streamed_ranking.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;

namespace {

constexpr double infinite_score = std::numeric_limits<double>::infinity();
using Scores = std::vector<double>;

Array<double> array_of(const Scores& scores) {
  Array<double> array(scores.size());
  std::ranges::copy(scores, array.begin());
  return array;
}

StreamedRanking ranking_of(const Scores& positives, const Scores& negatives) {
  StreamedRanking ranking(Threads(1), array_of(positives));
  ranking.add_negatives(negatives);
  return ranking;
}

double slow_average_precision(const Scores& positives, const Scores& negatives) {
  return average_precision(RankedScores(Threads(1), std::span(positives), std::span(negatives)));
}

/// Many ties among few values, none among values of all sizes, or infinite ones.
Scores draw_scores(int least) {
  const auto size = static_cast<std::size_t>(*rc::gen::inRange(least, 60));
  const int kind = *rc::gen::inRange(0, 3);
  Scores scores;
  for (std::size_t i = 0; i < size; ++i) {
    const auto whole = static_cast<double>(*rc::gen::inRange(-5, 6));
    if (kind == 0) scores.push_back(whole);
    if (kind == 1)
      scores.push_back(std::ldexp(static_cast<double>(*rc::gen::inRange(-1000, 1000)), 30 * static_cast<int>(whole)));
    if (kind == 2)
      scores.push_back(whole == 5 ? infinite_score : whole == -5 ? -infinite_score : whole == 0 ? -0.0 : whole / 3);
  }
  return scores;
}

}  // namespace

TEST_CASE("average precision of negatives that pass by has the bits of that of negatives kept") {
  CHECK(rc::check([] {
    const Scores positives = draw_scores(1);
    const Scores negatives = draw_scores(1);
    const StreamedRanking ranking = ranking_of(positives, negatives);
    RC_ASSERT(ranking.positive_count() == positives.size());
    RC_ASSERT(ranking.negative_count() == negatives.size());
    RC_ASSERT(ranking.average_precision() == slow_average_precision(positives, negatives));
  }));
}

TEST_CASE("many scores, more than a block and more than the table of leading bits has places, are ranked as exactly") {
  RandomSequence random(1, RandomStream::tests, 7);
  Scores positives;
  Scores negatives;
  for (int i = 0; i < 150'000; ++i) positives.push_back(random.next_normal() + 0.5);
  for (int i = 0; i < 400'000; ++i)
    negatives.push_back(i % 3 == 0 ? positives[static_cast<std::size_t>(i) % 1000] : random.next_normal());
  const double expected = slow_average_precision(positives, negatives);
  CHECK(ranking_of(positives, negatives).average_precision() == expected);
  for (const int count : {1, 2, 3, 8}) {
    const Threads threads(count);
    StreamedRanking ranking(threads, array_of(positives));
    threads.for_chunks(negatives.size(), 1000, [&](Chunk chunk) {
      ranking.add_negatives(std::span(negatives).subspan(chunk.begin, chunk.size()));
    });
    CHECK(ranking.average_precision() == expected);
  }
}

TEST_CASE("a positive that counts several times is ranked as if it were there as often") {
  CHECK(rc::check([] {
    const Scores positives = draw_scores(1);
    const Scores negatives = draw_scores(1);
    Scores sorted = positives;
    std::ranges::sort(sorted, std::greater<>());
    std::vector<std::uint32_t> times;
    Scores repeated;
    for (const double score : sorted) {
      times.push_back(static_cast<std::uint32_t>(*rc::gen::inRange(0, 4)));
      repeated.insert(repeated.end(), times.back(), score);
    }
    if (repeated.empty()) return;
    const double found = ranking_of(positives, negatives).average_precision(times);
    RC_ASSERT(found == slow_average_precision(repeated, negatives));
  }));
}

TEST_CASE("intervals are the middle of what resamples of the positives give, for any number of threads") {
  const Scores positives{9, 7, 7, 4, 1};
  const Scores negatives{8, 7, 3, 2, 2, 0};
  constexpr std::size_t resamples = 101;
  Scores values;
  for (std::size_t resample = 0; resample < resamples; ++resample) {
    RandomSequence random(42, RandomStream::bootstrap, resample);
    Scores drawn;
    for (std::size_t i = 0; i < positives.size(); ++i) drawn.push_back(positives[random.next_below(positives.size())]);
    values.push_back(slow_average_precision(drawn, negatives));
  }
  std::ranges::sort(values);
  std::vector<StreamedRanking> rankings;
  rankings.push_back(ranking_of(positives, negatives));
  rankings.push_back(ranking_of({1, 1, 1, 1, 1}, {0}));
  for (const int threads : {1, 2, 3, 8}) {
    RunSettings settings;
    settings.threads = threads;
    RunContext context(settings);
    const auto intervals = bootstrap_average_precision(context, rankings, resamples);
    REQUIRE(intervals.size() == 2);
    CHECK(intervals[0].low == doctest::Approx((values[2] + values[3]) / 2).epsilon(1e-14));  // places 2.5 and 97.5
    CHECK(intervals[0].high == doctest::Approx((values[97] + values[98]) / 2).epsilon(1e-14));
    CHECK(intervals[0].low < intervals[0].high);
    CHECK(intervals[1].low == 1);
    CHECK(intervals[1].high == 1);
  }
}

TEST_CASE("rankings refuse what has no place, and resampling stops when asked to") {
  CHECK_THROWS_WITH_AS(StreamedRanking(Threads(1), Array<double>()), "there are no positives, so no metric is defined",
                       InvalidData);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(ranking_of({1, nan}, {}), "a score is NaN, which has no place among the others", InvalidData);
  CHECK_THROWS_AS(ranking_of({1}, {nan}), InvalidData);
  CHECK(ranking_of({2, 1}, {}).average_precision() == 1);
  std::vector<StreamedRanking> rankings;
  rankings.push_back(ranking_of({1}, {2}));
  rankings.push_back(ranking_of({1, 2}, {2}));
  RunContext context;
  CHECK_THROWS_AS(bootstrap_average_precision(context, rankings, 10), InvalidData);
  rankings.pop_back();
  CHECK_THROWS_AS(bootstrap_average_precision(context, rankings, 0), InvalidOption);
  CHECK(bootstrap_average_precision(context, {}, 10).empty());
  std::stop_source stop;
  stop.request_stop();
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext stopped(settings);
  CHECK_THROWS_AS(bootstrap_average_precision(stopped, rankings, 10), Cancelled);
}
