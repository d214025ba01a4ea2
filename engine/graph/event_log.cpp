#include <algorithm>
#include <charconv>
#include <functional>
#include <numeric>
#include <string>

#include <fmt/format.h>

#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/graph/event_log.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>

namespace adjoin {
namespace {

constexpr std::size_t checked_events_per_chunk = 1 << 15;

/// The parts of "-12.340": sign, "12", "34".
struct DecimalText {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;  // without zeros at its end
};

bool only_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<DecimalText> split_decimal(std::string_view text) {
  DecimalText parts;
  if (text.starts_with('-')) {
    parts.negative = true;
    text.remove_prefix(1);
  }
  const std::size_t point = text.find('.');
  parts.whole = text.substr(0, point);
  if (point != std::string_view::npos) parts.fraction = text.substr(point + 1);
  if (parts.whole.empty() || !only_digits(parts.whole) || !only_digits(parts.fraction)) return std::nullopt;
  while (parts.fraction.ends_with('0')) parts.fraction.remove_suffix(1);
  return parts;
}

template <class Value>
void permute(RunContext& context, Array<Value>& values, std::span<const std::uint64_t> order) {
  if (values.empty()) return;
  Array<Value> sorted(values.size());
  context.threads().for_chunks(values.size(), checked_events_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) sorted[i] = values[order[i]];
  });
  values = std::move(sorted);
}

}  // namespace

std::string format_time(Time time, int decimals) {
  std::string digits = fmt::format_int(time).str();
  const bool negative = time < 0;
  if (negative) digits.erase(0, 1);
  const auto places = static_cast<std::size_t>(decimals);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  std::string fraction = digits.substr(digits.size() - places);
  digits.resize(digits.size() - places);
  while (fraction.ends_with('0')) fraction.pop_back();
  return (negative ? "-" : "") + digits + (fraction.empty() ? "" : "." + fraction);
}

std::optional<Time> parse_time(std::string_view text, int decimals) {
  const auto parts = split_decimal(text);
  if (!parts || parts->fraction.size() > static_cast<std::size_t>(decimals)) return std::nullopt;
  std::string digits(parts->negative ? "-" : "");
  digits += parts->whole;
  digits += parts->fraction;
  digits.append(static_cast<std::size_t>(decimals) - parts->fraction.size(), '0');
  Time time = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), time);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return time;
}

std::optional<int> decimals_of_time(std::string_view text) {
  const auto parts = split_decimal(text);
  if (!parts || parts->fraction.size() > std::size_t{max_time_decimals}) return std::nullopt;
  return static_cast<int>(parts->fraction.size());
}

EventLog::EventLog(RunContext& context, std::size_t node_count, EventArrays arrays)
    : node_count_(node_count), arrays_(std::move(arrays)) {
  const std::size_t events = arrays_.times.size();
  const auto check_size = [&](const char* what, std::size_t size) {
    if (size != events) throw InvalidData(fmt::format("there are {} {} for {} event times", size, what, events));
  };
  check_size("sources", arrays_.sources.size());
  check_size("targets", arrays_.targets.size());
  if (!arrays_.weights.empty()) check_size("weights", arrays_.weights.size());
  if (!arrays_.labels.empty()) check_size("labels", arrays_.labels.size());
  if (arrays_.features.columns() > 0) check_size("feature rows", arrays_.features.rows());
  if (arrays_.decimals < 0 || arrays_.decimals > max_time_decimals) {
    throw InvalidData(
        fmt::format("event times have {} decimals; adjoin keeps 0 to {}", arrays_.decimals, max_time_decimals));
  }
  struct Found {
    std::size_t outside;  // the first event that names a node that is not there
    bool sorted;
  };
  const Found found = context.threads().reduce_ordered(
      events, checked_events_per_chunk, Found{events, true},
      [&](Chunk chunk) {
        Found part{events, true};
        for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
          const bool outside = index(arrays_.sources[i]) >= node_count || index(arrays_.targets[i]) >= node_count;
          if (outside) part.outside = std::min(part.outside, i);
          if (i > 0 && arrays_.times[i - 1] > arrays_.times[i]) part.sorted = false;
        }
        return part;
      },
      [](const Found& a, const Found& b) { return Found{std::min(a.outside, b.outside), a.sorted && b.sorted}; });
  if (found.outside < events) {
    throw InvalidData(
        fmt::format("event {} names a node that is not there; there are {} nodes", found.outside + 1, node_count));
  }
  const auto check_finite = [&](const char* what, MatrixView<const float> values) {
    if (const auto event = first_row_not_finite(context, values)) {
      throw InvalidData(fmt::format("{} of event {} is not a finite number", what, *event + 1));
    }
  };
  check_finite("the weight", {arrays_.weights.data(), arrays_.weights.size(), 1});
  check_finite("a feature", arrays_.features.view());
  if (found.sorted) return;
  Array<std::uint64_t> order(events);
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  parallel_sort(context.threads(), order.span(), [&](std::uint64_t a, std::uint64_t b) {
    return arrays_.times[a] != arrays_.times[b] ? arrays_.times[a] < arrays_.times[b] : a < b;
  });
  permute(context, arrays_.sources, order.span());
  permute(context, arrays_.targets, order.span());
  permute(context, arrays_.weights, order.span());
  permute(context, arrays_.labels, order.span());
  permute(context, arrays_.times, order.span());
  if (arrays_.features.columns() == 0) return;
  Matrix features(events, arrays_.features.columns());
  context.threads().for_chunks(events, checked_events_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      std::ranges::copy(arrays_.features.row(order[i]), features.row(i).begin());
    }
  });
  arrays_.features = std::move(features);
}

EventView EventLog::view() const& noexcept {
  return {node_count_,
          arrays_.sources.span(),
          arrays_.targets.span(),
          arrays_.times.span(),
          arrays_.weights.span(),
          arrays_.labels.span(),
          arrays_.features.view(),
          arrays_.decimals};
}

std::size_t EventLog::bytes() const noexcept {
  return arrays_.sources.bytes() + arrays_.targets.bytes() + arrays_.times.bytes() + arrays_.weights.bytes() +
         arrays_.labels.bytes() + arrays_.features.bytes();
}

}  // namespace adjoin
