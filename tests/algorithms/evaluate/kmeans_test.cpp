#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <stop_token>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/evaluate/kmeans.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

#include "golden_table.hpp"

using namespace adjoin;

namespace {

KMeansResult run(const Matrix& x, const KMeansOptions& options, int threads = 2, std::uint32_t round = 0) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  return kmeans(context, x.view(), options, round);
}

Matrix matrix_of(const std::vector<std::vector<double>>& rows) {
  Matrix x(rows.size(), rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < x.columns(); ++j) x(i, j) = static_cast<float>(rows[i][j]);
  }
  return x;
}

/// Normal points around `centers` points that are far apart or not.
Matrix drawn_points(std::size_t n, std::size_t d, std::size_t centers, double apart, std::uint64_t key,
                    float offset = 0) {
  RandomSequence random(key, RandomStream::tests, n);
  std::vector<double> middles(centers * d);
  for (double& value : middles) value = apart * random.next_normal();
  Matrix x(n, d);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      x(i, j) = offset + static_cast<float>(middles[i % centers * d + j] + random.next_normal());
    }
  }
  return x;
}

double distance(const Matrix& x, std::size_t i, const Matrix& y, std::size_t c) {
  double sum = 0;
  for (std::size_t j = 0; j < x.columns(); ++j) {
    const double difference = static_cast<double>(x(i, j)) - static_cast<double>(y(c, j));
    sum += difference * difference;
  }
  return sum;
}

/// The sum of squared distances to the means of the parts, in double.
double slow_inertia(const Matrix& x, const std::vector<std::uint32_t>& parts, std::size_t k) {
  double inertia = 0;
  for (std::size_t c = 0; c < k; ++c) {
    for (std::size_t j = 0; j < x.columns(); ++j) {
      double sum = 0;
      double squares = 0;
      double count = 0;
      for (std::size_t i = 0; i < x.rows(); ++i) {
        if (parts[i] != c) continue;
        const auto value = static_cast<double>(x(i, j));
        sum += value;
        squares += value * value;
        ++count;
      }
      if (count > 0) inertia += squares - sum * sum / count;
    }
  }
  return inertia;
}

/// The smallest inertia of all ways to put n rows into k parts.
double least_inertia(const Matrix& x, std::size_t k) {
  std::vector<std::uint32_t> parts(x.rows(), 0);
  double least = std::numeric_limits<double>::max();
  while (true) {
    least = std::min(least, slow_inertia(x, parts, k));
    std::size_t i = 0;
    while (i < parts.size() && ++parts[i] == k) parts[i++] = 0;
    if (i == parts.size()) return least;
  }
}

}  // namespace

TEST_CASE("a hundred restarts come within a hundredth of the smallest inertia of three hundred of scikit-learn's" *
          doctest::test_suite("accuracy")) {
  const Matrix x = matrix_of(test::golden_table("evaluate/classify_vectors"));
  for (const std::vector<double>& golden : test::golden_table("evaluate/kmeans_inertia")) {
    const KMeansResult result = run(x, {.k = static_cast<int>(golden[0]), .tolerance = 0, .restarts = 100});
    CHECK(result.converged);
    CHECK(result.inertia == doctest::Approx(golden[1]).epsilon(1e-2));
  }
}

TEST_CASE("clusters of a few drawn points are the best of all partitions") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::size_t>(2, 9);
    const auto k = *rc::gen::inRange<std::size_t>(1, std::min<std::size_t>(n, 3) + 1);
    const Matrix x = drawn_points(n, 2, k, 3, *rc::gen::arbitrary<std::uint64_t>());
    // Thirty restarts missed the best partition once, with a seed of chance.
    const KMeansResult result = run(x, {.k = static_cast<int>(k), .restarts = 300});
    const double least = least_inertia(x, k);
    RC_ASSERT(std::abs(result.inertia - least) <= 1e-5 * (1 + least));
    RC_ASSERT(std::abs(slow_inertia(x, result.assignment, k) - least) <= 1e-5 * (1 + least));
  }));
}

TEST_CASE("of a run that converged every row is at its nearest centre and every centre the mean of its rows") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::size_t>(40, 400);
    const auto d = *rc::gen::inRange<std::size_t>(1, 70);
    const auto k = *rc::gen::inRange<std::size_t>(1, 40);
    const Matrix x = drawn_points(n, d, k, *rc::gen::element(0.0, 1.0, 10.0), *rc::gen::arbitrary<std::uint64_t>(),
                                  *rc::gen::element(0.0F, -300.0F));
    const KMeansResult result = run(x, {.k = static_cast<int>(k), .tolerance = 0});
    RC_ASSERT(result.converged);
    double inertia = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double own = distance(x, i, result.centers, result.assignment[i]);
      inertia += own;
      for (std::size_t c = 0; c < k; ++c) RC_ASSERT(own <= distance(x, i, result.centers, c) * (1 + 1e-3) + 1e-3);
    }
    RC_ASSERT(std::abs(inertia - result.inertia) <= 1e-3 * (1 + inertia));
    std::vector<std::size_t> sizes(k, 0);
    for (const std::uint32_t cluster : result.assignment) ++sizes[cluster];
    RC_ASSERT(std::ranges::count(sizes, 0) == 0);
    for (std::size_t c = 0; c < k; ++c) {
      for (std::size_t j = 0; j < d; ++j) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
          if (result.assignment[i] == c) sum += static_cast<double>(x(i, j));
        }
        RC_ASSERT(std::abs(sum / static_cast<double>(sizes[c]) - static_cast<double>(result.centers(c, j))) < 1e-3);
      }
    }
  }));
}

