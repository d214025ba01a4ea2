// An embedding that is written before all of it exists: column by column.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/io/embedding_file.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin {

/// Writes an .npy of float32 or bfloat16 in Fortran order, in which a column's values stand together, with the same
/// files beside it as write_embedding. The files appear with finish() or not at all.
class EmbeddingColumns {
 public:
  /// InvalidOption unless the file is a plain .npy; IoError if it cannot be written.
  EmbeddingColumns(const std::filesystem::path& path, EmbeddingFormat format, std::size_t rows, std::size_t columns);

  /// The next columns, all rows of them. IoError(while_running).
  void write(RunContext& context, MatrixView<const float> columns);
  void finish(const NodeIndex& nodes, std::string_view record_json);

 private:
  bool rounded_;
  std::vector<OutputFile> files_;
};

/// Throws what the constructor would, before there is anything to write.
void check_embedding_columns(const std::filesystem::path& path, EmbeddingFormat format);

}  // namespace adjoin
