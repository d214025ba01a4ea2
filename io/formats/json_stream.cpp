#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/json_stream.hpp>

namespace adjoin::detail {
namespace {

constexpr int deepest_nesting = 100;

FilePosition position_of(const std::filesystem::path& path, std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte > 0 ? byte - 1 : 0, text.size()));
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return {path, count_character(before, '\n') + 1, before.size() - line_begin + 1};
}

}  // namespace

bool has_key(std::string_view text, std::initializer_list<std::string_view> keys) noexcept {
  constexpr std::size_t looked_at = 1 << 20;
  constexpr std::string_view blanks = " \t\r\n";
  text = text.substr(0, looked_at);
  if (const std::size_t first = text.find_first_not_of(blanks); first == text.npos || text[first] != '{') return false;
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c != '"') continue;
    const std::size_t begin = at + 1;
    for (at = begin; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\') ++at;
    }
    if (at >= text.size()) return false;
    const std::size_t after = text.find_first_not_of(blanks, at + 1);
    const bool key = depth == 1 && after != text.npos && text[after] == ':';
    if (key && std::ranges::find(keys, text.substr(begin, at - begin)) != keys.end()) return true;
  }
  return false;
}

void JsonStream::read(RunContext& context, const std::filesystem::path& path, std::string_view text) const {
  std::string section;
  std::string key;
  std::size_t items = 0;
  const auto on_event = [&](int depth, Json::parse_event_t event, Json& value) {
    using Event = Json::parse_event_t;
    if (depth > deepest_nesting) {
      throw ParseError({path, 0, 0}, fmt::format("values nested more than {} deep", deepest_nesting), "fewer");
    }
    if (event == Event::key && depth == 1) {
      section = value.get<std::string>();
      key.clear();
      return true;
    }
    if (event == Event::key && depth == 2) key = value.get<std::string>();
    const bool whole = event == Event::value || event == Event::object_end || event == Event::array_end;
    if (!whole) return true;
    if (depth == 2) {
      constexpr std::size_t items_between_looks = 1 << 12;
      if (++items % items_between_looks == 0) context.check_cancelled();
      return on_item(section, key, value);
    }
    if (depth == 1) on_section(section, value);
    return true;
  };
  try {
    const Json root = Json::parse(text.begin(), text.end(), on_event);
    if (!root.is_object()) throw ParseError({path, 1, 1}, "JSON that is no object", "an object: { ... }");
  } catch (const Json::parse_error& failure) {
    throw ParseError(position_of(path, text, failure.byte), "text that is not JSON",
                     fmt::format("a JSON object ({})", failure.what()));
  } catch (const Json::out_of_range& failure) {
    throw ParseError({path, 0, 0}, fmt::format("a number out of range ({})", failure.what()),
                     "numbers that 64 bits can hold");
  }
}

std::string kind_of(const Json& value) {
  return value.type_name();
}

std::string name_in_json(const std::filesystem::path& path, const std::string& where, const Json& value) {
  if (value.is_number_integer()) return value.dump();
  if (!value.is_string()) {
    throw ParseError({path, 0, 0}, fmt::format("{} of kind {}", where, kind_of(value)), "a string or a whole number");
  }
  std::string name = value.get<std::string>();
  if (name.empty() || has_control_character(name)) {
    throw ParseError({path, 0, 0}, fmt::format("{} {}", where, quote_for_message(name)), "a name in plain text");
  }
  return name;
}

std::string time_in_json(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  if (value.is_number_float()) return format_number(value.get<double>());
  return {};
}

std::string metadata_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string name_as_json(const std::filesystem::path& path, const std::string& name) {
  if (!is_utf8(name)) {
    throw InvalidData(
        fmt::format("{}: the node name {} is not UTF-8, which JSON holds nothing else than; write a store "
                    "(.adjoin) instead",
                    path.string(), quote_for_message(name)));
  }
  return Json(name).dump();
}

std::string metadata_as_json(const std::map<std::string, std::string>& metadata) {
  return Json(metadata).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace adjoin::detail
