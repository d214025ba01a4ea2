#include <algorithm>
#include <cmath>
#include <utility>

#include <doctest/doctest.h>

#include <adjoin/algorithms/embedding/nearest.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;

namespace {

Matrix random_matrix(std::size_t rows, std::size_t columns) {
  Matrix x(rows, columns);
  RandomSequence random(9, RandomStream::tests, 1);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : x.row(i)) value = static_cast<float>(random.next_normal());
  }
  return x;
}

/// All other rows by similarity in double precision, most similar first.
std::vector<std::pair<double, std::size_t>> ranking(const Matrix& x, std::size_t query, Similarity similarity) {
  const auto dot = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t j = 0; j < x.columns(); ++j) sum += static_cast<double>(x(a, j)) * static_cast<double>(x(b, j));
    return sum;
  };
  std::vector<std::pair<double, std::size_t>> all;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    if (i == query) continue;
    const double lengths = std::sqrt(dot(i, i) * dot(query, query));
    const double value = similarity == Similarity::dot ? dot(i, query) : lengths > 0 ? dot(i, query) / lengths : 0;
    all.emplace_back(-value, i);
  }
  std::sort(all.begin(), all.end());
  for (auto& entry : all) entry.first = -entry.first;
  return all;
}

}  // namespace

TEST_CASE("the nearest rows are those that a full ranking puts first, for any number of threads") {
  const Matrix x = random_matrix(9000, 33);
  std::vector<NodeId> queries;
  for (std::size_t q = 0; q < 35; ++q) queries.push_back(node_id(q * 250));
  for (const Similarity similarity : {Similarity::cosine, Similarity::dot}) {
    std::vector<std::vector<Neighbor>> first;
    for (const int threads : {1, 2, 3, 8}) {
      RunSettings settings;
      settings.threads = threads;
      RunContext context(settings);
      const NearestResult result = nearest(context, x.view(), queries, {.top = 12, .similarity = similarity});
      REQUIRE(result.neighbors.size() == queries.size());
      for (std::size_t q = 0; q < queries.size(); ++q) {
        REQUIRE(result.neighbors[q].size() == 12);
        if (threads == 1) {
          const auto expected = ranking(x, index(queries[q]), similarity);
          for (std::size_t k = 0; k < 12; ++k) {
            CHECK(result.neighbors[q][k].similarity == doctest::Approx(expected[k].first).epsilon(1e-5));
            CHECK(index(result.neighbors[q][k].node) == expected[k].second);
          }
        } else {
          for (std::size_t k = 0; k < 12; ++k) {
            CHECK(result.neighbors[q][k].node == first[q][k].node);
            CHECK(result.neighbors[q][k].similarity == first[q][k].similarity);
          }
        }
      }
      if (threads == 1) first = result.neighbors;
    }
  }
}

TEST_CASE("ties come in the order of ids and a zero row is similar to nothing") {
  Matrix x(6, 2, 0.0F);
  for (const std::size_t i : {0UL, 2UL, 3UL, 5UL}) x(i, 0) = 1;
  x(4, 1) = 1;
  RunContext context;
  const std::vector<NodeId> queries{node_id(3), node_id(1)};
  const NearestResult result = nearest(context, x.view(), queries, {.top = 100});
  std::vector<std::size_t> order;
  for (const Neighbor& neighbor : result.neighbors[0]) order.push_back(index(neighbor.node));
  CHECK(order == std::vector<std::size_t>{0, 2, 5, 1, 4});
  for (const Neighbor& neighbor : result.neighbors[1]) CHECK(neighbor.similarity == 0);
}

TEST_CASE("queries and counts that make no sense are refused") {
  const Matrix x = random_matrix(3, 2);
  RunContext context;
  const std::vector<NodeId> outside{node_id(3)};
  CHECK_THROWS_WITH_AS(nearest(context, x.view(), outside, {}), "row 3 is not in the embedding, which has 3 rows",
                       InvalidOption);
  CHECK_THROWS_WITH_AS(nearest(context, x.view(), {}, {.top = 0}), "top = 0 is outside 1 to 1000000", InvalidOption);
  CHECK(nearest(context, x.view(), {}, {}).neighbors.empty());
}
