// Vectors as text, a line a node: word2vec ("name v1 v2 ...", after a line "n d") and tab-separated values.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::detail {

struct NamedRows {
  Matrix values;
  std::vector<std::string> names;
};

/// The first line of word2vec's formats, "n d".
struct Word2vecShape {
  std::size_t rows = 0;
  std::size_t columns = 0;
};
std::string word2vec_header(MatrixView<const float> values);
Word2vecShape parse_word2vec_header(const std::filesystem::path& path, std::string_view line);

/// Numbers are written in the fewest digits that read back to the same float. separator: ' ' or '\t'.
void write_vector_lines(RunContext& context, OutputFile& file, MatrixView<const float> values, const NodeIndex& nodes,
                        char separator);

/// path: for messages. with_counts: the first line is "n d" and is checked against what follows.
NamedRows read_vector_lines(RunContext& context, const std::filesystem::path& path, std::string_view text,
                            char separator, bool with_counts);

}  // namespace adjoin::detail
