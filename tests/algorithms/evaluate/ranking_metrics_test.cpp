#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "golden_table.hpp"

using namespace adjoin;

namespace {

constexpr std::array all_rules{TieRule::mean, TieRule::optimistic, TieRule::pessimistic};
constexpr std::array<std::uint64_t, 9> golden_places{1, 2, 3, 5, 10, 20, 50, 100, 200};

using Scores = std::vector<double>;

struct Labelled {
  Scores positives;
  Scores negatives;

  RankedScores ranked() const { return RankedScores(Threads(1), std::span(positives), std::span(negatives)); }
};

/// Few distinct scores, so that most are ties; `most` of each kind at most.
Labelled draw(int most) {
  const auto list = [&] {
    const auto size = *rc::gen::inRange(1, most + 1);
    return *rc::gen::container<Scores>(static_cast<std::size_t>(size), rc::gen::map(rc::gen::inRange(-3, 4), [](int v) {
                                         return static_cast<double>(v);
                                       }));
  };
  return {list(), list()};
}

double share(const Scores& scores, const std::function<double(double)>& value) {
  double sum = 0;
  for (const double score : scores) sum += value(score);
  return sum / static_cast<double>(scores.size());
}

std::uint64_t count_above(const Scores& scores, double least) {
  return static_cast<std::uint64_t>(std::ranges::count_if(scores, [&](double score) { return score > least; }));
}
std::uint64_t count_from(const Scores& scores, double least) {
  return static_cast<std::uint64_t>(std::ranges::count_if(scores, [&](double score) { return score >= least; }));
}

// The metrics by their definitions, each in O(p * q).

double slow_auc(const Labelled& data) {
  return share(data.positives, [&](double p) {
    return share(data.negatives, [&](double q) { return p > q ? 1 : p == q ? 0.5 : 0; });
  });
}

double slow_average_precision(const Labelled& data) {
  return share(data.positives, [&](double p) {
    const auto right = static_cast<double>(count_from(data.positives, p));
    return right / (right + static_cast<double>(count_from(data.negatives, p)));
  });
}

double slow_rank(const Labelled& data, double positive, TieRule ties) {
  const auto best = static_cast<double>(count_above(data.negatives, positive)) + 1;
  const auto worst = static_cast<double>(count_from(data.negatives, positive)) + 1;
  return ties == TieRule::optimistic ? best : ties == TieRule::pessimistic ? worst : (best + worst) / 2;
}

double slow_reciprocal_rank(const Labelled& data, TieRule ties) {
  return share(data.positives, [&](double p) { return 1 / slow_rank(data, p, ties); });
}

double slow_hits(const Labelled& data, std::uint64_t k) {
  if (data.negatives.size() < k) return 1;
  Scores sorted = data.negatives;
  std::ranges::sort(sorted, std::greater<>());
  return share(data.positives, [&](double p) { return p > sorted[k - 1] ? 1 : 0; });
}

double slow_rank_hits(const Labelled& data, std::uint64_t k, TieRule ties) {
  return share(data.positives, [&](double p) { return slow_rank(data, p, ties) <= static_cast<double>(k) ? 1 : 0; });
}

/// Over every order of the scores in which none is before a higher one: the mean, the most or the least of what the
/// labels of the first k places are worth. For a handful of scores.
double over_orders(const Labelled& data, std::uint64_t k, TieRule ties,
                   const std::function<double(std::size_t)>& worth) {
  std::vector<std::pair<double, int>> items;
  for (const double score : data.positives) items.emplace_back(score, 1);
  for (const double score : data.negatives) items.emplace_back(score, 0);
  std::vector<std::size_t> order(items.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  Scores values;
  do {
    const bool sorted =
        std::ranges::is_sorted(order, [&](std::size_t a, std::size_t b) { return items[a].first > items[b].first; });
    if (!sorted) continue;
    double value = 0;
    for (std::size_t place = 0; place < std::min<std::size_t>(k, order.size()); ++place) {
      value += items[order[place]].second * worth(place);
    }
    values.push_back(value);
  } while (std::ranges::next_permutation(order).found);
  if (ties == TieRule::optimistic) return *std::ranges::max_element(values);
  if (ties == TieRule::pessimistic) return *std::ranges::min_element(values);
  return share(values, [](double value) { return value; });
}

double slow_precision(const Labelled& data, std::uint64_t k, TieRule ties) {
  return over_orders(data, k, ties, [](std::size_t) { return 1.0; }) / static_cast<double>(k);
}

double gain(std::size_t place) {
  return 1 / std::log2(static_cast<double>(place) + 2);
}

double slow_ndcg(const Labelled& data, std::uint64_t k, TieRule ties) {
  double most = 0;
  for (std::size_t place = 0; place < std::min<std::size_t>(k, data.positives.size()); ++place) most += gain(place);
  return over_orders(data, k, ties, gain) / most;
}

bool near(double a, double b) {
  return std::abs(a - b) < 1e-12;
}

/// Every metric at every K and rule.
Scores all_metrics(const RankedScores& ranked) {
  Scores values{auc(ranked), average_precision(ranked)};
  const std::uint64_t count = ranked.positive_count() + ranked.negative_count();
  for (const TieRule ties : all_rules) {
    values.push_back(mean_reciprocal_rank(ranked, ties));
    for (const std::uint64_t k : golden_places) {
      values.push_back(hits_at(ranked, k));
      values.push_back(rank_hits_at(ranked, k, ties));
      values.push_back(ndcg_at(ranked, k, ties));
      if (k <= count) values.push_back(precision_at(ranked, k, ties));
    }
  }
  return values;
}

std::string kind_and_refusal(const std::function<void()>& body) {
  try {
    body();
  } catch (const InvalidData& error) {
    return error.what();
  } catch (const InvalidOption& error) {
    return std::string("option: ") + error.what();
  }
  return "no complaint";
}

}  // namespace

TEST_CASE("AUC, average precision and NDCG are scikit-learn's, Hits@K and MRR are OGB's, with ties and without") {
  for (const char* name : {"evaluate/ranking_ties", "evaluate/ranking_distinct"}) {
    CAPTURE(name);
    const auto golden = test::golden_table(name);
    Labelled data;
    for (std::size_t i = 0; i < golden[0].size(); ++i) {
      (golden[0][i] != 0 ? data.positives : data.negatives).push_back(golden[1][i]);
    }
    const RankedScores ranked = data.ranked();
    const auto same = [](double value, double expected) { CHECK(value == doctest::Approx(expected).epsilon(1e-8)); };
    same(auc(ranked), golden[2][0]);
    same(average_precision(ranked), golden[2][1]);
    for (std::size_t i = 0; i < golden_places.size(); ++i) {
      CAPTURE(golden_places[i]);
      same(ndcg_at(ranked, golden_places[i], TieRule::mean), golden[3][i]);
      same(hits_at(ranked, golden_places[i]), golden[4][i]);
    }
    for (std::size_t i = 0; i < all_rules.size(); ++i) same(mean_reciprocal_rank(ranked, all_rules[i]), golden[5][i]);
  }
}

TEST_CASE("metrics of a ranking are those of their definitions, pair by pair") {
  CHECK(rc::check([] {
    const Labelled data = draw(20);
    const RankedScores ranked = data.ranked();
    RC_ASSERT(near(auc(ranked), slow_auc(data)));
    RC_ASSERT(near(average_precision(ranked), slow_average_precision(data)));
    for (const TieRule ties : all_rules) {
      RC_ASSERT(near(mean_reciprocal_rank(ranked, ties), slow_reciprocal_rank(data, ties)));
    }
    for (std::uint64_t k = 1; k < 25; ++k) {
      RC_ASSERT(hits_at(ranked, k) == slow_hits(data, k));
      for (const TieRule ties : all_rules) {
        RC_ASSERT(near(rank_hits_at(ranked, k, ties), slow_rank_hits(data, k, ties)));
      }
      RC_ASSERT(hits_at(ranked, k) == rank_hits_at(ranked, k, TieRule::pessimistic));
    }
  }));
}

TEST_CASE("precision@K and NDCG@K are the mean, the most and the least over every order of ties") {
  CHECK(rc::check([] {
    const Labelled data = draw(3);
    const RankedScores ranked = data.ranked();
    const std::uint64_t count = ranked.positive_count() + ranked.negative_count();
    for (const TieRule ties : all_rules) {
      for (std::uint64_t k = 1; k <= count; ++k) {
        RC_ASSERT(near(precision_at(ranked, k, ties), slow_precision(data, k, ties)));
        RC_ASSERT(near(ndcg_at(ranked, k, ties), slow_ndcg(data, k, ties)));
      }
      RC_ASSERT(ndcg_at(ranked, count + 9, ties) == ndcg_at(ranked, count, ties));
    }
  }));
}

TEST_CASE("a monotone transformation of the scores, their order and their width change no metric") {
  CHECK(rc::check([] {
    const Labelled data = draw(20);
    const Scores expected = all_metrics(data.ranked());
    const auto transformed = [&](const std::function<double(double)>& f) {
      Labelled other = data;
      for (Scores* scores : {&other.positives, &other.negatives}) std::ranges::transform(*scores, scores->begin(), f);
      return all_metrics(other.ranked());
    };
    RC_ASSERT(transformed([](double v) { return std::exp(v); }) == expected);
    RC_ASSERT(transformed([](double v) { return v * v * v - 7; }) == expected);
    Labelled turned = data;
    std::ranges::reverse(turned.positives);
    std::ranges::reverse(turned.negatives);
    RC_ASSERT(all_metrics(turned.ranked()) == expected);
    const std::vector<float> positives(data.positives.begin(), data.positives.end());
    const std::vector<float> negatives(data.negatives.begin(), data.negatives.end());
    RC_ASSERT(all_metrics(RankedScores(Threads(1), std::span(positives), std::span(negatives))) == expected);
  }));
}

TEST_CASE("metrics are from 0 to 1, the rule of ties orders them, and a perfect ranking has 1 of each") {
  CHECK(rc::check([] {
    const Labelled data = draw(10);
    const RankedScores ranked = data.ranked();
    for (const double value : all_metrics(ranked)) RC_ASSERT(value >= 0 && value <= 1 + 1e-12);
    const auto ordered = [&](const auto& metric) {
      return metric(TieRule::pessimistic) <= metric(TieRule::mean) + 1e-12 &&
             metric(TieRule::mean) <= metric(TieRule::optimistic) + 1e-12;
    };
    RC_ASSERT(ordered([&](TieRule ties) { return mean_reciprocal_rank(ranked, ties); }));
    RC_ASSERT(ordered([&](TieRule ties) { return precision_at(ranked, 2, ties); }));
    RC_ASSERT(ordered([&](TieRule ties) { return ndcg_at(ranked, 5, ties); }));
    Labelled perfect = data;
    for (double& score : perfect.positives) score += 100;
    const RankedScores best = perfect.ranked();
    RC_ASSERT(auc(best) == 1 && average_precision(best) == 1 && mean_reciprocal_rank(best, TieRule::mean) == 1);
    RC_ASSERT(hits_at(best, 1) == 1 && precision_at(best, best.positive_count(), TieRule::pessimistic) == 1);
    RC_ASSERT(near(ndcg_at(best, 7, TieRule::pessimistic), 1));
  }));
}

TEST_CASE("a method that scores all pairs alike gets what chance gives it, not a perfect rank") {
  const Labelled data{Scores(5, 1.0), Scores(20, 1.0)};
  const RankedScores ranked = data.ranked();
  CHECK(ranked.groups().size() == 1);
  CHECK(auc(ranked) == 0.5);
  CHECK(average_precision(ranked) == doctest::Approx(0.2));
  CHECK(hits_at(ranked, 10) == 0);
  CHECK(hits_at(ranked, 20) == 0);
  CHECK(hits_at(ranked, 21) == 1);
  CHECK(mean_reciprocal_rank(ranked, TieRule::mean) == doctest::Approx(1.0 / 11));
  CHECK(precision_at(ranked, 10, TieRule::mean) == doctest::Approx(0.2));
}

TEST_CASE("infinite scores are scores, and both zeros are one") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(auc(Labelled{{infinity}, {1e300, -infinity}}.ranked()) == 1);
  CHECK(auc(Labelled{{infinity}, {infinity}}.ranked()) == 0.5);
  CHECK(Labelled{{0.0}, {-0.0}}.ranked().groups().size() == 1);
}

