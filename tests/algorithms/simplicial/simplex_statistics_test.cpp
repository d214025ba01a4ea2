// Golden values: the authors' summary-stats.csv. Their distinct simplices are told apart by order too; the counts of
// sets are those of a set of sorted tuples in Python.
#include <cmath>

#include <adjoin/algorithms/simplicial/simplex_statistics.hpp>

#include "simplicial_support.hpp"

using namespace adjoin;

namespace {

SimplexStatistics statistics_of(const SimplexView& simplices, int max_size = default_max_simplex_size,
                                int threads = 1) {
  RunContext context = test::with_threads(threads);
  return simplex_statistics(context, simplices, test::names_of(simplices.node_count), max_size);
}

}  // namespace

TEST_CASE("statistics of a few simplices are those counted by hand") {
  // 0-1-2 twice in another order, 2-3, 3 alone, 0-1-2-3 too large; node 4 in none
  const SimplexLog log = test::log_of(5, {{0, 1, 2}, {2, 0, 1}, {2, 3}, {3}, {0, 1, 2, 3}});
  const SimplexStatistics s = statistics_of(log.view(), 3);
  CHECK(s.nodes == 4);
  CHECK(s.simplices == 4);
  CHECK(s.too_large == 1);
  CHECK(s.distinct == 3);
  CHECK(s.largest == 3);
  CHECK(s.mean_size == 9.0 / 4);
  CHECK(s.edges == 4);
  CHECK(s.mean_weight == 7.0 / 4);
  CHECK(s.density == 4.0 / 6);
  CHECK(s.mean_degree == 2.0);
  CHECK(s.census.closed_triangles() == 1);
  CHECK(s.census.open_triangles() == 0);
  REQUIRE(s.record.remarks.size() == 1);
  CHECK(s.record.remarks[0].count == 1);
}

TEST_CASE("statistics of no simplices are zeros") {
  const SimplexLog log = test::log_of(0, {});
  const SimplexStatistics s = statistics_of(log.view());
  CHECK(s.nodes + s.simplices + s.distinct + s.largest + s.edges == 0);
  CHECK(s.mean_size + s.mean_weight + s.density + s.mean_degree + s.census.fraction_open() == 0);
}

TEST_CASE("distinct simplices of drawn logs are those of a set") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const std::set<std::vector<std::size_t>> distinct(drawn.simplices.begin(), drawn.simplices.end());
    RC_ASSERT(statistics_of(log.view()).distinct == distinct.size());
  }));
}

TEST_CASE("public sets have the published statistics, for one thread and several" * doctest::test_suite("accuracy")) {
  struct Set {
    const char* name;
    std::uint64_t nodes;
    std::uint64_t simplices;
    std::uint64_t distinct;
    std::uint64_t largest;
    double mean_weight;
    double density;
    double fraction_open;
  };
  for (const Set& set : {Set{"email-Enron", 143, 10'883, 1512, 18, 16.04, 1.77e-1, 0.335},
                         Set{"contact-high-school", 327, 172'035, 7818, 5, 32.64, 1.09e-1, 0.931},
                         Set{"contact-primary-school", 242, 106'879, 12'704, 5, 15.37, 2.85e-1, 0.950},
                         Set{"NDC-classes", 1161, 49'724, 1088, 24, 44.50, 9.24e-3, 0.224},
                         Set{"tags-ask-ubuntu", 3029, 271'233, 147'222, 5, 6.29, 2.89e-2, 0.922},
                         Set{"threads-ask-ubuntu", 125'602, 192'947, 166'999, 14, 1.07, 2.37e-5, 0.689}}) {
    const auto data = test::public_set(set.name);
    if (!data) continue;
    CAPTURE(set.name);
    for (const int threads : {1, 3}) {
      const SimplexStatistics s = statistics_of(data->simplices->view(), default_max_simplex_size, threads);
      CHECK(s.nodes == set.nodes);
      CHECK(s.simplices == set.simplices);
      CHECK(s.too_large == 0);
      CHECK(s.distinct == set.distinct);
      CHECK(s.largest == set.largest);
      CHECK(std::abs(s.mean_weight - set.mean_weight) < 0.00501);
      CHECK(std::abs(s.density / set.density - 1) < 0.005);
      CHECK(std::abs(s.census.fraction_open() - set.fraction_open) < 0.00051);
      CHECK(s.mean_degree == 2.0 * static_cast<double>(s.edges) / static_cast<double>(s.nodes));
    }
  }
}
