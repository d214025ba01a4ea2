// A split by time: learn from what happened first, be judged by what happened later.
//
// Source.  Poursafaei, Huang, Pelrine, Rabbany: Towards better evaluation for dynamic link prediction, NeurIPS 2022,
//          section 3: edges seen before are easy to foretell, and a graph may have hardly any other.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <adjoin/algorithms/evaluate/negative_sampling.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/engine/graph/event_log.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>

namespace adjoin {

/// What becomes of a pair of a later part that an earlier part has too.
enum class RepeatedPairs : std::uint8_t { drop, keep };
template <>
struct EnumNames<RepeatedPairs> {
  static constexpr std::array<std::pair<RepeatedPairs, std::string_view>, 2> names{
      {{RepeatedPairs::drop, "drop"}, {RepeatedPairs::keep, "keep"}}};
};

struct EventSplitOptions {
  double validation = 0.1;
  double test = 0.1;
  std::string validation_from{};
  std::string test_from{};
  RepeatedPairs repeated = RepeatedPairs::drop;
  int round = 0;
  NegativeSampler negatives = NegativeSampler::uniform;

  static constexpr auto fields() {
    using O = EventSplitOptions;
    return std::tuple{
        option_field("validation", &O::validation, {0.0, 1.0}, "share of the events, before those of the test"),
        option_field("test", &O::test, {0.0, 1.0}, "share of the events, the last ones"),
        option_field("validation-from", &O::validation_from, "the time at which validation begins, instead of a share"),
        option_field("test-from", &O::test_from, "the time at which the test begins, instead of a share"),
        option_field(
            "repeated", &O::repeated,
            "pairs of a later part that an earlier one has too: drop them, so that only new links are foretold, "
            "or keep them, which is no leak where links may come again, but much easier"),
        option_field("round", &O::round, {0, 1'000'000},
                     "which of the independent draws of negatives that one seed gives"),
        option_field("negatives", &O::negatives, negatives_help)};
  }
};

struct EventSplit {
  EdgeSplit edges;
  Time validation_from;  // the first time that is not of the training; that of test_from if nothing is between
  Time test_from;        // the first time of the test; 1 more than the last time if there is none
  std::uint64_t training_events = 0;
  std::uint64_t validation_events = 0;
  std::uint64_t test_events = 0;
  std::uint64_t repeated_pairs = 0;  // of later parts, which earlier ones have too; dropped or kept
  std::uint64_t unseen_nodes = 0;    // nodes of held-out pairs that have no event in training
  std::uint64_t unseen_pairs = 0;    // held-out pairs that have such a node
};

/// Cuts the events at two times. The training graph is the static_graph of the events before the first; a held-out
/// part has each pair of two different nodes with an event in its span once, whichever way it goes, the smaller id
/// first, and in the order of ids. Events of the same time are never parted: a cut by share moves back to the first of
/// them. No negative has an event at any time, and all else of them is as in split_edges; so is what is repeated.
/// nodes: those that the events name; all of them stay in the training graph. build: as in static_graph.
/// Errors.  InvalidOption for shares, for what is no time of the log's decimals, or if validation begins after the
///          test; InvalidData if a part that is asked for has no pair, or nothing is left to train on; as static_graph.
/// Cost.    O(m log m); peak: the graph of all events and that of training, and 16 bytes an event.
EventSplit split_events_by_time(RunContext& context, EventView events, std::shared_ptr<const NodeIndex> nodes,
                                const EventSplitOptions& options, const BuildOptions& build = {});

/// Peak bytes of split_events_by_time beyond the events.
std::uint64_t estimate_event_split_memory(EventView events, const BuildOptions& build = {});

}  // namespace adjoin
