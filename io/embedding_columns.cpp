#include <array>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/io/embedding_columns.hpp>
#include <adjoin/io/embedding_file.hpp>
#include <adjoin/io/names_file.hpp>
#include <adjoin/io/npy.hpp>

namespace adjoin {

void check_embedding_columns(const std::filesystem::path& path) {
  if (path.extension() == ".npy") return;
  throw InvalidOption(
      fmt::format("{}: an embedding that is made in blocks of columns can be written as .npy only", path.string()));
}

EmbeddingColumns::EmbeddingColumns(const std::filesystem::path& path, std::size_t rows, std::size_t columns) {
  check_embedding_columns(path);
  for (const auto& file : embedding_files(path, EmbeddingFormat::npy)) files_.emplace_back(file);
  files_.front().write(detail::npy_header("<f4", std::array{rows, columns}, true));
}

void EmbeddingColumns::write(RunContext& context, MatrixView<const float> columns) {
  constexpr std::size_t rows_per_chunk = 1 << 14;
  Array<float> column(columns.rows());
  for (std::size_t j = 0; j < columns.columns(); ++j) {
    context.check_cancelled();
    context.threads().for_chunks(columns.rows(), rows_per_chunk, [&](Chunk rows) {
      for (std::size_t i = rows.begin; i < rows.end; ++i) column[i] = columns(i, j);
    });
    files_.front().write(std::as_bytes(column.span()));
  }
}

void EmbeddingColumns::finish(const NodeIndex& nodes, std::string_view record_json) {
  detail::write_names(files_[1], nodes);
  files_.back().write(record_json);
  files_.back().write("\n");
  commit_together(files_);
}

}  // namespace adjoin
