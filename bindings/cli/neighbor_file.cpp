#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <adjoin/bindings/cli/neighbor_file.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/npy.hpp>

namespace adjoin::cli {
namespace {

constexpr std::size_t rows_per_text = 256;

std::string suffix_of(std::filesystem::path path) {
  if (path.extension() == ".gz" || path.extension() == ".zst") path.replace_extension();
  return path.extension().string();
}

void write_numbers(OutputFile& file, std::span<const NodeId> rows, const NeighborLists& lists) {
  std::vector<std::array<std::int64_t, 2>> pairs;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const Neighbor& neighbor : lists[i]) {
      pairs.push_back({static_cast<std::int64_t>(index(rows[i])), static_cast<std::int64_t>(index(neighbor.node))});
    }
  }
  file.write(std::as_bytes(std::span(pairs)));
}

void write_text(RunContext& context, OutputFile& file, std::span<const NodeId> rows, const NeighborLists& lists,
                const std::vector<std::string>& names) {
  std::vector<std::string> texts(chunk_count(rows.size(), rows_per_text));
  context.threads().for_chunks(rows.size(), rows_per_text, [&](Chunk chunk) {
    std::string& text = texts[chunk.index];
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      for (const Neighbor& neighbor : lists[i]) {
        text += names[index(rows[i])];
        text += '\t';
        text += names[index(neighbor.node)];
        text += '\t';
        text += format_number(neighbor.similarity);
        text += '\n';
      }
    }
  });
  for (const std::string& text : texts) file.write(text);
}

}  // namespace

void check_neighbor_output(const std::filesystem::path& path) {
  const std::string suffix = suffix_of(path);
  if (path == "-" || suffix == ".tsv" || suffix == ".txt" || suffix == ".npy") return;
  throw InvalidOption(
      fmt::format("the suffix {} is not one of .tsv, .txt (names and similarities) and .npy (pairs of rows)",
                  suffix.empty() ? "of the output" : suffix));
}

OutputFile write_neighbors(RunContext& context, const std::filesystem::path& path,
                           const std::vector<std::string>& names, std::size_t list_size, const FindNeighbors& find) {
  OutputFile file(path);
  const bool numbers = suffix_of(path) == ".npy";
  if (numbers) file.write(detail::npy_header("<i8", std::array<std::size_t, 2>{names.size() * list_size, 2}));
  std::vector<NodeId> rows;
  for (std::size_t begin = 0; begin < names.size(); begin += rows_per_neighbor_block) {
    rows.clear();
    for (std::size_t row = begin; row < std::min(names.size(), begin + rows_per_neighbor_block); ++row) {
      rows.push_back(node_id(row));
    }
    const NeighborLists lists = find(rows);
    if (numbers) {
      write_numbers(file, rows, lists);
    } else {
      write_text(context, file, rows, lists, names);
    }
  }
  return file;
}

}  // namespace adjoin::cli
