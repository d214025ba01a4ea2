// Golden values: the authors' tables (arbenson/ScHoLP-Tutorial, output/4-node-closures).
#include <array>

#include <adjoin/algorithms/simplicial/four_node_configurations.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "golden_table.hpp"
#include "simplicial_support.hpp"

using namespace adjoin;
using test::project;

namespace {

FourNodeCensus four_node_census_of(const SimplexLog& log, int threads = 1) {
  RunContext context = test::with_threads(threads);
  return count_four_node_configurations(context, project(log.view()));
}

FourNodeClosureTable four_node_closures_of(const SimplexView& first, const SimplexView& later, int threads = 1) {
  RunContext context = test::with_threads(threads);
  return count_four_node_closures(context, project(first), project(later));
}

std::size_t place_of(int edges, const std::string& ties) {
  const auto at = std::ranges::find_if(four_node_configurations, [&](const FourNodeConfiguration& configuration) {
    return configuration.edges == edges && configuration.ties == ties;
  });
  REQUIRE(at != four_node_configurations.end());
  return static_cast<std::size_t>(at - four_node_configurations.begin());
}

/// Of all four nodes that the first `cut` simplices have: what they are there, and whether the others have them whole.
struct SlowFourNodeCounts {
  FourNodeCensus census;
  FourNodeClosureTable closures;
};
SlowFourNodeCounts slow_four_node_counts(const test::DrawnLog& drawn, std::size_t cut) {
  const auto together = [&](const std::vector<std::size_t>& nodes) {
    return test::shared(drawn.simplices, 0, cut, nodes);
  };
  SlowFourNodeCounts slow;
  const auto look_at = [&](const std::array<std::size_t, 4>& four) {
    int edges = 0;
    std::string ties;
    for (std::size_t a = 0; a < 4; ++a) {
      if (together({four[a]}) == 0) return;
      for (std::size_t b = 0; b < a; ++b) edges += together({four[a], four[b]}) > 0 ? 1 : 0;
      std::vector<std::size_t> three;
      for (std::size_t b = 0; b < 4; ++b) {
        if (b != a) three.push_back(four[b]);
      }
      if (together({three[0], three[1]}) > 0 && together({three[0], three[2]}) > 0 &&
          together({three[1], three[2]}) > 0) {
        ties += static_cast<char>('0' + std::min<std::size_t>(together(three), 2));
      }
    }
    if (ties.empty()) return;
    std::ranges::sort(ties);
    const std::size_t k = place_of(edges, ties);
    const std::vector<std::size_t> all(four.begin(), four.end());
    const bool closed = together(all) > 0;
    ++(closed ? slow.census.closed : slow.census.open)[k];
    if (closed) return;
    ++slow.closures.open[k];
    if (test::shared(drawn.simplices, cut, drawn.simplices.size(), all) > 0) ++slow.closures.closed[k];
  };
  for (std::size_t u = 0; u < drawn.nodes; ++u) {
    for (std::size_t v = 0; v < u; ++v) {
      for (std::size_t w = 0; w < v; ++w) {
        for (std::size_t x = 0; x < w; ++x) look_at({u, v, w, x});
      }
    }
  }
  return slow;
}

}  // namespace

TEST_CASE("configurations of four nodes have a tie for each triangle that their edges make") {
  std::size_t digits = 0;
  for (const auto& [edges, ties] : four_node_configurations) {
    CHECK(ties.size() == (edges == 6 ? 4 : edges == 5 ? 2 : 1));
    CHECK(std::ranges::is_sorted(ties));
    digits += ties.size();
  }
  CHECK(digits == 6 + 2 * 6 + 4 * 15);
}

TEST_CASE(
    "an open set of four nodes with three weak triangles and a strong one is told, and its triangles with a fifth") {
  const SimplexLog log = test::log_of(5, {{0, 1, 2}, {0, 1, 2}, {0, 1, 3}, {1, 2, 3}, {0, 2, 3}, {4}});
  const FourNodeCensus census = four_node_census_of(log);
  FourNodeCounts open{};
  open[place_of(6, "1112")] = 1;
  open[place_of(3, "2")] = 1;
  open[place_of(3, "1")] = 3;
  CHECK(census.open == open);
  CHECK(census.closed == FourNodeCounts{});
}

