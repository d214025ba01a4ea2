#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/format.hpp>

namespace adjoin::detail {
namespace {

bool has_suffix(const Format& format, const std::string& suffix) {
  const std::string padded = fmt::format(" {} ", format.suffixes);
  return !suffix.empty() && padded.find(" " + suffix + " ") != std::string::npos;
}

const Format* by_suffix(const std::filesystem::path& path) {
  for (const Format* const format : formats()) {
    if (has_suffix(*format, path.extension().string())) return format;
  }
  return nullptr;
}

}  // namespace

std::span<const Format* const> formats() {
  static constexpr std::array all{&store_format, &matrix_market_format, &jodie_format, &edge_list_format};
  return all;
}

const Format& format_of_input(const std::filesystem::path& path, std::string_view bytes, const ReadOptions& read) {
  for (const Format* const format : formats()) {
    if (read.format == format->id) return *format;
  }
  for (const Format* const format : formats()) {
    if (format->recognizes != nullptr && format->recognizes(bytes)) return *format;
  }
  const Format* const format = by_suffix(path);
  return format != nullptr && format->recognizes == nullptr ? *format : edge_list_format;
}

const Format& format_of_output(const std::filesystem::path& path) {
  const Format* const format = by_suffix(without_compression(path));
  if (format != nullptr && format->write != nullptr) return *format;
  std::string known;
  for (const Format* const other : formats()) {
    if (other->write != nullptr)
      known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", other->suffixes, other->name);
  }
  throw InvalidOption(
      fmt::format("{}: the suffix says no format that adjoin writes; it writes {}", path.string(), known));
}

GraphView graph_to_write(const Dataset& dataset, const std::filesystem::path& path, const Format& format) {
  if (dataset.graph) return dataset.graph->view();
  throw InvalidData(
      fmt::format("{}: there is no graph to write, and a {} holds nothing else", path.string(), format.name));
}

}  // namespace adjoin::detail
