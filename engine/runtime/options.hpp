// One table per options struct. From it come validation, command-line flags, the man page, shell completion and the run
// record, so that a name, a range or a default is written once.
//
//   struct WalkOptions {
//     int length = 80;
//     static constexpr auto fields() {
//       return std::tuple{option_field("length", &WalkOptions::length, {1, 1000}, "nodes in a walk", "Perozzi et al.
//       2014")};
//     }
//   };
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace adjoin {

/// The words of an enum's values; specialise for an enum that is an option:
/// template <> struct EnumNames<Dialect> { static constexpr std::array<std::pair<Dialect, std::string_view>, 2>
/// names{...}; };
template <class Enum>
struct EnumNames;

/// Inclusive bounds of a number, or of each number of a list.
template <class Number>
struct Range {
  Number min;
  Number max;
};
struct NoRange {};

namespace detail {
template <class Value>
struct RangeOf {
  using type = NoRange;
};
template <class Value>
  requires(std::is_arithmetic_v<Value> && !std::is_same_v<Value, bool>)
struct RangeOf<Value> {
  using type = Range<Value>;
};
template <>
struct RangeOf<std::vector<float>> {
  using type = Range<float>;
};
}  // namespace detail

/// A row of the table. `name` is as on the command line ("self-influence"); Python and JSON write '_' for '-'.
template <class Options, class Value>
struct Field {
  std::string_view name;
  Value Options::* member;
  typename detail::RangeOf<Value>::type allowed;
  std::string_view help;
  std::string_view source;
};

template <class Options, class Value>
constexpr Field<Options, Value> option_field(std::string_view name, Value Options::* member,
                                             typename detail::RangeOf<Value>::type allowed, std::string_view help,
                                             std::string_view source = {}) {
  return {name, member, allowed, help, source};
}
/// For flags, words and enums, which have no range.
template <class Options, class Value>
  requires std::is_same_v<typename detail::RangeOf<Value>::type, NoRange>
constexpr Field<Options, Value> option_field(std::string_view name, Value Options::* member, std::string_view help,
                                             std::string_view source = {}) {
  return {name, member, {}, help, source};
}

enum class OptionKind { flag, whole_number, number, number_list, choice, text };

/// A row bound to one object: everything the command line, Python and the docs need, without the object's type.
struct Option {
  std::string name;
  OptionKind kind = OptionKind::text;
  std::string help;
  std::string source;
  std::string range;                             // "1 to 65536"; empty if there is none
  std::vector<std::string> choices;              // of a choice
  std::string default_text;                      // the value when the row was bound
  std::function<void(std::string_view)> assign;  // parses, checks and stores; InvalidOption
  std::function<std::string()> text;             // the value now, as `assign` would read it
};

/// A row's name and value, as it stands in a run record.
struct OptionValue {
  std::string name;
  OptionKind kind;
  std::string text;
};

namespace detail {

[[noreturn]] void throw_unknown_choice(std::string_view name, std::string_view text,
                                       const std::vector<std::string>& choices);

// Each reads, checks against the range and stores; InvalidOption names the option, what was given and what is allowed.
void assign_value(std::string_view name, std::string_view text, Range<int> allowed, int& value);
void assign_value(std::string_view name, std::string_view text, Range<std::uint64_t> allowed, std::uint64_t& value);
void assign_value(std::string_view name, std::string_view text, Range<float> allowed, float& value);
void assign_value(std::string_view name, std::string_view text, Range<double> allowed, double& value);
void assign_value(std::string_view name, std::string_view text, Range<float> allowed, std::vector<float>& value);
void assign_value(std::string_view name, std::string_view text, NoRange, bool& value);
void assign_value(std::string_view name, std::string_view text, NoRange, std::string& value);

void check_value(std::string_view name, Range<int> allowed, int value);
void check_value(std::string_view name, Range<std::uint64_t> allowed, std::uint64_t value);
void check_value(std::string_view name, Range<float> allowed, float value);
void check_value(std::string_view name, Range<double> allowed, double value);
void check_value(std::string_view name, Range<float> allowed, const std::vector<float>& value);
inline void check_value(std::string_view, NoRange, bool) {}
inline void check_value(std::string_view, NoRange, const std::string&) {}

std::string value_text(int value);
std::string value_text(std::uint64_t value);
std::string value_text(float value);
std::string value_text(double value);
std::string value_text(bool value);
std::string value_text(const std::string& value);
std::string value_text(const std::vector<float>& value);

std::string range_text(Range<int> allowed);
std::string range_text(Range<std::uint64_t> allowed);
std::string range_text(Range<float> allowed);
std::string range_text(Range<double> allowed);
inline std::string range_text(NoRange) {
  return {};
}

template <class Value>
std::vector<std::string> choices_of() {
  std::vector<std::string> words;
  if constexpr (std::is_enum_v<Value>) {
    for (const auto& [value, word] : EnumNames<Value>::names) words.emplace_back(word);
  }
  return words;
}

template <class Enum>
  requires std::is_enum_v<Enum>
void assign_value(std::string_view name, std::string_view text, NoRange, Enum& value) {
  for (const auto& [candidate, word] : EnumNames<Enum>::names) {
    if (word == text) {
      value = candidate;
      return;
    }
  }
  throw_unknown_choice(name, text, choices_of<Enum>());
}
template <class Enum>
  requires std::is_enum_v<Enum>
void check_value(std::string_view name, NoRange, Enum value) {
  for (const auto& [candidate, word] : EnumNames<Enum>::names) {
    if (candidate == value) return;
  }
  throw_unknown_choice(name, std::to_string(static_cast<long long>(value)), choices_of<Enum>());
}
template <class Enum>
  requires std::is_enum_v<Enum>
std::string value_text(Enum value) {
  for (const auto& [candidate, word] : EnumNames<Enum>::names) {
    if (candidate == value) return std::string(word);
  }
  return "?";
}

template <class Value>
constexpr OptionKind kind_of() {
  if constexpr (std::is_same_v<Value, bool>) {
    return OptionKind::flag;
  } else if constexpr (std::is_enum_v<Value>) {
    return OptionKind::choice;
  } else if constexpr (std::is_integral_v<Value>) {
    return OptionKind::whole_number;
  } else if constexpr (std::is_floating_point_v<Value>) {
    return OptionKind::number;
  } else if constexpr (std::is_same_v<Value, std::vector<float>>) {
    return OptionKind::number_list;
  } else {
    return OptionKind::text;
  }
}

}  // namespace detail

/// Throws InvalidOption for the first value outside its range, NaN included.
template <class Options>
void validate(const Options& options) {
  std::apply(
      [&](const auto&... field) { (detail::check_value(field.name, field.allowed, options.*(field.member)), ...); },
      Options::fields());
}

/// The values as they stand, for a run record.
template <class Options>
std::vector<OptionValue> option_values(const Options& options) {
  std::vector<OptionValue> values;
  std::apply(
      [&](const auto&... field) {
        (values.push_back({std::string(field.name),
                           detail::kind_of<std::remove_cvref_t<decltype(options.*(field.member))>>(),
                           detail::value_text(options.*(field.member))}),
         ...);
      },
      Options::fields());
  return values;
}

/// The table bound to `options`, which must outlive what is returned.
template <class Options>
std::vector<Option> bind_options(Options& options) {
  std::vector<Option> bound;
  const auto bind = [&](const auto& field) {
    auto& value = options.*(field.member);
    using Value = std::remove_reference_t<decltype(value)>;
    bound.push_back({std::string(field.name), detail::kind_of<Value>(), std::string(field.help),
                     std::string(field.source), detail::range_text(field.allowed), detail::choices_of<Value>(),
                     detail::value_text(value),
                     [&value, name = field.name, allowed = field.allowed](std::string_view text) {
                       detail::assign_value(name, text, allowed, value);
                     },
                     [&value] { return detail::value_text(value); }});
  };
  std::apply([&](const auto&... field) { (bind(field), ...); }, Options::fields());
  return bound;
}

}  // namespace adjoin
