#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/vector_text.hpp>

namespace adjoin::detail {
namespace {

struct TextLine {
  std::string_view text;
  std::size_t number;  // from 1
};

std::vector<TextLine> lines_of(std::string_view text) {
  std::vector<TextLine> lines;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    while (line.ends_with(' ')) line.remove_suffix(1);  // gensim and word2vec end lines with a space
    ++number;
    if (!line.empty()) lines.push_back({line, number});
    at = end + 1;
  }
  return lines;
}

std::size_t count_columns(std::string_view line, char separator) {
  return static_cast<std::size_t>(std::count(line.begin(), line.end(), separator));
}

void parse_row(const std::filesystem::path& path, const TextLine& line, char separator, std::span<float> row,
               std::string& name) {
  const std::size_t name_end = std::min(line.text.find(separator), line.text.size());
  name = line.text.substr(0, name_end);
  std::size_t at = name_end;
  for (std::size_t j = 0; j < row.size(); ++j) {
    if (at >= line.text.size()) {
      throw ParseError({path, line.number, 0}, fmt::format("{} values", j),
                       fmt::format("{} as in the first line", row.size()));
    }
    const std::size_t begin = at + 1;
    const std::size_t end = std::min(line.text.find(separator, begin), line.text.size());
    const auto value = parse_number(line.text.substr(begin, end - begin));
    if (!value) {
      throw ParseError({path, line.number, begin + 1}, quote_for_message(line.text.substr(begin, end - begin)),
                       "a number");
    }
    row[j] = static_cast<float>(*value);
    at = end;
  }
  if (at < line.text.size()) {
    throw ParseError({path, line.number, at + 1}, "more values", fmt::format("{} as in the first line", row.size()));
  }
}

}  // namespace

std::string word2vec_header(MatrixView<const float> values) {
  return fmt::format("{} {}\n", values.rows(), values.columns());
}

Word2vecShape parse_word2vec_header(const std::filesystem::path& path, std::string_view line) {
  while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  const std::size_t space = std::min(line.find(' '), line.size());
  const auto rows = parse_unsigned(line.substr(0, space));
  const auto columns = space < line.size() ? parse_unsigned(line.substr(space + 1)) : std::nullopt;
  if (!rows || !columns) {
    throw ParseError({path, 1, 0}, quote_for_message(line),
                     "the number of nodes and of values, as in word2vec's formats");
  }
  return {static_cast<std::size_t>(*rows), static_cast<std::size_t>(*columns)};
}

void write_vector_lines(RunContext& context, OutputFile& file, MatrixView<const float> values, const NodeIndex& nodes,
                        char separator) {
  constexpr std::size_t rows_per_block = 512;
  constexpr std::size_t blocks_at_once = 64;  // bounds the text that waits to be written
  std::vector<std::string> blocks(blocks_at_once);
  const std::size_t block_total = chunk_count(values.rows(), rows_per_block);
  for (std::size_t first = 0; first < block_total; first += blocks_at_once) {
    const std::size_t count = std::min(blocks_at_once, block_total - first);
    context.for_tasks(
        count,
        [&](std::size_t b) {
          std::string& text = blocks[b];
          text.clear();
          std::array<char, 32> number{};
          const std::size_t begin = (first + b) * rows_per_block;
          for (std::size_t i = begin; i < std::min(values.rows(), begin + rows_per_block); ++i) {
            text += nodes.name(node_id(i));
            for (const float value : values.row(i)) {
              const auto [end, error] = std::to_chars(number.data(), number.data() + number.size(), value);
              text += separator;
              text.append(number.data(), end);
            }
            text += '\n';
          }
        },
        [&](std::size_t) { return std::uint64_t{rows_per_block}; });
    for (std::size_t b = 0; b < count; ++b) file.write(blocks[b]);
  }
}

NamedRows read_vector_lines(RunContext& context, const std::filesystem::path& path, std::string_view text,
                            char separator, bool with_counts) {
  std::vector<TextLine> lines = lines_of(text);
  if (lines.empty()) throw ParseError({path, 0, 0}, "an empty file", "a line for each node");
  std::size_t columns = 0;
  if (with_counts) {
    const Word2vecShape declared = parse_word2vec_header(path, lines.front().text);
    lines.erase(lines.begin());
    if (lines.size() != declared.rows) {
      throw ParseError({path, 0, 0}, fmt::format("{} vectors", lines.size()),
                       fmt::format("{}, as the first line says", declared.rows));
    }
    if (lines.empty()) return {Matrix(0, declared.columns), {}};
    columns = declared.columns;
    if (count_columns(lines.front().text, separator) != columns) {
      throw ParseError({path, lines.front().number, 0},
                       fmt::format("{} values", count_columns(lines.front().text, separator)),
                       fmt::format("{}, as the first line says", columns));
    }
  } else {
    columns = count_columns(lines.front().text, separator);
    if (columns == 0)
      throw ParseError({path, lines.front().number, 0}, "no values", "a name and its values, separated by tabs");
  }
  NamedRows result{Matrix(lines.size(), columns), std::vector<std::string>(lines.size())};
  context.for_chunks(lines.size(), 256, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      parse_row(path, lines[i], separator, result.values.row(i), result.names[i]);
    }
  });
  return result;
}

}  // namespace adjoin::detail
