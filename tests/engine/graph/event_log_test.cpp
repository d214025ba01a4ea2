// Events and simplices: exact times, order, and what is refused.
#include <algorithm>
#include <limits>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/graph/simplex_log.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

TEST_CASE("times are kept exactly, to the last digit") {
  CHECK(parse_time("1217567877", 0) == 1217567877);
  CHECK(parse_time("36.0", 0) == 36);
  CHECK(parse_time("0.125", 3) == 125);
  CHECK(parse_time("-3.5", 1) == -35);
  CHECK(parse_time("7.", 2) == 700);
  CHECK(parse_time("9223372036854775807", 0) == std::numeric_limits<Time>::max());
  for (const char* const bad : {"", "-", ".5", "1.5", "1e9", "nan", "12a", "9223372036854775808", "1 ", "+1"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_time(bad, 0));
  }
  CHECK(decimals_of_time("12") == 0);
  CHECK(decimals_of_time("12.500") == 1);
  CHECK_FALSE(decimals_of_time("0.0123456789"));
  CHECK(format_time(125, 3) == "0.125");
  CHECK(format_time(-35, 1) == "-3.5");
  CHECK(format_time(-5, 2) == "-0.05");
  CHECK(format_time(700, 2) == "7");
  CHECK(format_time(0, 4) == "0");
  CHECK(rc::check([] {
    const auto time = *rc::gen::inRange<Time>(-2'000'000'000'000, 2'000'000'000'000);
    const auto decimals = *rc::gen::inRange(0, max_time_decimals + 1);
    RC_ASSERT(parse_time(format_time(time, decimals), decimals) == time);
  }));
}

TEST_CASE("events are sorted by time, those of one time stay in the order given, and their parts stay together") {
  CHECK(rc::check([] {
    const auto count = *rc::gen::inRange<std::size_t>(0, 400);
    const auto times = *rc::gen::container<std::vector<Time>>(count, rc::gen::inRange<Time>(-5, 20));
    EventArrays arrays{Array<NodeId>(count),
                       Array<NodeId>(count),
                       test::to_array(times),
                       Array<float>(count),
                       Array<std::int32_t>(count),
                       Matrix(count, 2),
                       0};
    for (std::size_t i = 0; i < count; ++i) {
      arrays.sources[i] = node_id(i);
      arrays.targets[i] = node_id(count - 1 - i);
      arrays.weights[i] = static_cast<float>(i);
      arrays.labels[i] = static_cast<std::int32_t>(i);
      arrays.features(i, 1) = arrays.features(i, 0) = static_cast<float>(i);
    }
    RunContext context;
    const EventLog log(context, count, std::move(arrays));
    const EventView events = log.view();
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i) order[i] = i;
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return times[i]; });
    for (std::size_t i = 0; i < count; ++i) {
      RC_ASSERT(events.times[i] == times[order[i]]);
      RC_ASSERT(index(events.sources[i]) == order[i]);
      RC_ASSERT(index(events.targets[i]) == count - 1 - order[i]);
      RC_ASSERT(events.weights[i] == static_cast<float>(order[i]));
      RC_ASSERT(events.features(i, 1) == static_cast<float>(order[i]));
    }
  }));
}

TEST_CASE("events that do not fit together are refused") {
  RunContext context;
  const auto events = [](std::size_t sources, std::size_t times, NodeId target, int decimals) {
    return EventArrays{
        Array<NodeId>(sources, node_id(0)), Array<NodeId>(times, target), Array<Time>(times, 0), {}, {}, {}, decimals};
  };
  CHECK_THROWS_WITH_AS(EventLog(context, 3, events(1, 2, node_id(0), 0)), "there are 1 sources for 2 event times",
                       InvalidData);
  CHECK_THROWS_WITH_AS(EventLog(context, 3, events(2, 2, node_id(3), 0)),
                       "event 1 names a node that is not there; there are 3 nodes", InvalidData);
  CHECK_THROWS_AS(EventLog(context, 3, events(2, 2, node_id(0), 10)), InvalidData);
  EventArrays weighted = events(2, 2, node_id(0), 0);
  weighted.weights = Array<float>(2, 1.0F);
  weighted.weights[1] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(EventLog(context, 3, std::move(weighted)), "the weight of event 2 is not a finite number",
                       InvalidData);
  EventArrays described = events(2, 2, node_id(0), 0);
  described.features = Matrix(2, 3, 1.0F);
  described.features(0, 2) = -std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(EventLog(context, 3, std::move(described)), "a feature of event 1 is not a finite number",
                       InvalidData);
}

TEST_CASE("simplices are sorted by time, and each lists its nodes once and in order") {
  RunContext context;
  const SimplexLog log(
      context, 9,
      {test::to_array(std::vector{edge_offset(0), edge_offset(3), edge_offset(5), edge_offset(6)}),
       test::to_array(std::vector{node_id(5), node_id(2), node_id(5), node_id(8), node_id(0), node_id(1)}),
       test::to_array(std::vector<Time>{7, 3, 7}), 0});
  const SimplexView simplices = log.view();
  REQUIRE(simplices.size() == 3);
  CHECK(std::ranges::equal(simplices.times, std::vector<Time>{3, 7, 7}));
  CHECK(std::ranges::equal(simplices.simplex(0), std::vector{node_id(0), node_id(8)}));
  CHECK(std::ranges::equal(simplices.simplex(1), std::vector{node_id(2), node_id(5)}));
  CHECK(std::ranges::equal(simplices.simplex(2), std::vector{node_id(1)}));
}

TEST_CASE("arrays that are not simplices are refused") {
  RunContext context;
  const auto simplices = [](std::vector<EdgeOffset> offsets, std::vector<NodeId> nodes, std::vector<Time> times) {
    return SimplexArrays{test::to_array(offsets), test::to_array(nodes), test::to_array(times), 0};
  };
  const auto at = edge_offset;
  CHECK_THROWS_AS(SimplexLog(context, 3, simplices({at(0), at(0)}, {}, {1})), InvalidData);
  CHECK_THROWS_AS(SimplexLog(context, 3, simplices({at(0), at(2)}, {node_id(0)}, {1})), InvalidData);
  CHECK_THROWS_AS(SimplexLog(context, 3, simplices({at(1), at(2)}, {node_id(0), node_id(1)}, {1})), InvalidData);
  CHECK_THROWS_AS(SimplexLog(context, 3, simplices({at(0), at(1)}, {node_id(3)}, {1})), InvalidData);
  CHECK_THROWS_AS(SimplexLog(context, 3, simplices({at(0), at(1)}, {node_id(0)}, {1, 2})), InvalidData);
  CHECK(SimplexLog(context, 0, {}).size() == 0);
}
