#include <map>
#include <optional>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/split_events.hpp>

#include "split_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

struct Event {
  std::size_t source;
  std::size_t target;
  Time time;
};

EventLog log_of(std::size_t nodes, const std::vector<Event>& events, int decimals = 0) {
  EventArrays arrays;
  arrays.sources = Array<NodeId>(events.size());
  arrays.targets = Array<NodeId>(events.size());
  arrays.times = Array<Time>(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    arrays.sources[i] = node_id(events[i].source);
    arrays.targets[i] = node_id(events[i].target);
    arrays.times[i] = events[i].time;
  }
  arrays.decimals = decimals;
  RunContext context;
  return {context, nodes, std::move(arrays)};
}

EventSplit split_of(const EventLog& log, const EventSplitOptions& options, int threads = 2) {
  RunContext context = with_threads(threads);
  const EventView events = log.view();
  return split_events_by_time(context, events, std::make_shared<const NodeIndex>(NodeIndex::range(events.node_count)),
                              options);
}

std::vector<Event> drawn_events(std::size_t nodes, std::size_t count, std::uint64_t seed) {
  std::vector<Event> events;
  Time time = 0;
  for (const Edge& pair : random_edges(nodes, count, seed)) {
    time += static_cast<Time>(((events.size() + 1) * (seed | 1) >> 5) % 3);
    events.push_back({index(pair.source), index(pair.target), time});
  }
  return events;
}

/// Pairs of two nodes that have an event at begin <= time < end.
Pairs pairs_within(const std::vector<Event>& events, Time begin, Time end) {
  Pairs pairs;
  for (const Event& event : events) {
    if (event.time < begin || event.time >= end || event.source == event.target) continue;
    pairs.insert(std::minmax(event.source, event.target));
  }
  return pairs;
}

constexpr Time never = std::numeric_limits<Time>::max();

}  // namespace

TEST_CASE("a split by time has each part's pairs once, and what was seen earlier is dropped or kept") {
  CHECK(rc::check([](std::uint64_t seed) {
    const std::size_t nodes = 15 + seed % 30;
    const std::vector<Event> events = drawn_events(nodes, 200, seed);
    const EventLog log = log_of(nodes, events);
    for (const RepeatedPairs repeated : {RepeatedPairs::drop, RepeatedPairs::keep}) {
      EventSplitOptions options;
      options.validation = 0.2;
      options.test = 0.3;
      options.repeated = repeated;
      options.negatives = NegativeSampler::none;
      std::optional<EventSplit> split;
      try {
        split = split_of(log, options);
      } catch (const InvalidData&) {
        continue;  // all that comes later was seen before
      }
      const Pairs training = pairs_within(events, 0, split->validation_from);
      Pairs validation = pairs_within(events, split->validation_from, split->test_from);
      Pairs test = pairs_within(events, split->test_from, never);
      const auto before_test = pairs_within(events, 0, split->test_from);
      std::uint64_t repeats = 0;
      for (const auto& pair : Pairs(validation)) repeats += training.contains(pair) ? 1 : 0;
      for (const auto& pair : Pairs(test)) repeats += before_test.contains(pair) ? 1 : 0;
      if (repeated == RepeatedPairs::drop) {
        std::erase_if(validation, [&](const auto& pair) { return training.contains(pair); });
        std::erase_if(test, [&](const auto& pair) { return before_test.contains(pair); });
      }
      RC_ASSERT(pairs_of(split->edges.training.view()) == training);
      RC_ASSERT(pairs_of(split->edges.validation) == validation);
      RC_ASSERT(pairs_of(split->edges.test) == test);
      RC_ASSERT(split->edges.test.size() == test.size());
      RC_ASSERT(split->repeated_pairs == repeats);
      RC_ASSERT(split->training_events + split->validation_events + split->test_events == events.size());
      // Shares go back to the first event of a time, never forward.
      RC_ASSERT(split->test_events >= 60);
      std::set<std::size_t> seen;
      for (const Event& event : events) {
        if (event.time < split->validation_from && event.source != event.target) {
          seen.insert({event.source, event.target});
        }
      }
      std::set<std::size_t> unseen;
      std::uint64_t unseen_pairs = 0;
      for (const Pairs& part : {validation, test}) {
        for (const auto& [u, v] : part) {
          for (const std::size_t node : {u, v}) {
            if (!seen.contains(node)) unseen.insert(node);
          }
          unseen_pairs += seen.contains(u) && seen.contains(v) ? 0 : 1;
        }
      }
      RC_ASSERT(split->unseen_nodes == unseen.size());
      RC_ASSERT(split->unseen_pairs == unseen_pairs);
    }
  }));
}

