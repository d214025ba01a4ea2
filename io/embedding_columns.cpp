#include <array>

#include <fmt/format.h>

#include <adjoin/engine/dense/bf16.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/io/embedding_columns.hpp>
#include <adjoin/io/embedding_file.hpp>
#include <adjoin/io/names_file.hpp>
#include <adjoin/io/npy.hpp>

namespace adjoin {

void check_embedding_columns(const std::filesystem::path& path, EmbeddingFormat format) {
  const EmbeddingFormat chosen = embedding_format(format, path);
  if (path.extension() == ".npy" && (chosen == EmbeddingFormat::npy || chosen == EmbeddingFormat::npy_bf16)) return;
  throw InvalidOption(
      fmt::format("{}: an embedding that is made in blocks of columns can be written as .npy only", path.string()));
}

EmbeddingColumns::EmbeddingColumns(const std::filesystem::path& path, EmbeddingFormat format, std::size_t rows,
                                   std::size_t columns)
    : rounded_(format == EmbeddingFormat::npy_bf16) {
  check_embedding_columns(path, format);
  for (const auto& file : embedding_files(path, EmbeddingFormat::npy)) files_.emplace_back(file);
  files_.front().write(detail::npy_header(rounded_ ? detail::bf16_type : "<f4", std::array{rows, columns}, true));
}

void EmbeddingColumns::write(RunContext& context, MatrixView<const float> columns) {
  constexpr std::size_t rows_per_chunk = 1 << 14;
  Array<float> column(rounded_ ? 0 : columns.rows());
  Array<Bf16> rounded(rounded_ ? columns.rows() : 0);
  for (std::size_t j = 0; j < columns.columns(); ++j) {
    context.check_cancelled();
    context.threads().for_chunks(columns.rows(), rows_per_chunk, [&](Chunk rows) {
      for (std::size_t i = rows.begin; i < rows.end; ++i) {
        if (rounded_) {
          rounded[i] = to_bf16(columns(i, j));
        } else {
          column[i] = columns(i, j);
        }
      }
    });
    files_.front().write(rounded_ ? std::as_bytes(rounded.span()) : std::as_bytes(column.span()));
  }
}

void EmbeddingColumns::finish(const NodeIndex& nodes, std::string_view record_json) {
  detail::write_names(files_[1], nodes);
  files_.back().write(record_json);
  files_.back().write("\n");
  commit_together(files_);
}

}  // namespace adjoin
