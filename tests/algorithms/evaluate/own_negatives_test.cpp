#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/evaluate/own_negatives.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>

using namespace adjoin;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

std::string refusal(std::vector<float> positives, const Matrix& negatives) {
  try {
    ranks_among_own_negatives(Threads(2), positives, negatives.view(), TieRule::mean);
  } catch (const InvalidData& error) {
    return error.what();
  }
  return "no complaint";
}

/// Whole numbers from -3 to 3: most are ties.
Matrix draw_scores(std::size_t rows, std::size_t columns) {
  Matrix scores(rows, columns, 0.0F);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& score : scores.row(i)) score = static_cast<float>(*rc::gen::inRange(-3, 4));
  }
  return scores;
}

}  // namespace

TEST_CASE("ranks among own negatives are OGB's: in the middle of ties, counted from 1") {
  Matrix negatives(3, 4, 0.0F);
  std::ranges::copy(std::vector<float>{5, 3, 3, 1}, negatives.row(0).begin());
  std::ranges::copy(std::vector<float>{1, 1, 1, 1}, negatives.row(1).begin());
  std::ranges::copy(std::vector<float>{9, 8, 7, 6}, negatives.row(2).begin());
  const std::vector<float> positives{3, 2, 0};
  const Threads threads(1);
  const auto ranks = [&](TieRule ties) {
    return ranks_among_own_negatives(threads, positives, negatives.view(), ties);
  };
  CHECK(ranks(TieRule::mean) == std::vector<double>{3, 1, 5});
  CHECK(ranks(TieRule::optimistic) == std::vector<double>{2, 1, 5});
  CHECK(ranks(TieRule::pessimistic) == std::vector<double>{4, 1, 5});
  CHECK(mean_reciprocal_rank(ranks(TieRule::mean)) == doctest::Approx((1.0 / 3 + 1 + 1.0 / 5) / 3));
  CHECK(hits_at(ranks(TieRule::mean), 1) == doctest::Approx(1.0 / 3));
  CHECK(hits_at(ranks(TieRule::mean), 3) == doctest::Approx(2.0 / 3));
  CHECK(hits_at(ranks(TieRule::mean), 5) == 1);
}

TEST_CASE("where every positive has the same negatives, the metrics are those of the one ranking") {
  CHECK(rc::check([] {
    const auto positives = static_cast<std::size_t>(*rc::gen::inRange(1, 20));
    const auto columns = static_cast<std::size_t>(*rc::gen::inRange(1, 20));
    const Matrix scores = draw_scores(1, positives);
    const Matrix shared = draw_scores(1, columns);
    Matrix negatives(positives, columns, 0.0F);
    for (std::size_t i = 0; i < positives; ++i) std::ranges::copy(shared.view().row(0), negatives.row(i).begin());
    const Threads threads(1);
    const RankedScores ranked(threads, scores.view().row(0), shared.view().row(0));
    for (const TieRule ties : {TieRule::mean, TieRule::optimistic, TieRule::pessimistic}) {
      const auto ranks = ranks_among_own_negatives(threads, scores.view().row(0), negatives.view(), ties);
      RC_ASSERT(std::abs(mean_reciprocal_rank(ranks) - mean_reciprocal_rank(ranked, ties)) < 1e-12);
      if (ties != TieRule::pessimistic) continue;
      for (std::uint64_t k = 1; k < 22; ++k) RC_ASSERT(hits_at(ranks, k) == hits_at(ranked, k));
    }
  }));
}

TEST_CASE("ranks among own negatives are the same for any number of threads") {
  constexpr std::size_t rows = 5000;
  Matrix negatives(rows, 50, 0.0F);
  std::vector<float> positives(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    positives[i] = static_cast<float>(i * 31 % 101);
    for (std::size_t j = 0; j < 50; ++j) negatives.row(i)[j] = static_cast<float>((i * 50 + j) * 7919 % 101);
  }
  const auto one = ranks_among_own_negatives(Threads(1), positives, negatives.view(), TieRule::mean);
  for (const int threads : {2, 3, 8}) {
    CHECK(ranks_among_own_negatives(Threads(threads), positives, negatives.view(), TieRule::mean) == one);
  }
}

TEST_CASE("a score that is NaN, or no score at all, is refused in a sentence that names it") {
  Matrix negatives(2, 3, 1.0F);
  CHECK(refusal({1, not_a_number}, negatives) == "the score of positive 2 is NaN");
  negatives(1, 2) = not_a_number;
  CHECK(refusal({1, 1}, negatives) == "the score of negative 3 of positive 2 is NaN");
  CHECK(refusal({1}, negatives) == "1 positives need as many rows of negatives, and there are 2");
  CHECK(refusal({}, Matrix(0, 3)) == "there are no positives, so no metric is defined");
  CHECK(refusal({1, 2}, Matrix(2, 0)) == "there are no negatives, so no metric is defined");
  CHECK_THROWS_AS(hits_at(std::vector<double>{1}, 0), InvalidOption);
}
