// The binary format of word2vec: a line "n d", then for each node its name, a space and d little-endian floats.
// Format: word2vec.c of Mikolov et al. 2013, which ends each vector with a line end; others leave it out.
#pragma once

#include <filesystem>
#include <string_view>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/io/output_file.hpp>
#include <adjoin/io/vector_text.hpp>

namespace adjoin::detail {

void write_word2vec_binary(RunContext& context, OutputFile& file, MatrixView<const float> values,
                           const NodeIndex& nodes);

/// path: for messages. ParseError that counts vectors from 1.
NamedRows read_word2vec_binary(RunContext& context, const std::filesystem::path& path, std::string_view bytes);

}  // namespace adjoin::detail
