#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/word2vec_binary.hpp>

namespace adjoin::detail {

void write_word2vec_binary(RunContext& context, OutputFile& file, MatrixView<const float> values,
                           const NodeIndex& nodes) {
  constexpr std::size_t block_bytes = std::size_t{1} << 20;
  std::string block = word2vec_header(values);
  for (std::size_t i = 0; i < values.rows(); ++i) {
    block += nodes.name(node_id(i));
    block += ' ';
    block.append(reinterpret_cast<const char*>(values.row(i).data()), values.columns() * sizeof(float));
    block += '\n';
    if (block.size() < block_bytes) continue;
    context.check_cancelled();
    file.write(block);
    block.clear();
  }
  file.write(block);
}

NamedRows read_word2vec_binary(RunContext& context, const std::filesystem::path& path, std::string_view bytes) {
  const std::size_t first_end = std::min(bytes.find('\n'), bytes.size());
  const Word2vecShape shape = parse_word2vec_header(path, bytes.substr(0, std::min<std::size_t>(first_end, 64)));
  std::size_t at = std::min(first_end + 1, bytes.size());
  // A vector takes its values, a space and at least one byte of name, so that a header that lies takes no memory.
  const std::size_t most_values = (bytes.size() - at) / sizeof(float);
  if (shape.columns > most_values || shape.rows > (bytes.size() - at) / (shape.columns * sizeof(float) + 2)) {
    throw ParseError({path, 1, 0}, fmt::format("{} bytes", bytes.size() - at),
                     fmt::format("{} vectors of {} values, as the first line says", shape.rows, shape.columns));
  }
  NamedRows result{Matrix(shape.rows, shape.columns), std::vector<std::string>(shape.rows)};
  const std::size_t vector_bytes = shape.columns * sizeof(float);
  for (std::size_t i = 0; i < shape.rows; ++i) {
    constexpr std::size_t rows_between_checks = 1 << 14;
    if (i % rows_between_checks == 0) context.check_cancelled();
    const auto refuse = [&](const std::string& found, const std::string& expected) {
      throw ParseError({path, 0, 0}, fmt::format("{} in vector {}", found, i + 1), expected);
    };
    while (at < bytes.size() && bytes[at] == '\n') ++at;
    const std::size_t space = bytes.find(' ', at);
    if (space == std::string_view::npos) refuse("no space", "a name and a space before the values");
    const std::string_view name = bytes.substr(at, space - at);
    if (name.empty() || has_control_character(name)) refuse(quote_for_message(name), "the name of a node");
    at = space + 1;
    if (bytes.size() - at < vector_bytes) {
      refuse(fmt::format("{} bytes", bytes.size() - at), fmt::format("{} values of 4 bytes", shape.columns));
    }
    if (vector_bytes > 0) std::memcpy(result.values.row(i).data(), bytes.data() + at, vector_bytes);
    at += vector_bytes;
    result.names[i] = name;
  }
  while (at < bytes.size() && bytes[at] == '\n') ++at;
  if (at < bytes.size()) {
    throw ParseError({path, 0, 0}, fmt::format("{} bytes after the last vector", bytes.size() - at),
                     fmt::format("{} vectors, as the first line says", shape.rows));
  }
  return result;
}

}  // namespace adjoin::detail
