#include <adjoin/algorithms/linkpred/feature_cosine.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/sparse/from_dense.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

/// Whole numbers from -2 to 2, most of them 0, and some rows of zeros.
Matrix drawn_features(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Matrix x(rows, columns);
  std::uint64_t state = seed;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      const auto drawn = static_cast<int>(state >> 60);
      x(i, j) = i % 7 == 3 || drawn > 4 ? 0.0F : static_cast<float>(drawn - 2);
    }
  }
  return x;
}

double slow_cosine(const Matrix& x, std::size_t a, std::size_t b) {
  double product = 0;
  double of_a = 0;
  double of_b = 0;
  for (std::size_t j = 0; j < x.columns(); ++j) {
    product += double{x(a, j)} * double{x(b, j)};
    of_a += double{x(a, j)} * double{x(a, j)};
    of_b += double{x(b, j)} * double{x(b, j)};
  }
  return of_a == 0 || of_b == 0 ? 0 : product / std::sqrt(of_a * of_b);
}

}  // namespace

TEST_CASE("feature cosines are those of dense rows, the same bits for any number of threads") {
  CHECK(rc::check([](std::uint64_t seed) {
    const std::size_t nodes = 2 + seed % 30;
    const Matrix x = drawn_features(nodes, 1 + seed % 9, seed);
    const auto pairs = some_pairs(nodes, 100, seed);
    RunContext context = with_threads(1);
    const Csr sparse = sparse_of(context, x.view());
    const Array<float> scores = feature_cosine_scores(context, sparse.view(), pairs);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const double wanted = slow_cosine(x, index(pairs[i].source), index(pairs[i].target));
      RC_ASSERT(std::abs(double{scores[i]} - wanted) <= 1e-7);
      RC_ASSERT(std::abs(scores[i]) <= 1.0F);
    }
    RunContext other = with_threads(2);
    RC_ASSERT(same_bits(feature_cosine_scores(other, sparse.view(), pairs), scores));
  }));
}

TEST_CASE("the cosine of known rows is what it is by hand") {
  Matrix x(4, 3);
  std::ranges::fill(x.row(0), 1.0F);
  std::ranges::fill(x.row(1), 2.0F);
  x(2, 0) = -1;
  std::ranges::fill(x.row(3), 0.0F);
  x(2, 1) = x(2, 2) = 0;
  RunContext context;
  const std::vector<Edge> pairs{{node_id(0), node_id(1)}, {node_id(0), node_id(2)}, {node_id(0), node_id(3)}};
  const Csr sparse = sparse_of(context, x.view());
  const Array<float> scores = feature_cosine_scores(context, sparse.view(), pairs);
  CHECK(scores[0] == 1);
  CHECK(scores[1] == doctest::Approx(-1 / std::sqrt(3.0)));
  CHECK(scores[2] == 0);
}

TEST_CASE("feature cosines of pairs that are none are refused in a sentence") {
  RunContext context;
  const Matrix dense = drawn_features(5, 3, 1);
  const Csr x = sparse_of(context, dense.view());
  const auto scored = [&](NodeId a, NodeId b) {
    return feature_cosine_scores(context, x.view(), std::vector<Edge>{{node_id(0), node_id(1)}, {a, b}});
  };
  CHECK_THROWS_WITH_AS(scored(node_id(2), node_id(2)), "pair 2 is node 2 with itself; give pairs of two nodes",
                       InvalidData);
  CHECK_THROWS_WITH_AS(scored(node_id(2), node_id(5)),
                       "pair 2 has the node ids 2 and 5, but the features' ids are those below 5", InvalidData);
  RunSettings tight;
  tight.memory_budget = 1000;
  RunContext poor(tight);
  CHECK_THROWS_AS(feature_cosine_scores(poor, x.view(), std::vector<Edge>{{node_id(0), node_id(1)}}), BudgetExceeded);
}