TEST_CASE("sets of four nodes of drawn logs are those that trying every four finds") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const SlowFourNodeCounts all = slow_four_node_counts(drawn, drawn.simplices.size());
    const FourNodeCensus census = four_node_census_of(log);
    RC_ASSERT(census.open == all.census.open);
    RC_ASSERT(census.closed == all.census.closed);
    const auto until = *rc::gen::inRange<Time>(-1, 20);
    const auto cut = static_cast<std::size_t>(std::ranges::upper_bound(drawn.times, until) - drawn.times.begin());
    const SlowFourNodeCounts first = slow_four_node_counts(drawn, cut);
    const FourNodeClosureTable closures =
        four_node_closures_of(simplices_until(log.view(), until), simplices_between(log.view(), until, 20));
    RC_ASSERT(closures.open == first.closures.open);
    RC_ASSERT(closures.closed == first.closures.closed);
  }));
}

TEST_CASE("drawn logs of pairs and triples, which leave most sets open, are counted as trying every four does") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_small_simplices(9, 20, 60, 2, 1);
    const SimplexLog log = drawn.log();
    const std::size_t count = drawn.simplices.size();
    const std::size_t cut = count / 2;
    const FourNodeClosureTable closures =
        four_node_closures_of(simplices_until(log.view(), static_cast<Time>(cut) - 1),
                              simplices_between(log.view(), static_cast<Time>(cut) - 1, static_cast<Time>(count)));
    const SlowFourNodeCounts slow = slow_four_node_counts(drawn, cut);
    RC_ASSERT(closures.open == slow.closures.open);
    RC_ASSERT(closures.closed == slow.closures.closed);
  }));
}

TEST_CASE("a set of four nodes in more than 64 places above a node is found") {
  // All are joined, so that rows of bits have several words.
  constexpr std::size_t nodes = 151;
  test::Simplices simplices;
  for (std::size_t u = 0; u < nodes; ++u) {
    for (std::size_t v = 0; v < u; ++v) simplices.push_back({v, u});
  }
  simplices.push_back({3, 70, 140});
  simplices.push_back({3, 70, 140});
  simplices.push_back({0, 1, 2, 150});
  const SimplexLog log = test::log_of(nodes, simplices);
  const FourNodeCensus census = four_node_census_of(log);
  const std::uint64_t sets = nodes * (nodes - 1) * (nodes - 2) * (nodes - 3) / 24;
  const std::uint64_t with_triangle = nodes - 3;
  CHECK(census.open[place_of(6, "0002")] == with_triangle);
  CHECK(census.open[place_of(6, "0001")] == 4 * (with_triangle - 1));
  CHECK(census.closed[place_of(6, "1111")] == 1);
  CHECK(census.open[place_of(6, "0000")] == sets - with_triangle - 4 * (with_triangle - 1) - 1);
}

TEST_CASE("two logs of different nodes beside one another have the sets of both, but for those of a triangle alone") {
  CHECK(rc::check([] {
    const test::DrawnLog one = test::draw_log();
    const test::DrawnLog two = test::draw_log();
    test::Simplices both = one.simplices;
    for (std::vector<std::size_t> simplex : two.simplices) {
      for (std::size_t& node : simplex) node += one.nodes;
      both.push_back(simplex);
    }
    const FourNodeCensus of_one = four_node_census_of(one.log());
    const FourNodeCensus of_two = four_node_census_of(two.log());
    const FourNodeCensus of_both = four_node_census_of(test::log_of(one.nodes + two.nodes, both));
    for (std::size_t k = 3; k < four_node_configurations.size(); ++k) {
      RC_ASSERT(of_both.open[k] == of_one.open[k] + of_two.open[k]);
      RC_ASSERT(of_both.closed[k] == of_one.closed[k] + of_two.closed[k]);
    }
  }));
}

TEST_CASE("the nodes of later simplices that the first do not have make no set") {
  const SimplexLog log = test::log_of(5, {{0, 1, 2}, {0, 1, 2, 3}, {3}, {0, 1, 2, 3}});
  const FourNodeClosureTable before =
      four_node_closures_of(simplices_until(log.view(), 0), simplices_between(log.view(), 0, 1));
  CHECK(before.open == FourNodeCounts{});
  CHECK(before.closed == FourNodeCounts{});
  const SimplexLog known = test::log_of(5, {{0, 1, 2}, {3}, {0, 1, 2, 3}, {0, 1, 2, 3}});
  const FourNodeClosureTable after =
      four_node_closures_of(simplices_until(known.view(), 1), simplices_between(known.view(), 1, 3));
  CHECK(after.open[place_of(3, "1")] == 1);
  CHECK(after.closed[place_of(3, "1")] == 1);
}

