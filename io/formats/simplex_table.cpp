#include <algorithm>
#include <chrono>
#include <limits>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/simplex_table.hpp>

namespace adjoin::detail {
namespace {

/// Reads a text from its beginning: digits of a fixed number, and marks between them.
class IsoReader {
 public:
  explicit IsoReader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool skip(char mark) {
    if (rest_.empty() || rest_.front() != mark) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// `digits` of them, as a number from 0 to `most`.
  std::optional<int> number(std::size_t digits, int most) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = 10 * value + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value <= most ? std::optional(value) : std::nullopt;
  }
  std::string digits() {
    const std::size_t end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    std::string found(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return found;
  }

 private:
  std::string_view rest_;
};

std::optional<std::chrono::sys_days> read_date(IsoReader& text) {
  const auto year = text.number(4, 9999);
  if (!year || !text.skip('-')) return std::nullopt;
  const auto month = text.number(2, 12);
  if (!month || !text.skip('-')) return std::nullopt;
  const auto day = text.number(2, 31);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional<std::chrono::sys_days>(date) : std::nullopt;
}

}  // namespace

std::optional<std::string> seconds_of_iso_time(std::string_view text) {
  IsoReader reader(text);
  const auto date = read_date(reader);
  if (!date) return std::nullopt;
  std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(date->time_since_epoch()).count();
  std::string fraction;
  if (!reader.done()) {
    if (!reader.skip('T') && !reader.skip(' ')) return std::nullopt;
    const auto hour = reader.number(2, 23);
    if (!hour || !reader.skip(':')) return std::nullopt;
    const auto minute = reader.number(2, 59);
    if (!minute) return std::nullopt;
    int second = 0;
    if (reader.skip(':')) {
      const auto said = reader.number(2, 60);
      if (!said) return std::nullopt;
      second = *said;
      if (reader.skip('.')) fraction = reader.digits();
    }
    seconds += 3600 * *hour + 60 * *minute + second;
    const bool west = reader.skip('-');
    if (west || reader.skip('+')) {
      const auto zone_hour = reader.number(2, 23);
      if (!zone_hour) return std::nullopt;
      reader.skip(':');
      const auto zone_minute = reader.done() ? std::optional(0) : reader.number(2, 59);
      if (!zone_minute) return std::nullopt;
      seconds += (west ? 1 : -1) * (3600 * *zone_hour + 60 * *zone_minute);
    } else {
      reader.skip('Z');
    }
    if (!reader.done()) return std::nullopt;
  }
  while (fraction.ends_with('0')) fraction.pop_back();
  // Before 1970 a fraction counts towards zero in decimal digits; such moments keep whole seconds only if they are so.
  if (!fraction.empty() && seconds < 0) return std::nullopt;
  return fraction.empty() ? std::to_string(seconds) : fmt::format("{}.{}", seconds, fraction);
}

std::uint32_t SimplexTable::unnamed_simplex() {
  if (unnamed_ == std::numeric_limits<std::uint32_t>::max()) {
    throw InvalidData("there are more simplices than 32 bits can count");
  }
  return unnamed_++;
}

bool SimplexTable::set_time(std::uint32_t simplex, std::string_view text) {
  std::string decimal(text);
  auto decimals = decimals_of_time(decimal);
  if (!decimals) {
    const auto seconds = seconds_of_iso_time(text);
    if (!seconds) return false;
    decimal = *seconds;
    decimals = decimals_of_time(decimal);
  }
  const auto ticks = decimals ? parse_time(decimal, *decimals) : std::nullopt;
  if (!ticks) return false;
  if (times_.size() <= simplex) times_.resize(simplex + 1);
  times_[simplex] = {*ticks, *decimals};
  return true;
}

SimplexTable::Result SimplexTable::finish(RunContext& context) && {
  Result result;
  const std::size_t count = simplices_.size() + unnamed_;
  times_.resize(count);
  int decimals = 0;
  for (const Moment& time : times_) {
    decimals = std::max(decimals, time.decimals);
    result.timed |= time.decimals >= 0;
  }
  // Members by simplex, in the order given.
  std::vector<std::size_t> begin(count + 1, 0);
  for (const auto& [simplex, node] : members_) ++begin[simplex + 1];
  std::size_t full = 0;
  for (std::size_t i = 0; i < count; ++i) {
    full += begin[i + 1] > 0 ? 1 : 0;
    begin[i + 1] += begin[i];
  }
  result.empty = count - full;
  auto [nodes, ids] = nodes_.index(context);
  SimplexArrays arrays{Array<EdgeOffset>(full + 1), Array<NodeId>(members_.size()), Array<Time>(full), decimals};
  std::size_t at = 0;
  arrays.offsets[0] = EdgeOffset{0};
  for (std::size_t i = 0; i < count; ++i) {
    if (begin[i] == begin[i + 1]) continue;
    Time ticks = times_[i].ticks;
    if (result.timed && times_[i].decimals < 0) ++result.timeless;
    for (int d = std::max(times_[i].decimals, 0); d < decimals; ++d) {
      if (__builtin_mul_overflow(ticks, Time{10}, &ticks)) {
        throw InvalidData(
            fmt::format("a time does not fit 64 bits with the {} decimals that another one has", decimals));
      }
    }
    arrays.times[at] = ticks;
    arrays.offsets[++at] = edge_offset(begin[i + 1]);
  }
  for (const auto& [simplex, node] : members_) arrays.nodes[begin[simplex]++] = ids[node];
  if (full > 0) result.data.simplices = SimplexLog(context, nodes.size(), std::move(arrays));
  result.data.nodes = std::make_shared<const NodeIndex>(std::move(nodes));
  return result;
}

std::string SimplexTable::Result::phrase() const {
  const std::uint64_t count = data.simplices ? data.simplices->size() : 0;
  std::string text = fmt::format("{}, {} {}", counted(data.nodes->size(), "node", "nodes"),
                                 counted(count, "simplex", "simplices"), timed ? "with times" : "without times");
  if (empty > 0) text += ", " + counted(empty, "edge without nodes left out", "edges without nodes left out");
  if (timeless > 0) {
    text += ", " + counted(timeless, "edge without a time put at time 0", "edges without a time put at time 0");
  }
  return text;
}

}  // namespace adjoin::detail
