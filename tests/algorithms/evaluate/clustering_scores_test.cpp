#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/evaluate/clustering_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "golden_table.hpp"

using namespace adjoin;

namespace {

using Partition = std::vector<std::uint32_t>;

constexpr std::array means{EntropyMean::arithmetic, EntropyMean::geometric, EntropyMean::min, EntropyMean::max};

/// Pair by pair.
double slow_rand_index(const Partition& a, const Partition& b) {
  double together = 0;
  double in_a = 0;
  double in_b = 0;
  double all = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      ++all;
      if (a[i] == a[j]) ++in_a;
      if (b[i] == b[j]) ++in_b;
      if (a[i] == a[j] && b[i] == b[j]) ++together;
    }
  }
  const double chance = all == 0 ? 0 : in_a * in_b / all;
  return (in_a + in_b) / 2 == chance ? 1 : (together - chance) / ((in_a + in_b) / 2 - chance);
}

/// The sum over the cells of the table of both.
double slow_information(const Partition& a, const Partition& b) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> cells;
  std::map<std::uint32_t, double> rows;
  std::map<std::uint32_t, double> columns;
  const double share = 1 / static_cast<double>(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    cells[{a[i], b[i]}] += share;
    rows[a[i]] += share;
    columns[b[i]] += share;
  }
  double sum = 0;
  for (const auto& [cell, p] : cells) sum += p * std::log(p / (rows[cell.first] * columns[cell.second]));
  return sum;
}

Partition draw(std::size_t size) {
  const auto parts = *rc::gen::inRange<std::uint32_t>(1, 6);
  return *rc::gen::container<Partition>(size, rc::gen::inRange<std::uint32_t>(0, parts));
}

}  // namespace

TEST_CASE("NMI and ARI are scikit-learn's, where a partition is one part or all single items too") {
  const auto golden = test::golden_table("evaluate/partitions");
  REQUIRE(golden.size() % 3 == 0);
  for (std::size_t at = 0; at < golden.size(); at += 3) {
    CAPTURE(at / 3);
    const Partition a(golden[at].begin(), golden[at].end());
    const Partition b(golden[at + 1].begin(), golden[at + 1].end());
    const std::vector<double>& expected = golden[at + 2];
    for (std::size_t i = 0; i < means.size(); ++i) {
      CHECK(normalized_mutual_information(a, b, means[i]) == doctest::Approx(expected[i]).epsilon(1e-8));
    }
    CHECK(adjusted_rand_index(a, b) == doctest::Approx(expected[4]).epsilon(1e-8));
  }
  CHECK(normalized_mutual_information({}, {}) == 1);
  CHECK(adjusted_rand_index({}, {}) == 1);
}

TEST_CASE("NMI and ARI of drawn partitions equal sums over all cells and all pairs") {
  CHECK(rc::check([] {
    const auto size = *rc::gen::inRange<std::size_t>(1, 40);
    const Partition a = draw(size);
    const Partition b = draw(size);
    RC_ASSERT(std::abs(adjusted_rand_index(a, b) - slow_rand_index(a, b)) < 1e-12);
    const double entropies = slow_information(a, a) + slow_information(b, b);
    if (entropies > 0) {
      RC_ASSERT(std::abs(normalized_mutual_information(a, b) - 2 * slow_information(a, b) / entropies) < 1e-12);
    }
    // Neither the numbers of parts nor the order of the two matter.
    Partition renamed = a;
    for (std::uint32_t& part : renamed) part = 4'000'000'000U - part;
    RC_ASSERT(std::abs(adjusted_rand_index(b, renamed) - adjusted_rand_index(a, b)) < 1e-12);
    RC_ASSERT(std::abs(normalized_mutual_information(b, renamed) - normalized_mutual_information(a, b)) < 1e-12);
    RC_ASSERT(std::abs(normalized_mutual_information(a, renamed) - 1) < 1e-12);
    RC_ASSERT(adjusted_rand_index(a, renamed) == 1);
  }));
}

TEST_CASE("partitions of different items are refused") {
  const Partition three{0, 1, 1};
  const Partition two{0, 1};
  CHECK_THROWS_WITH_AS(adjusted_rand_index(three, two), "one partition is of 3 items and the other of 2", InvalidData);
  CHECK_THROWS_AS(normalized_mutual_information(two, three), InvalidData);
}