TEST_CASE("what no sets of four nodes can be counted of is refused, and nothing has none") {
  const SimplexLog log = test::log_of(4, {{0, 1, 2, 3}});
  const SimplexLog other = test::log_of(5, {{0, 1, 2}});
  const SimplexLog empty = test::log_of(0, {});
  RunContext context;
  CHECK(four_node_census_of(empty).open == FourNodeCounts{});
  CHECK_THROWS_AS(count_four_node_configurations(context, project(log.view(), {.weights = TieWeight::none})),
                  InvalidOption);
  CHECK_THROWS_AS(count_four_node_closures(context, project(log.view()), project(other.view())), InvalidData);
  CHECK_THROWS_AS(four_node_closures_by_time(context, empty.view(), test::names_of(0)), InvalidData);
  CHECK_THROWS_AS(four_node_closures_by_time(context, log.view(), test::names_of(4), {.until = 2}), InvalidOption);
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  CHECK_THROWS_AS(count_four_node_configurations(small, project(log.view())), BudgetExceeded);
}

TEST_CASE("counting sets of four nodes that is asked to stop throws Cancelled") {
  test::Simplices simplices;
  for (std::size_t v = 0; v < 60; ++v) simplices.push_back({v, (v + 1) % 60, (v + 7) % 60, (v + 8) % 60});
  const SimplexLog log = test::log_of(60, simplices);
  const Projection projection = project(log.view());
  for (const std::string_view stage : {"triangles", "closed triangles", "four nodes"}) {
    std::stop_source stop;
    RunSettings settings;
    settings.stop = stop.get_token();
    settings.on_progress = [&](const Progress& progress) {
      if (progress.stage == stage) stop.request_stop();
    };
    RunContext context(settings);
    CHECK_THROWS_AS(count_four_node_configurations(context, projection), Cancelled);
  }
}

TEST_CASE("public sets close as published: four nodes, in the first 40, 60, 80 and 100 percent of the time" *
          doctest::test_suite("accuracy")) {
  for (const char* const name : {"email-Enron", "contact-high-school", "contact-primary-school", "NDC-classes",
                                 "tags-ask-ubuntu", "threads-ask-ubuntu"}) {
    const auto data = test::public_set(name);
    if (!data) continue;
    CAPTURE(name);
    const auto golden = test::golden_table(std::string("simplicial/four_node_") + name);
    REQUIRE(golden.size() == 4 * four_node_configurations.size());
    for (const int percent : {40, 60, 80, 100}) {
      RunContext context = test::with_threads(2);
      ClosureOptions options;
      options.until = percent / 100.0;
      const FourNodeClosuresByTime closures =
          four_node_closures_by_time(context, data->simplices->view(), data->nodes, options);
      std::size_t compared = 0;
      for (const std::vector<double>& row : golden) {
        if (static_cast<int>(row[0]) != percent) continue;
        const auto edges = static_cast<int>(row[1]);
        std::string ties;
        for (std::size_t place = 2; place < 6; ++place) {
          if (row[place] >= 0) ties += std::to_string(static_cast<int>(row[place]));
        }
        CAPTURE(percent);
        CAPTURE(edges);
        CAPTURE(ties);
        const std::size_t k = place_of(edges, ties);
        CHECK(closures.table.open[k] == static_cast<std::uint64_t>(row[6]));
        CHECK(closures.table.closed[k] == static_cast<std::uint64_t>(row[7]));
        ++compared;
      }
      CHECK(compared == four_node_configurations.size());
    }
  }
}

TEST_CASE("sets of four nodes are the same for 1, 2, 3 and 8 threads") {
  const auto data = test::public_set("contact-primary-school");
  if (!data) return;
  const FourNodeCensus first = four_node_census_of(*data->simplices);
  for (const int threads : {2, 3, 8}) {
    const FourNodeCensus census = four_node_census_of(*data->simplices, threads);
    CHECK(census.open == first.open);
    CHECK(census.closed == first.closed);
  }
}

TEST_CASE("counting sets of four nodes takes the memory that it estimates, and not half as much") {
  if (!test::memory_is_as_asked) return;
  // Large enough that rounding each array up to a huge page is little.
  const SimplexLog log = test::log_of_pairs(1'500'000, 5'000'000);
  const Projection projection = project(log.view());
  RunContext context = test::with_threads(2);
  const std::uint64_t before = resident_bytes();
  restart_recent_peak();
  count_four_node_configurations(context, projection);
  const std::uint64_t taken = recent_peak_bytes() - before;
  const std::uint64_t estimate = estimate_four_node_memory(projection, 2);
  CHECK(taken <= estimate + estimate / 10);
  CHECK(2 * taken >= estimate);
  const ClosureOptions options;
  CHECK(estimate_four_node_closures_memory(log.view(), options, 2) >=
        estimate + projection.incidence.bytes() + projection.graph.view().bytes());
}