TEST_CASE("negatives of a split by time have no event at any time, and the split leaks nothing") {
  CHECK(rc::check([](std::uint64_t seed) {
    const std::vector<Event> events = drawn_events(60, 300, seed);
    const EventLog log = log_of(60, events);
    for (const RepeatedPairs repeated : {RepeatedPairs::drop, RepeatedPairs::keep}) {
      for (const NegativeSampler sampler : {NegativeSampler::uniform, NegativeSampler::degree}) {
        EventSplitOptions options;
        options.repeated = repeated;
        options.negatives = sampler;
        const EventSplit split = split_of(log, options, 1);
        const Pairs ever = pairs_within(events, 0, never);
        RC_ASSERT(disjoint(pairs_of(split.edges.validation_negatives), ever));
        RC_ASSERT(disjoint(pairs_of(split.edges.test_negatives), ever));
        RC_ASSERT(split.edges.test_negatives.size() == split.edges.test.size());
        check_edge_split(split.edges, repeated);
        RC_ASSERT(hash_of(split.edges) == hash_of(split_of(log, options, 3).edges));
      }
    }
  }));
}

TEST_CASE("a split by given times begins its parts with them") {
  const EventLog log = log_of(5, {{0, 1, 100}, {1, 2, 150}, {2, 3, 225}, {0, 3, 225}, {3, 4, 300}, {0, 1, 300}}, 1);
  EventSplitOptions options;
  options.validation_from = "22.5";
  options.test_from = "30";
  options.negatives = NegativeSampler::none;
  const EventSplit split = split_of(log, options);
  CHECK(pairs_of(split.edges.training.view()) == Pairs({{0, 1}, {1, 2}}));
  CHECK(pairs_of(split.edges.validation) == Pairs({{0, 3}, {2, 3}}));
  CHECK(pairs_of(split.edges.test) == Pairs({{3, 4}}));
  CHECK(split.repeated_pairs == 1);
  CHECK(split.unseen_nodes == 2);
  CHECK(split.unseen_pairs == 3);
  CHECK(split.test_from == 300);
  CHECK(split.edges.training.view().node_count() == 5);
  // Without a part for validation, everything before the test is learned from.
  options.validation_from = "";
  options.validation = 0;
  const EventSplit two = split_of(log, options);
  CHECK(two.edges.validation.empty());
  CHECK(two.training_events == 4);
  CHECK(two.validation_from == 300);
}

TEST_CASE("splits by time that make no sense are refused in a sentence") {
  const EventLog log = log_of(5, {{0, 1, 100}, {1, 2, 150}, {2, 3, 225}, {3, 4, 300}}, 1);
  const auto refused = [&](EventSplitOptions options, const char* message) {
    CHECK_THROWS_WITH(split_of(log, options), message);
  };
  refused({.test_from = "noon"}, "test-from = 'noon' is not a time with at most 1 decimal, as those of the events are");
  refused({.test_from = "22.55"},
          "test-from = '22.55' is not a time with at most 1 decimal, as those of the events are");
  refused({.validation_from = "30", .test_from = "15"}, "validation begins after the test; name an earlier time");
  refused({.validation_from = "1", .test_from = "15"}, "no event is left to train on; cut at later times");
  refused({.validation = 0, .test_from = "31"},
          "no pair of nodes is left for the test; cut at other times, or keep repeated pairs");
  refused({.validation = 0.5, .test = 0.5}, "the shares 0.5 and 0.5 of validation and test leave nothing to train on");
  refused({.test = 2}, "test = 2 is outside 0 to 1");
  CHECK_THROWS_WITH_AS(split_of(log_of(3, {}), {}), "there are no events to split", InvalidData);
  CHECK_THROWS_AS(split_of(log_of(3, {{0, 1, 5}, {1, 2, 5}}), {}), InvalidData);  // one time cannot be cut
}
