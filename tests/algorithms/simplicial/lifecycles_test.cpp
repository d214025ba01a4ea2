// Golden values: tests/golden/make_lifecycles_golden.py.
#include <adjoin/algorithms/simplicial/lifecycles.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "golden_table.hpp"
#include "simplicial_support.hpp"

using namespace adjoin;

namespace {

Lifecycles lifecycles_of(const SimplexLog& log, int threads = 1) {
  RunContext context = test::with_threads(threads);
  const SimplexView simplices = log.view();
  return lifecycles(context, simplices, test::names_of(simplices.node_count));
}

std::size_t state_of(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(lifecycle_state_names, name) - lifecycle_state_names.begin());
}

/// Every three nodes followed through every simplex.
Lifecycles slow_lifecycles(const test::DrawnLog& drawn) {
  Lifecycles slow;
  const auto follow = [&](const std::array<std::size_t, 3>& nodes) {
    std::array<std::vector<Time>, 3> active;  // by the node that the edge lacks
    LifecycleTransitions seen{};
    std::array<float, 3> ties{};
    std::size_t state = 0;
    bool closed = false;
    for (std::size_t s = 0; s < drawn.simplices.size(); ++s) {
      std::vector<std::size_t> lacking;
      for (std::size_t k = 0; k < 3; ++k) {
        if (std::ranges::find(drawn.simplices[s], nodes[k]) == drawn.simplices[s].end()) lacking.push_back(k);
      }
      for (std::size_t edge = 0; edge < 3; ++edge) {
        if (lacking.empty() || (lacking.size() == 1 && lacking[0] == edge)) active[edge].push_back(drawn.times[s]);
      }
      if (closed || lacking.size() > 1) continue;
      closed = lacking.empty();
      if (!closed) ++ties[lacking[0]];
      const std::size_t next = closed ? closed_state : tie_configuration(ties[0], ties[1], ties[2]);
      ++seen[next][state];
      state = next;
    }
    if (active[0].empty() || active[1].empty() || active[2].empty()) return;
    LifecycleTransitions& sum = closed ? slow.closing : slow.open;
    for (std::size_t to = 0; to < sum.size(); ++to) {
      for (std::size_t from = 0; from < sum.size(); ++from) sum[to][from] += seen[to][from];
    }
    ++(closed ? slow.closed_triangles : slow.open_triangles);
    if (closed) return;
    std::size_t overlaps = 0;
    for (std::size_t a = 0; a < 3; ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        if (active[a].front() <= active[b].back() && active[b].front() <= active[a].back()) ++overlaps;
      }
    }
    ++slow.overlaps[overlaps];
  };
  for (std::size_t u = 0; u < drawn.nodes; ++u) {
    for (std::size_t v = 0; v < u; ++v) {
      for (std::size_t w = 0; w < v; ++w) follow({u, v, w});
    }
  }
  return slow;
}

void check_equal(const Lifecycles& found, const Lifecycles& expected) {
  CHECK(found.closing == expected.closing);
  CHECK(found.open == expected.open);
  CHECK(found.closed_triangles == expected.closed_triangles);
  CHECK(found.open_triangles == expected.open_triangles);
  CHECK(found.overlaps == expected.overlaps);
}

}  // namespace

TEST_CASE("a triangle passes through the configurations that its simplices make, and stays where they change none") {
  const SimplexLog log = test::log_of(3, {{0, 1}, {0, 1}, {0, 1}, {0, 2}, {1}, {0, 1}, {0, 1, 2}, {1, 2}});
  const Lifecycles found = lifecycles_of(log);
  LifecycleTransitions expected{};
  expected[state_of("001")][state_of("000")] = 1;
  expected[state_of("002")][state_of("001")] = 1;
  expected[state_of("002")][state_of("002")] = 1;
  expected[state_of("012")][state_of("002")] = 1;
  expected[state_of("012")][state_of("012")] = 1;
  expected[state_of("closed")][state_of("012")] = 1;
  CHECK(found.closing == expected);
  CHECK(found.open == LifecycleTransitions{});
  CHECK(found.closed_triangles == 1);
  CHECK(found.overlaps == std::array<std::uint64_t, 4>{});
  CHECK(transition_probability(found.closing, state_of("closed"), state_of("012")) == 0.5);
  CHECK(transition_probability(found.closing, state_of("closed"), state_of("222")) == 0);
}

TEST_CASE("edges of an open triangle overlap if they are active at one time, their ends included") {
  const auto overlaps = [](const test::Simplices& simplices, const std::vector<Time>& times) {
    const Lifecycles found = lifecycles_of(test::log_of(3, simplices, times));
    CHECK(found.open_triangles == 1);
    return static_cast<int>(std::ranges::find(found.overlaps, 1U) - found.overlaps.begin());
  };
  CHECK(overlaps({{0, 1}, {0, 2}, {1, 2}}, {1, 2, 3}) == 0);
  CHECK(overlaps({{0, 1}, {0, 2}, {1, 2}}, {1, 1, 3}) == 1);
  CHECK(overlaps({{0, 1}, {0, 2}, {0, 1}, {1, 2}}, {1, 2, 3, 3}) == 2);
  CHECK(overlaps({{0, 1}, {0, 2}, {1, 2}}, {5, 5, 5}) == 3);
}

