#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/dense/bf16.hpp>
#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/embedding_file.hpp>
#include <adjoin/io/input_file.hpp>
#include <adjoin/io/names_file.hpp>
#include <adjoin/io/npy.hpp>
#include <adjoin/io/output_file.hpp>
#include <adjoin/io/vector_text.hpp>
#include <adjoin/io/word2vec_binary.hpp>

namespace adjoin {
namespace {

std::filesystem::path with_suffix(std::filesystem::path path, std::string_view suffix) {
  path += suffix;
  return path;
}

void write_values(RunContext& context, OutputFile& file, MatrixView<const float> values) {
  constexpr std::size_t block_rows = 1 << 14;
  for (std::size_t begin = 0; begin < values.rows(); begin += block_rows) {
    context.check_cancelled();
    const std::size_t rows = std::min(block_rows, values.rows() - begin);
    if (values.contiguous()) {
      file.write(std::as_bytes(std::span(values.row(begin).data(), rows * values.columns())));
    } else {
      for (std::size_t i = begin; i < begin + rows; ++i) file.write(std::as_bytes(values.row(i)));
    }
  }
}

/// A row at a time, rounded.
void write_rounded(RunContext& context, OutputFile& file, MatrixView<const float> values) {
  std::vector<Bf16> row(values.columns());
  for (std::size_t i = 0; i < values.rows(); ++i) {
    constexpr std::size_t rows_between_looks = 1 << 12;
    if (i % rows_between_looks == 0) context.check_cancelled();
    std::ranges::transform(values.row(i), row.begin(), to_bf16);
    file.write(std::as_bytes(std::span(row)));
  }
}

/// "0" .. "n-1" where there is no file of names.
std::vector<std::string> names_of_rows(const std::filesystem::path& path, std::size_t rows) {
  if (auto names = detail::read_names(path, rows)) return *std::move(names);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows; ++i) names.push_back(std::to_string(i));
  return names;
}

void check_content(RunContext& context, const std::filesystem::path& path, const EmbeddingFile& file) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : file.names) {
    if (!seen.insert(name).second) {
      throw ParseError({path, 0, 0}, fmt::format("the node {} twice", quote_for_message(name)), "each node once");
    }
  }
  if (const auto bad = first_row_not_finite(context, file.values.view())) {
    throw ParseError(
        {path, 0, 0},
        fmt::format("a value that is not finite in the row of node {}", quote_for_message(file.names[*bad])),
        "finite numbers");
  }
}

void check_names_of_word2vec(const NodeIndex& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::string name = nodes.name(node_id(i));
    if (name.find_first_of(" \t") == std::string::npos) continue;
    throw InvalidData(
        fmt::format("the node name {} has white space in it, which word2vec's formats cannot hold; write "
                    ".npy or .tsv instead",
                    quote_for_message(name)));
  }
}

/// By content where that tells it, else by suffix.
EmbeddingFormat format_of_input(const std::filesystem::path& path, std::string_view bytes) {
  if (bytes.starts_with("\x93NUMPY")) return EmbeddingFormat::npy;
  if (path != "-") return embedding_format(EmbeddingFormat::automatic, path);
  const std::string_view first_line = bytes.substr(0, bytes.find('\n'));
  constexpr std::size_t looked_at = 4096;
  const auto is_no_text = [](char c) { return c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r'; };
  if (std::ranges::any_of(bytes.substr(0, looked_at), is_no_text)) return EmbeddingFormat::word2vec_binary;
  return first_line.find('\t') == std::string_view::npos ? EmbeddingFormat::word2vec : EmbeddingFormat::tsv;
}

bool is_npy(EmbeddingFormat format) {
  return format == EmbeddingFormat::npy || format == EmbeddingFormat::npy_bf16;
}

}  // namespace