TEST_CASE("groups that lie far apart are found at once, and far from the origin too") {
  for (const float offset : {0.0F, 1e5F}) {
    const Matrix x = drawn_points(600, 20, 12, 30, 5, offset);
    const KMeansResult result = run(x, {.k = 12});
    CHECK(result.converged);
    std::set<std::uint32_t> clusters;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      clusters.insert(result.assignment[i]);
      CHECK(result.assignment[i] == result.assignment[i % 12]);
    }
    CHECK(clusters.size() == 12);
  }
}

TEST_CASE("k-means has the same bits for 1, 2, 3 and 8 threads, and other clusters in another round") {
  const Matrix x = drawn_points(3000, 33, 40, 1, 7);
  const KMeansOptions options{.k = 50, .restarts = 2};
  const KMeansResult first = run(x, options, 1);
  for (const int threads : {2, 3, 8}) {
    const KMeansResult result = run(x, options, threads);
    CHECK(result.assignment == first.assignment);
    CHECK(result.inertia == first.inertia);
    CHECK(result.iterations == first.iterations);
    CHECK(std::memcmp(result.centers.view().data(), first.centers.view().data(), first.centers.bytes()) == 0);
  }
  CHECK(run(x, options, 2, 1).inertia != first.inertia);
  CHECK(run(x, {.k = 50, .restarts = 6}).inertia <= first.inertia);
}

TEST_CASE("rows that are equal share a cluster, whatever their number") {
  Matrix x(30, 3, 0.0F);
  for (std::size_t i = 0; i < 30; ++i) x(i, 0) = static_cast<float>(i % 3);
  const KMeansResult result = run(x, {.k = 7, .restarts = 2});
  CHECK(result.converged);
  CHECK(result.inertia == doctest::Approx(0));
  for (std::size_t i = 3; i < 30; ++i) CHECK(result.assignment[i] == result.assignment[i % 3]);
  const KMeansResult all_equal = run(Matrix(5, 2, 4.0F), {.k = 5});
  CHECK(all_equal.converged);
  CHECK(std::ranges::count(all_equal.assignment, 0U) == 5);
  CHECK(all_equal.centers(0, 1) == 4.0F);
}

TEST_CASE("too few turns are a status, and each row may be a cluster of its own") {
  const Matrix x = drawn_points(500, 8, 30, 0.5, 3);
  const KMeansResult early = run(x, {.k = 30, .max_iterations = 1});
  CHECK_FALSE(early.converged);
  CHECK(early.iterations == 1);
  CHECK(run(x, {.k = 30, .tolerance = 1}).iterations < run(x, {.k = 30, .tolerance = 0}).iterations);
  const Matrix few = drawn_points(20, 4, 20, 5, 2);
  const KMeansResult alone = run(few, {.k = 20});
  CHECK(std::set(alone.assignment.begin(), alone.assignment.end()).size() == 20);
  CHECK(alone.inertia == doctest::Approx(0));
}

TEST_CASE("k-means refuses what cannot be clustered, and stops when asked to") {
  Matrix x = drawn_points(6, 2, 2, 1, 1);
  CHECK_THROWS_WITH_AS(run(x, {}), "k = 0 makes no clusters; say how many there shall be", InvalidOption);
  CHECK_THROWS_WITH_AS(run(x, {.k = 7}), "6 vectors cannot make 7 clusters; lower k", InvalidData);
  CHECK_THROWS_WITH_AS(run(x, {.k = 2, .restarts = 0}), "restarts = 0 is outside 1 to 10000", InvalidOption);
  CHECK_THROWS_AS(run(Matrix(), {.k = 1}), InvalidData);
  std::stop_source stop;
  stop.request_stop();
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext stopped(settings);
  CHECK_THROWS_AS(kmeans(stopped, x.view(), {.k = 2}), Cancelled);
  settings = {};
  settings.memory_budget = 1;
  RunContext poor(settings);
  CHECK_THROWS_AS(kmeans(poor, x.view(), {.k = 2}), BudgetExceeded);
  x(4, 1) = 1e30F;
  CHECK_THROWS_WITH_AS(run(x, {.k = 2}), doctest::Contains("too far from the others for 32-bit floats"), InvalidData);
  x(4, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(run(x, {.k = 2}), "row 4 has a value that is not finite", InvalidData);
}

TEST_CASE("the estimate of k-means covers its largest arrays") {
  const KMeansOptions options{.k = 100};
  CHECK(estimate_kmeans_memory(10'000, 64, options) > 10'000 * 64 * 4 + 3 * 100 * 64 * 4);
  CHECK(estimate_kmeans_memory(10'000, 64, options) < 2 * 10'000 * 64 * 4);
}