TEST_CASE("lifecycles of drawn logs are those that following every three nodes finds") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const Lifecycles slow = slow_lifecycles(drawn);
    const Lifecycles found = lifecycles_of(log);
    RC_ASSERT(found.closing == slow.closing);
    RC_ASSERT(found.open == slow.open);
    RC_ASSERT(found.closed_triangles == slow.closed_triangles);
    RC_ASSERT(found.open_triangles == slow.open_triangles);
    RC_ASSERT(found.overlaps == slow.overlaps);
  }));
}

TEST_CASE("lifecycles of many pairs and few triples, where triangles stay open, are those of following every three") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_small_simplices(6, 30, 80, 20, 3);
    const Lifecycles slow = slow_lifecycles(drawn);
    const Lifecycles found = lifecycles_of(drawn.log());
    RC_ASSERT(found.closing == slow.closing);
    RC_ASSERT(found.open == slow.open);
    RC_ASSERT(found.overlaps == slow.overlaps);
  }));
}

TEST_CASE("simplices above the largest size change no lifecycle and no time of the others") {
  const SimplexLog log = test::log_of(5, {{0, 1}, {0, 1, 2, 3, 4}, {0, 2}, {1, 2}}, {1, 2, 3, 3});
  RunContext context;
  const Lifecycles found = lifecycles(context, log.view(), test::names_of(5), {.max_size = 4});
  CHECK(found.open_triangles == 1);
  CHECK(found.closed_triangles == 0);
  CHECK(found.overlaps == std::array<std::uint64_t, 4>{0, 1, 0, 0});
  REQUIRE(found.record.remarks.size() == 1);
  CHECK(found.record.remarks[0].count == 1);
}

TEST_CASE("no simplices have no lifecycles, and what cannot be is refused") {
  const SimplexLog empty = test::log_of(4, {});
  check_equal(lifecycles_of(empty), Lifecycles{});
  const SimplexLog log = test::log_of(4, {{0, 1, 2}});
  RunContext context;
  CHECK_THROWS_AS(lifecycles(context, log.view(), test::names_of(4), {.max_size = 0}), InvalidOption);
  CHECK_THROWS_AS(lifecycles(context, log.view(), test::names_of(3)), InvalidData);
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  CHECK_THROWS_AS(lifecycles(small, log.view(), test::names_of(4)), BudgetExceeded);
}

TEST_CASE("lifecycles that are asked to stop throw Cancelled") {
  test::Simplices simplices;
  for (std::size_t v = 0; v < 60; ++v) simplices.push_back({v, (v + 1) % 60, (v + 7) % 60});
  const SimplexLog log = test::log_of(60, simplices);
  for (const std::string_view stage : {"simplices of edges", "lifecycles"}) {
    std::stop_source stop;
    RunSettings settings;
    settings.stop = stop.get_token();
    settings.on_progress = [&](const Progress& progress) {
      if (progress.stage == stage) stop.request_stop();
    };
    RunContext context(settings);
    CHECK_THROWS_AS(lifecycles(context, log.view(), test::names_of(60)), Cancelled);
  }
}

TEST_CASE("public sets have the lifecycles that a plain program finds, for 1, 2, 3 and 8 threads" *
          doctest::test_suite("accuracy")) {
  for (const char* const name : {"email-Enron", "contact-high-school", "contact-primary-school"}) {
    const auto data = test::public_set(name);
    if (!data) continue;
    CAPTURE(name);
    const auto golden = test::golden_table(std::string("simplicial/lifecycles_") + name);
    REQUIRE(golden.size() == 1 + 2 * lifecycle_state_names.size());
    Lifecycles expected;
    expected.closed_triangles = static_cast<std::uint64_t>(golden[0][0]);
    expected.open_triangles = static_cast<std::uint64_t>(golden[0][1]);
    for (std::size_t k = 0; k < 4; ++k) expected.overlaps[k] = static_cast<std::uint64_t>(golden[0][2 + k]);
    for (std::size_t to = 0; to < lifecycle_state_names.size(); ++to) {
      for (std::size_t from = 0; from < lifecycle_state_names.size(); ++from) {
        expected.closing[to][from] = static_cast<std::uint64_t>(golden[1 + to][from]);
        expected.open[to][from] = static_cast<std::uint64_t>(golden[1 + lifecycle_state_names.size() + to][from]);
      }
    }
    for (const int threads : {1, 2, 3, 8}) check_equal(lifecycles_of(*data->simplices, threads), expected);
  }
}

TEST_CASE("lifecycles take the memory that is estimated, and not half as much") {
  if (!test::memory_is_as_asked) return;
  const SimplexLog log = test::log_of_pairs(300'000, 1'000'000);
  RunContext context = test::with_threads(2);
  const auto names = test::names_of(300'000);
  const std::uint64_t before = resident_bytes();
  restart_recent_peak();
  lifecycles(context, log.view(), names);
  const std::uint64_t taken = recent_peak_bytes() - before;
  const std::uint64_t estimate = estimate_lifecycles_memory(log.view(), {}, 2);
  CHECK(taken <= estimate + estimate / 10);
  CHECK(2 * taken >= estimate);
}
