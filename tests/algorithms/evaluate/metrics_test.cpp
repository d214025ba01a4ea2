#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/evaluate/f1.hpp>
#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/dataset.hpp>

#include "golden_table.hpp"

using namespace adjoin;

TEST_CASE("F1 of one class a row is scikit-learn's, a class that never is being left out") {
  const auto golden = test::golden_table("evaluate/multiclass");
  std::vector<std::uint32_t> truth(golden[0].begin(), golden[0].end());
  std::vector<std::uint32_t> predicted(golden[1].begin(), golden[1].end());
  const F1 f1 = multiclass_f1(truth, predicted, 6);
  CHECK(f1.micro == doctest::Approx(golden[2][0]).epsilon(1e-8));
  CHECK(f1.macro == doctest::Approx(golden[2][1]).epsilon(1e-8));
  CHECK(multiclass_f1({}, {}, 3).macro == 0);
}

TEST_CASE("the highest scores are predicted, ties going to the lower class") {
  Matrix scores(3, 4, 1.0F);
  scores(1, 3) = 2;
  scores(2, 0) = -1;
  const Csr truth = matrix_of_entries(3, 4, {{0, 3, 1}, {0, 2, 1}, {1, 0, 1}, {2, 1, 1}, {2, 2, 1}, {2, 3, 1}}, true);
  const Threads threads(2);
  const Csr predicted = predict_given_counts(threads, scores.view(), truth.view());
  const std::vector<NodeId> expected{node_id(0), node_id(1), node_id(3), node_id(1), node_id(2), node_id(3)};
  CHECK(std::ranges::equal(predicted.targets, expected));
  const F1 f1 = multilabel_f1(truth.view(), predicted.view());
  CHECK(f1.micro == doctest::Approx(3.0 / 6));
  CHECK(f1.macro ==
        doctest::Approx((0 + 2.0 / 3 + 2.0 / 3 + 2.0 / 4) / 4));  // each class: 2 right / (there + predicted)
}

TEST_CASE("AUC is scikit-learn's where scores are equal") {
  const auto golden = test::golden_table("evaluate/auc");
  std::vector<float> positives;
  std::vector<float> negatives;
  for (std::size_t i = 0; i < golden[0].size(); ++i) {
    (golden[0][i] != 0 ? positives : negatives).push_back(static_cast<float>(golden[1][i]));
  }
  CHECK(auc(RankedScores(Threads(2), std::span<const float>(positives), negatives)) ==
        doctest::Approx(golden[2][0]).epsilon(1e-8));
}
