// A JSON file whose parts are handled one by one as they are read, so that memory does not grow with the file.
#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::detail {

using Json = nlohmann::json;

/// Reads one object, {"section": [item, item], "section": {"key": item, "key": item}, "section": value}.
struct JsonStream {
  /// key: empty in an array. True keeps the item in its section; else it is forgotten.
  std::function<bool(const std::string& section, const std::string& key, const Json& item)> on_item;
  /// After the items of a section: its value with those that were kept.
  std::function<void(const std::string& section, const Json& value)> on_section;

  /// ParseError, with line and column, if the text is no JSON, is no object, or is nested more than 100 deep.
  void read(RunContext& context, const std::filesystem::path& path, std::string_view text) const;
};

/// Whether the text begins an object one of whose own keys, not those of values within, is among these. Only the first
/// MiB is looked at, and keys as they are spelled, without escapes.
bool has_key(std::string_view text, std::initializer_list<std::string_view> keys) noexcept;

/// "object", "array", "string", "number", ...: for messages.
std::string kind_of(const Json& value);

/// A name that may be written as a string or as a whole number. ParseError at `where` ("incidences 3: node") otherwise,
/// or if it is empty or has control characters.
std::string name_in_json(const std::filesystem::path& path, const std::string& where, const Json& value);

/// Text of a number or string, as times are given; nothing for other kinds.
std::string time_in_json(const Json& value);

/// The other way round: as JSON. InvalidData for a name that is not UTF-8, naming the file that is written.
std::string name_as_json(const std::filesystem::path& path, const std::string& name);
std::string metadata_as_json(const std::map<std::string, std::string>& metadata);

/// "key": value as metadata: strings as they are, all else as JSON.
std::string metadata_text(const Json& value);

}  // namespace adjoin::detail
