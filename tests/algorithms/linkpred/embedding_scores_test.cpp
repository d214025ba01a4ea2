#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/linkpred/embedding_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "refusal.hpp"

using namespace adjoin;
using test::refusal;

namespace {

Matrix matrix_of(const std::vector<std::vector<float>>& rows) {
  Matrix matrix(rows.size(), rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(rows[i], matrix.row(i).begin());
  return matrix;
}

Edge pair(std::size_t a, std::size_t b) {
  return {node_id(a), node_id(b)};
}

Matrix draw_rows(std::size_t rows, std::size_t columns) {
  Matrix matrix(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : matrix.row(i)) value = static_cast<float>(*rc::gen::inRange(-50, 51)) / 8;
  }
  return matrix;
}

}  // namespace

TEST_CASE("features of pairs are those of node2vec's table 1") {
  const Matrix x = matrix_of({{1, -2, 0.5F}, {3, 4, -0.5F}});
  const std::vector pairs{pair(0, 1), pair(1, 0)};
  RunContext context;
  const auto rows = [&](PairFeature feature) {
    const Matrix features = pair_features(context, x.view(), pairs, feature);
    REQUIRE(features.rows() == 2);
    const std::vector<float> first(features.row(0).begin(), features.row(0).end());
    CHECK(std::ranges::equal(first, features.row(1)));  // the same from either end
    return first;
  };
  CHECK(rows(PairFeature::hadamard) == std::vector<float>{3, -8, -0.25F});
  CHECK(rows(PairFeature::average) == std::vector<float>{2, 1, 0});
  CHECK(rows(PairFeature::l1) == std::vector<float>{2, 6, 1});
  CHECK(rows(PairFeature::l2) == std::vector<float>{4, 36, 1});
}

TEST_CASE("scores of pairs are the dot product and the cosine, as sums in double have them") {
  CHECK(rc::check([] {
    const auto n = static_cast<std::size_t>(*rc::gen::inRange(2, 12));
    const auto d = static_cast<std::size_t>(*rc::gen::inRange(1, 40));
    const Matrix x = draw_rows(n, d);
    std::vector<Edge> pairs;
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 0; b < n; ++b) {
        if (a != b) pairs.push_back(pair(a, b));
      }
    }
    RunContext context;
    const Array<float> dots = embedding_scores(context, x.view(), pairs, EmbeddingScore::dot);
    const Array<float> cosines = embedding_scores(context, x.view(), pairs, EmbeddingScore::cosine);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      double dot = 0;
      double a2 = 0;
      double b2 = 0;
      for (std::size_t j = 0; j < d; ++j) {
        const double a = static_cast<double>(x(index(pairs[i].source), j));
        const double b = static_cast<double>(x(index(pairs[i].target), j));
        dot += a * b;
        a2 += a * a;
        b2 += b * b;
      }
      RC_ASSERT(std::abs(static_cast<double>(dots[i]) - dot) <= 1e-5 * std::sqrt(a2 * b2));
      const double cosine = a2 * b2 > 0 ? dot / std::sqrt(a2 * b2) : 0;
      RC_ASSERT(std::abs(static_cast<double>(cosines[i]) - cosine) <= 1e-5);
    }
  }));
}

TEST_CASE("the cosine of vectors whose dot product no float can hold") {
  const Matrix x = matrix_of({{3e30F, 0}, {3e30F, 3e30F}, {0, 0}});
  RunContext context;
  const std::vector pairs{pair(0, 1), pair(0, 2)};
  const Array<float> cosines = embedding_scores(context, x.view(), pairs, EmbeddingScore::cosine);
  CHECK(cosines[0] == doctest::Approx(std::sqrt(0.5)));
  CHECK(cosines[1] == 0);
  CHECK(std::isinf(embedding_scores(context, x.view(), pairs, EmbeddingScore::dot)[0]));
}

TEST_CASE("a value that is not finite is an error that names the node, and so are pairs that are none") {
  Matrix x = matrix_of({{1, 2}, {3, 4}});
  const NodeIndex nodes = NodeIndex::from_names({"ann", "bob"});
  RunContext context;
  CHECK_NOTHROW(check_finite(context, x.view(), nodes));
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    x(1, 0) = value;
    CHECK(refusal<InvalidData>([&] { check_finite(context, x.view(), nodes); }) ==
          "the vector of node 'bob' has a value that is NaN or infinite");
  }
  CHECK(refusal<InvalidData>([&] {
          embedding_scores(context, x.view(), std::vector{pair(0, 2)}, EmbeddingScore::dot);
        }) == "pair 1 has the node ids 0 and 2, but the vectors' ids are those below 2");
  CHECK(refusal<InvalidData>([&] {
          pair_features(context, x.view(), std::vector{pair(0, 1), pair(1, 1)}, PairFeature::l1);
        }) == "pair 2 is node 1 with itself; give pairs of two nodes");
}
