#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/node_pairs.hpp>
#include <adjoin/algorithms/evaluate/split_draw.hpp>
#include <adjoin/algorithms/evaluate/split_events.hpp>
#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

/// Numbers of the first event of each later part.
struct Cuts {
  std::size_t validation;
  std::size_t test;
};

std::size_t first_from(EventView events, Time time) {
  return static_cast<std::size_t>(std::ranges::lower_bound(events.times, time) - events.times.begin());
}

/// Of the event in this place, or of one at the same time before it.
std::size_t first_at_time_of(EventView events, std::size_t place) {
  return place < events.size() ? first_from(events, events.times[place]) : place;
}

std::size_t cut_at(EventView events, std::string_view name, const std::string& text) {
  const auto time = parse_time(text, events.decimals);
  if (time) return first_from(events, *time);
  throw InvalidOption(fmt::format("{} = {} is not a time with at most {}, as those of the events are", name,
                                  quote_for_message(text),
                                  counted(static_cast<std::uint64_t>(events.decimals), "decimal", "decimals")));
}

Cuts cuts_of(EventView events, const EventSplitOptions& options) {
  const std::size_t all = events.size();
  Cuts cuts{};
  cuts.test = options.test_from.empty() ? first_at_time_of(events, all - detail::part_of(options.test, all))
                                        : cut_at(events, "test-from", options.test_from);
  if (options.validation_from.empty()) {
    const std::size_t share = std::min(detail::part_of(options.validation, all), cuts.test);
    cuts.validation = share == 0 ? cuts.test : first_at_time_of(events, cuts.test - share);
  } else {
    cuts.validation = cut_at(events, "validation-from", options.validation_from);
    if (cuts.validation > cuts.test) throw InvalidOption("validation begins after the test; name an earlier time");
  }
  return cuts;
}

EventView part_of_events(EventView events, std::size_t begin, std::size_t end) {
  EventView part = events;
  const auto cut = [&](auto values) { return values.empty() ? values : values.subspan(begin, end - begin); };
  part.sources = cut(events.sources);
  part.targets = cut(events.targets);
  part.times = cut(events.times);
  part.weights = cut(events.weights);
  part.labels = {};
  part.features = {};
  return part;
}

std::vector<Edge> pairs_of(EventView events) {
  std::vector<Edge> pairs;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events.sources[i] != events.targets[i]) pairs.push_back({events.sources[i], events.targets[i]});
  }
  return detail::sorted_pairs(pairs);
}

/// Counts the pairs that `known` says yes to, and takes them out unless they are to stay.
template <class Known>
std::uint64_t take_repeated(std::vector<Edge>& pairs, RepeatedPairs repeated, Known&& known) {
  if (repeated == RepeatedPairs::keep) return static_cast<std::uint64_t>(std::ranges::count_if(pairs, known));
  return std::erase_if(pairs, known);
}

void check_parts(const EventSplit& split, bool wants_validation, bool wants_test) {
  const auto refuse = [](std::string_view part) {
    throw InvalidData(fmt::format("no pair of nodes is left for {}; cut at other times, or keep repeated pairs", part));
  };
  if (split.training_events == 0) throw InvalidData("no event is left to train on; cut at later times");
  if (wants_validation && split.edges.validation.empty()) refuse("validation");
  if (wants_test && split.edges.test.empty()) refuse("the test");
}

void count_unseen(EventSplit& split) {
  const GraphView training = split.edges.training.view();
  std::vector<bool> seen(training.node_count());
  const CsrView out = training.out();
  for (std::size_t u = 0; u < out.row_count(); ++u) {
    for (const NodeId v : out.row_targets(u)) seen[u] = seen[index(v)] = true;
  }
  std::vector<bool> counted_node(seen.size());
  for (const auto* part : {&split.edges.validation, &split.edges.test}) {
    for (const Edge& pair : *part) {
      bool unseen = false;
      for (const NodeId node : {pair.source, pair.target}) {
        if (seen[index(node)]) continue;
        unseen = true;
        split.unseen_nodes += counted_node[index(node)] ? 0 : 1;
        counted_node[index(node)] = true;
      }
      split.unseen_pairs += unseen ? 1 : 0;
    }
  }
}

}  // namespace

EventSplit split_events_by_time(RunContext& context, EventView events, std::shared_ptr<const NodeIndex> nodes,
                                const EventSplitOptions& options, const BuildOptions& build) {
  validate(options);
  detail::check_shares({options.validation, options.test});
  if (events.size() == 0) throw InvalidData("there are no events to split");
  context.require_memory(resident_bytes() + estimate_event_split_memory(events, build), "raise --memory");
  context.begin_stage("split", "events", events.size());
  const Cuts cuts = cuts_of(events, options);
  const auto time_at = [&](std::size_t place) {
    return place < events.size() ? events.times[place] : events.times.back() + 1;
  };
  EventSplit split{{static_graph(context, part_of_events(events, 0, cuts.validation), nodes, build).graph,
                    pairs_of(part_of_events(events, cuts.validation, cuts.test)),
                    pairs_of(part_of_events(events, cuts.test, events.size())),
                    {},
                    {}},
                   time_at(cuts.validation),
                   time_at(cuts.test)};
  split.training_events = cuts.validation;
  split.validation_events = cuts.test - cuts.validation;
  split.test_events = events.size() - cuts.test;
  EdgeSplit& edges = split.edges;
  const detail::NodePairs training(context, edges.training);
  const auto trained = [&](const Edge& pair) { return training.joined(pair.source, pair.target); };
  const std::vector<Edge> in_validation = edges.validation;
  split.repeated_pairs += take_repeated(edges.validation, options.repeated, trained);
  split.repeated_pairs += take_repeated(edges.test, options.repeated, [&](const Edge& pair) {
    return trained(pair) || detail::contains(in_validation, pair);
  });
  check_parts(split, options.validation > 0 || !options.validation_from.empty(),
              options.test > 0 || !options.test_from.empty());
  count_unseen(split);
  const Graph whole = static_graph(context, events, std::move(nodes), build).graph;
  StageNegatives negatives = held_out_negatives(context, {whole, edges.training, edges.validation, edges.test},
                                                options.negatives, options.round);
  edges.validation_negatives = std::move(negatives.validation);
  edges.test_negatives = std::move(negatives.test);
  context.end_stage();
  return split;
}

std::uint64_t estimate_event_split_memory(EventView events, const BuildOptions& build) {
  const std::uint64_t m = events.size();
  constexpr std::uint64_t set_entry_bytes = 40;
  return 2 * estimate_build_memory(events.node_count, m, !events.weights.empty(), build.directed) +
         m * (2 * sizeof(Edge) + set_entry_bytes);
}

}  // namespace adjoin
