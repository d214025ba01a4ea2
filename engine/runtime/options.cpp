#include <limits>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::detail {
namespace {

[[noreturn]] void throw_not_a(std::string_view what, std::string_view name, std::string_view text) {
  throw InvalidOption(fmt::format("{} = {} is not {}", name, quote_for_message(text), what));
}

template <class Number>
void check_number(std::string_view name, Range<Number> allowed, Number value) {
  if (value >= allowed.min && value <= allowed.max) return;  // written so that NaN fails
  throw InvalidOption(fmt::format("{} = {} is outside {}", name, value_text(value), range_text(allowed)));
}

template <class Number>
void assign_float(std::string_view name, std::string_view text, Range<Number> allowed, Number& value) {
  const auto parsed = parse_number(text);
  if (!parsed) throw_not_a("a number", name, text);
  const auto number = static_cast<Number>(*parsed);
  check_number(name, allowed, number);
  value = number;
}

template <class Number>
std::string bounds(Range<Number> allowed) {
  const bool no_lower = allowed.min == std::numeric_limits<Number>::lowest();
  const bool no_upper = allowed.max == std::numeric_limits<Number>::max();
  if (no_lower && no_upper) return "any finite number";
  if (no_upper) return fmt::format("{} or more", value_text(allowed.min));
  if (no_lower) return fmt::format("{} or less", value_text(allowed.max));
  return fmt::format("{} to {}", value_text(allowed.min), value_text(allowed.max));
}

}  // namespace

void throw_unknown_choice(std::string_view name, std::string_view text, const std::vector<std::string>& choices) {
  const auto meant = nearest_word(text, choices);
  throw InvalidOption(fmt::format("{} = {} is not one of {}{}", name, quote_for_message(text), fmt::join(choices, ", "),
                                  meant ? fmt::format("; did you mean {}?", *meant) : ""));
}

void check_value(std::string_view name, Range<int> allowed, int value) {
  check_number(name, allowed, value);
}
void check_value(std::string_view name, Range<std::uint64_t> allowed, std::uint64_t value) {
  check_number(name, allowed, value);
}
void check_value(std::string_view name, Range<float> allowed, float value) {
  check_number(name, allowed, value);
}
void check_value(std::string_view name, Range<double> allowed, double value) {
  check_number(name, allowed, value);
}
void check_value(std::string_view name, Range<float> allowed, const std::vector<float>& value) {
  for (const float number : value) check_number(name, allowed, number);
}

void assign_value(std::string_view name, std::string_view text, Range<int> allowed, int& value) {
  const auto parsed = parse_integer(text);
  if (!parsed) throw_not_a("a whole number", name, text);
  if (*parsed < allowed.min || *parsed > allowed.max) {
    throw InvalidOption(fmt::format("{} = {} is outside {}", name, *parsed, range_text(allowed)));
  }
  value = static_cast<int>(*parsed);
}
void assign_value(std::string_view name, std::string_view text, Range<std::uint64_t> allowed, std::uint64_t& value) {
  const auto parsed = parse_unsigned(text);
  if (!parsed) throw_not_a("a whole number of 0 or more that fits 64 bits", name, text);
  check_number(name, allowed, *parsed);
  value = *parsed;
}
void assign_value(std::string_view name, std::string_view text, Range<float> allowed, float& value) {
  assign_float(name, text, allowed, value);
}
void assign_value(std::string_view name, std::string_view text, Range<double> allowed, double& value) {
  assign_float(name, text, allowed, value);
}
void assign_value(std::string_view name, std::string_view text, Range<float> allowed, std::vector<float>& value) {
  std::vector<float> numbers;
  for (std::string_view rest = text; !text.empty();) {
    const auto comma = rest.find(',');
    float number = 0;
    assign_float(name, rest.substr(0, comma), allowed, number);
    numbers.push_back(number);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  value = std::move(numbers);
}
void assign_value(std::string_view name, std::string_view text, NoRange, bool& value) {
  if (text == "true") {
    value = true;
  } else if (text == "false") {
    value = false;
  } else {
    throw_not_a("true or false", name, text);
  }
}
void assign_value(std::string_view, std::string_view text, NoRange, std::string& value) {
  value = text;
}

std::string value_text(int value) {
  return fmt::format("{}", value);
}
std::string value_text(std::uint64_t value) {
  return fmt::format("{}", value);
}
std::string value_text(float value) {
  return format_number(value);
}
std::string value_text(double value) {
  return format_number(value);
}
std::string value_text(bool value) {
  return value ? "true" : "false";
}
std::string value_text(const std::string& value) {
  return value;
}
std::string value_text(const std::vector<float>& value) {
  std::string text;
  for (const float number : value) {
    if (!text.empty()) text += ',';
    text += format_number(number);
  }
  return text;
}

std::string range_text(Range<int> allowed) {
  return bounds(allowed);
}
std::string range_text(Range<std::uint64_t> allowed) {
  if (allowed.min == 0 && allowed.max == std::numeric_limits<std::uint64_t>::max()) return "0 or more";
  return bounds(allowed);
}
std::string range_text(Range<float> allowed) {
  return bounds(allowed);
}
std::string range_text(Range<double> allowed) {
  return bounds(allowed);
}

}  // namespace adjoin::detail