EmbeddingFormat embedding_format(EmbeddingFormat wish, const std::filesystem::path& path) {
  if (path == "-" && is_npy(wish)) {
    throw InvalidOption("an .npy file has the names of its rows beside it, which standard output cannot; write a file");
  }
  if (wish != EmbeddingFormat::automatic) return wish;
  if (path == "-") return EmbeddingFormat::tsv;
  const std::string suffix = detail::without_compression(path).extension().string();
  if (suffix == ".npy") return EmbeddingFormat::npy;
  if (suffix == ".txt" || suffix == ".w2v" || suffix == ".vec") return EmbeddingFormat::word2vec;
  if (suffix == ".bin") return EmbeddingFormat::word2vec_binary;
  if (suffix == ".tsv") return EmbeddingFormat::tsv;
  throw InvalidOption(
      fmt::format("{}: the suffix {} is not one of .npy, .txt, .w2v, .vec (word2vec), .bin (word2vec, binary) "
                  "or .tsv; rename the file or give the format",
                  path.string(), suffix.empty() ? "(none)" : suffix));
}

std::vector<std::filesystem::path> embedding_files(const std::filesystem::path& path, EmbeddingFormat format) {
  std::vector<std::filesystem::path> files{path};
  if (path == "-") return files;
  if (is_npy(embedding_format(format, path))) files.push_back(detail::names_path(path));
  files.push_back(with_suffix(path, ".run.json"));
  return files;
}

void check_writable(const std::filesystem::path& path) {
  const OutputFile tried(path);
}

void write_embedding(RunContext& context, const std::filesystem::path& path, EmbeddingFormat format,
                     MatrixView<const float> values, const NodeIndex& nodes, std::string_view record_json) {
  const EmbeddingFormat chosen = embedding_format(format, path);
  context.begin_stage("write", "rows", values.rows());
  std::vector<OutputFile> files;
  for (const auto& file : embedding_files(path, chosen)) files.emplace_back(file);
  switch (chosen) {
    case EmbeddingFormat::automatic:
    case EmbeddingFormat::npy:
      files[0].write(detail::npy_header("<f4", std::array{values.rows(), values.columns()}));
      write_values(context, files[0], values);
      detail::write_names(files[1], nodes);
      break;
    case EmbeddingFormat::npy_bf16:
      files[0].write(detail::npy_header(detail::bf16_type, std::array{values.rows(), values.columns()}));
      write_rounded(context, files[0], values);
      detail::write_names(files[1], nodes);
      break;
    case EmbeddingFormat::word2vec:
      check_names_of_word2vec(nodes);
      files[0].write(detail::word2vec_header(values));
      detail::write_vector_lines(context, files[0], values, nodes, ' ');
      break;
    case EmbeddingFormat::word2vec_binary:
      check_names_of_word2vec(nodes);
      detail::write_word2vec_binary(context, files[0], values, nodes);
      break;
    case EmbeddingFormat::tsv:
      detail::write_vector_lines(context, files[0], values, nodes, '\t');
      break;
  }
  if (files.size() > 1) {
    files.back().write(record_json);
    files.back().write("\n");
  }
  commit_together(files);
  context.end_stage();
}

EmbeddingFile read_embedding(RunContext& context, const std::filesystem::path& path) {
  EmbeddingFile file;
  const detail::InputFile input(context, path);  // says what is wrong with the path before its suffix is judged
  const std::string_view bytes = input.bytes();
  file.format = format_of_input(path, bytes);
  context.require_memory(resident_bytes() + 2 * bytes.size(), "raise --memory");
  context.begin_stage("read", "rows", 1);
  if (file.format == EmbeddingFormat::npy) {
    file.values = detail::read_npy_matrix(context, input.path(), bytes);
    file.names = names_of_rows(path, file.values.rows());
  } else {
    const bool word2vec = file.format == EmbeddingFormat::word2vec;
    detail::NamedRows rows =
        file.format == EmbeddingFormat::word2vec_binary
            ? detail::read_word2vec_binary(context, input.path(), bytes)
            : detail::read_vector_lines(context, input.path(), bytes, word2vec ? ' ' : '\t', word2vec);
    file.values = std::move(rows.values);
    file.names = std::move(rows.names);
  }
  check_content(context, input.path(), file);
  context.add_input(path.string(), fmt::format("embedding, {}, {} of {}", detail::value_text(file.format),
                                               counted(file.values.rows(), "vector", "vectors"),
                                               counted(file.values.columns(), "value", "values")));
  context.end_stage();
  return file;
}

}  // namespace adjoin
