#include <algorithm>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/compression.hpp>
#include <adjoin/io/mapped_file.hpp>
#include <adjoin/io/names_file.hpp>

namespace adjoin::detail {

std::filesystem::path names_path(const std::filesystem::path& path) {
  return without_compression(path).replace_extension(".names.txt");
}

void write_names(OutputFile& file, const NodeIndex& nodes) {
  constexpr std::size_t block_bytes = 1 << 20;
  std::string text;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    text += nodes.name(node_id(i));
    text += '\n';
    if (text.size() >= block_bytes) {
      file.write(text);
      text.clear();
    }
  }
  file.write(text);
}

std::optional<std::vector<std::string>> read_names(const std::filesystem::path& path, std::size_t rows) {
  const std::filesystem::path names_file = names_path(path);
  if (path == "-" || !std::filesystem::exists(names_file)) return std::nullopt;
  std::vector<std::string> names;
  const MappedFile file(names_file);
  const std::string_view text = file.bytes();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view name = text.substr(at, end - at);
    if (name.ends_with('\r')) name.remove_suffix(1);
    names.emplace_back(name);
    at = end + 1;
  }
  if (names.size() != rows) {
    throw ParseError({names_file, 0, 0}, fmt::format("{} names", names.size()),
                     fmt::format("{}, one for each row of {}", rows, path.string()));
  }
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : names) {
    if (!seen.insert(name).second) {
      throw ParseError({names_file, 0, 0}, fmt::format("the name {} twice", quote_for_message(name)), "each name once");
    }
  }
  return names;
}

bool are_numbered(const NodeIndex& nodes, std::uint64_t first) {
  const std::size_t n = nodes.size();
  if (!nodes.name_offsets().empty() || !nodes.places().empty()) return n == 0;
  const auto numbers = nodes.numbers();
  if (numbers.empty()) return first == 0 || n == 0;
  return numbers.front() == first && numbers.back() == first + n - 1;  // they increase
}

}  // namespace adjoin::detail