TEST_CASE("what no metric is defined for is refused in a sentence") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(kind_and_refusal([] { Labelled{{}, {1}}.ranked(); }) == "there are no positives, so no metric is defined");
  CHECK(kind_and_refusal([] { Labelled{{1}, {}}.ranked(); }) == "there are no negatives, so no metric is defined");
  CHECK(kind_and_refusal([] { Labelled{{1, nan, nan}, {nan}}.ranked(); }) == "the score of positive 2 of 3 is NaN");
  CHECK(kind_and_refusal([] { Labelled{{1}, {4, 3, nan}}.ranked(); }) == "the score of negative 3 of 3 is NaN");
  const RankedScores ranked = Labelled{{1}, {2, 3}}.ranked();
  CHECK(kind_and_refusal([&] { precision_at(ranked, 4, TieRule::mean); }) ==
        "precision@4 is not defined of 3 scores; K is at most that");
  CHECK(kind_and_refusal([&] { precision_at(ranked, 0, TieRule::mean); }) ==
        "option: precision@0 is not defined; K is at least 1");
  CHECK(kind_and_refusal([&] { hits_at(ranked, 0); }) == "option: hits@0 is not defined; K is at least 1");
  CHECK(kind_and_refusal([&] { rank_hits_at(ranked, 0, TieRule::mean); }) ==
        "option: rank-hits@0 is not defined; K is at least 1");
  CHECK(kind_and_refusal([&] { ndcg_at(ranked, 0, TieRule::mean); }) ==
        "option: ndcg@0 is not defined; K is at least 1");
}

TEST_CASE("a ranking of many scores is the same for any number of threads") {
  constexpr std::size_t count = 200'000;  // more than one block of the parallel sort
  Scores positives(count);
  Scores negatives(count / 2);
  for (std::size_t i = 0; i < count; ++i) positives[i] = static_cast<double>(i * 7919 % 100'003) + 1000;
  for (std::size_t i = 0; i < negatives.size(); ++i) negatives[i] = static_cast<double>(i * 104'729 % 100'003);
  const RankedScores one(Threads(1), std::span<const double>(positives), negatives);
  for (const int threads : {2, 3, 8}) {
    const RankedScores many(Threads(threads), std::span<const double>(positives), negatives);
    CHECK(std::ranges::equal(many.groups(), one.groups(), [](const ScoreGroup& a, const ScoreGroup& b) {
      return a.positives == b.positives && a.negatives == b.negatives;
    }));
    CHECK(all_metrics(many) == all_metrics(one));
  }
  CHECK(estimate_ranking_memory(count, count / 2) == 24 * (count + count / 2));
}
