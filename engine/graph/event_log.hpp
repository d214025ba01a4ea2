// Interactions in time: who with whom, when, and what went along with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/ids.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Times are whole numbers of ticks of 10^-decimals of the file's own unit, so that what a file says is kept exactly:
/// "1217567877" is that many ticks with decimals 0, "0.125" is 125 ticks with decimals 3.
using Time = std::int64_t;
inline constexpr int max_time_decimals = 9;

/// "125" with 3 decimals is "0.125"; zeros at the end are left out.
std::string format_time(Time time, int decimals);

/// The ticks of a decimal number such as "12", "-3.5" or "7.0", or nothing if it is not one, has digits that `decimals`
/// cannot hold, or does not fit 64 bits.
std::optional<Time> parse_time(std::string_view text, int decimals);
/// The decimals that a number needs, zeros at its end left out; nothing if it is not a decimal number or needs more
/// than max_time_decimals.
std::optional<int> decimals_of_time(std::string_view text);

/// Events that somebody else owns. Invariants: times never fall; sources and targets are below node_count; weights,
/// labels and features are empty or have one entry, one row, an event.
struct EventView {
  std::size_t node_count = 0;
  std::span<const NodeId> sources;
  std::span<const NodeId> targets;
  std::span<const Time> times;
  std::span<const float> weights;        // may be negative: ratings, trust
  std::span<const std::int32_t> labels;  // what the event made of its source: JODIE's state label
  MatrixView<const float> features;      // size() x f
  int decimals = 0;

  std::size_t size() const noexcept { return times.size(); }
};

/// The arrays of an event log before they are checked and sorted.
struct EventArrays {
  Array<NodeId> sources;
  Array<NodeId> targets;
  Array<Time> times;
  Array<float> weights;
  Array<std::int32_t> labels;
  Matrix features;
  int decimals = 0;
};

/// Owns events in the order of their times, events of the same time in the order given. Move-only.
class EventLog {
 public:
  EventLog() = default;
  /// Sorts by time, stably, unless the events are sorted. InvalidData if sizes differ, a node is not below node_count,
  /// a weight or feature is not finite, or decimals is outside 0 to 9.
  EventLog(RunContext& context, std::size_t node_count, EventArrays arrays);

  EventView view() const& noexcept;
  EventView view() && = delete;
  std::size_t size() const noexcept { return arrays_.times.size(); }
  std::size_t bytes() const noexcept;

 private:
  std::size_t node_count_ = 0;
  EventArrays arrays_;
};

}  // namespace adjoin
