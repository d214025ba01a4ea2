#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/formats/registry.hpp>

namespace adjoin::detail {
namespace {

/// Calls with every suffix of the format.
template <class Visit>
void for_suffixes(const Format& format, const Visit& visit) {
  for (std::string_view rest = format.suffixes; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    visit(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

/// The format with the longest suffix that the name ends in.
const Format* by_suffix(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  const Format* found = nullptr;
  std::size_t longest = 0;
  for (const Format* const format : formats()) {
    for_suffixes(*format, [&](std::string_view suffix) {
      if (suffix.size() <= longest || !name.ends_with(suffix)) return;
      found = format;
      longest = suffix.size();
    });
  }
  return found;
}

}  // namespace

std::span<const Format* const> formats() {
  static constexpr std::array all{&store_format, &matrix_market_format, &graphml_format,
                                  &hif_format,   &xgi_format,           &npz_format,
                                  &npy_format,   &jodie_format,         &hyperedge_list_format,
                                  &metis_format, &simplices_format,     &edge_list_format};
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
  return format != nullptr ? *format : edge_list_format;
}

const Format& format_of_output(const std::filesystem::path& path, FileFormat wish) {
  const Format* format = path == "-" ? &edge_list_format : by_suffix(without_compression(path));
  for (const Format* const other : formats()) {
    if (other->id == wish) format = other;
  }
  if (format == &store_format && compression_of(path) != Compression::none) {
    throw InvalidOption(fmt::format("{}: a store is mapped as it lies in the file, so it is not packed; leave out {}",
                                    path.string(), path.extension().string()));
  }
  if (path == "-" && format->several_files) {
    throw InvalidOption(fmt::format("a {} is several files, which standard output is not; write files", format->name));
  }
  if (wish != FileFormat::automatic && format->writes == Holds::nothing) {
    throw InvalidOption(fmt::format("adjoin reads a {} and does not write one", format->name));
  }
  if (format != nullptr && format->write != nullptr) return *format;
  std::string known;
  for (const Format* const other : formats()) {
    if (other->write == nullptr) continue;
    known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", other->suffixes, other->name);
  }
  throw InvalidOption(
      fmt::format("{}: the suffix says no format that adjoin writes; it writes {}", path.string(), known));
}

SimplexView simplices_to_write(const Dataset& dataset, const std::filesystem::path& path, const Format& format) {
  if (dataset.simplices) return dataset.simplices->view();
  throw InvalidData(
      fmt::format("{}: there are no simplices to write, and a {} holds nothing else", path.string(), format.name));
}

GraphView graph_to_write(const Dataset& dataset, const std::filesystem::path& path, const Format& format) {
  if (dataset.graph) return dataset.graph->view();
  throw InvalidData(
      fmt::format("{}: there is no graph to write, and a {} holds nothing else", path.string(), format.name));
}

}  // namespace adjoin::detail
