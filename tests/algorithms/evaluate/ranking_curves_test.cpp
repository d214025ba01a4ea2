#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/evaluate/ranking_curves.hpp>

#include "golden_table.hpp"

using namespace adjoin;

namespace {

constexpr int every_threshold = 100'000;

RankedScores ranked(const std::vector<double>& positives, const std::vector<double>& negatives) {
  return RankedScores(Threads(1), std::span(positives), std::span(negatives));
}

/// Few distinct scores, so that many are ties.
RankedScores draw() {
  const auto list = [] {
    const auto size = static_cast<std::size_t>(*rc::gen::inRange(1, 60));
    return *rc::gen::container<std::vector<double>>(
        size, rc::gen::map(rc::gen::inRange(0, 40), [](int v) { return static_cast<double>(v); }));
  };
  return ranked(list(), list());
}

/// By trapezia.
double area(const std::vector<CurvePoint>& points) {
  double sum = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    sum += (points[i].x - points[i - 1].x) * (points[i].y + points[i - 1].y) / 2;
  }
  return sum;
}

bool is_in(const CurvePoint& point, const std::vector<CurvePoint>& points) {
  return std::ranges::any_of(points, [&](const CurvePoint& p) { return p.x == point.x && p.y == point.y; });
}

}  // namespace

TEST_CASE("curves are scikit-learn's, with ties and without") {
  for (const std::string name : {"ties", "distinct"}) {
    CAPTURE(name);
    const auto data = test::golden_table("evaluate/ranking_" + name);
    std::vector<double> positives;
    std::vector<double> negatives;
    for (std::size_t i = 0; i < data[0].size(); ++i) (data[0][i] != 0 ? positives : negatives).push_back(data[1][i]);
    const RankingCurves curves = ranking_curves(ranked(positives, negatives), every_threshold);
    const auto golden = test::golden_table("evaluate/curves_" + name);
    const auto same = [](const std::vector<CurvePoint>& points, std::span<const double> x, std::span<const double> y) {
      REQUIRE(points.size() == x.size());
      for (std::size_t i = 0; i < points.size(); ++i) {
        CHECK(points[i].x == doctest::Approx(x[i]).epsilon(1e-8));
        CHECK(points[i].y == doctest::Approx(y[i]).epsilon(1e-8));
      }
    };
    same(curves.roc, golden[0], golden[1]);
    same(curves.precision_recall, golden[2], golden[3]);
  }
}

TEST_CASE("below the ROC curve lies the AUC, and both curves end where everything is predicted") {
  CHECK(rc::check([] {
    const RankedScores scores = draw();
    const RankingCurves curves = ranking_curves(scores, every_threshold);
    RC_ASSERT(std::abs(area(curves.roc) - auc(scores)) < 1e-12);
    RC_ASSERT(curves.roc.front().x == 0 && curves.roc.front().y == 0);
    RC_ASSERT(curves.roc.back().x == 1 && curves.roc.back().y == 1);
    RC_ASSERT(curves.precision_recall.back().x == 1);
  }));
}

TEST_CASE("fewer steps give fewer points, each of the exact curve") {
  CHECK(rc::check([] {
    const RankedScores scores = draw();
    const int steps = *rc::gen::inRange(1, 30);
    const RankingCurves all = ranking_curves(scores, every_threshold);
    const RankingCurves some = ranking_curves(scores, steps);
    const auto most = static_cast<std::size_t>(steps) + 1;  // with (0, 0), or with the highest score
    RC_ASSERT(some.roc.size() <= most && some.precision_recall.size() <= most);
    for (const CurvePoint& point : some.roc) RC_ASSERT(is_in(point, all.roc));
    for (const CurvePoint& point : some.precision_recall) RC_ASSERT(is_in(point, all.precision_recall));
    RC_ASSERT(some.roc.back().x == 1 && some.roc.back().y == 1 && some.precision_recall.back().x == 1);
  }));
}
