// Embeddings as files: NumPy .npy with a file of names beside it, word2vec's text and binary formats, and tab-separated
// values; each packed by gzip or zstd if its name ends in .gz or .zst.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// npy: little-endian float32 .npy, version 1.0, C order, and NAME.names.txt, one name a line.
/// npy_bf16: the same in bfloat16, half as large, of the type <V2 as which ml_dtypes saves it:
/// numpy.load(FILE).view(ml_dtypes.bfloat16).
/// word2vec: a line "n d", then "name v1 ... vd" a node (names with white space are refused).
/// word2vec_binary: the same line, then "name " and d little-endian float32 a node.
/// tsv: "name<TAB>v1<TAB>...<TAB>vd" a node, no header.
enum class EmbeddingFormat : std::uint8_t { automatic, npy, npy_bf16, word2vec, word2vec_binary, tsv };
template <>
struct EnumNames<EmbeddingFormat> {
  static constexpr std::array<std::pair<EmbeddingFormat, std::string_view>, 6> names{
      {{EmbeddingFormat::automatic, "auto"},
       {EmbeddingFormat::npy, "npy"},
       {EmbeddingFormat::npy_bf16, "npy-bf16"},
       {EmbeddingFormat::word2vec, "word2vec"},
       {EmbeddingFormat::word2vec_binary, "word2vec-binary"},
       {EmbeddingFormat::tsv, "tsv"}}};
};

/// `automatic` by suffix: .npy, .txt/.w2v/.vec (word2vec), .bin (word2vec_binary), .tsv; InvalidOption for another,
/// naming these. Standard output, "-", gets tsv, and cannot get npy, whose names need a second file.
EmbeddingFormat embedding_format(EmbeddingFormat wish, const std::filesystem::path& path);

/// Every file that write_embedding would make for this target, the embedding itself first: for standard output nothing
/// else.
std::vector<std::filesystem::path> embedding_files(const std::filesystem::path& path, EmbeddingFormat format);

/// Throws what write_embedding would throw for a place that cannot be written, before the work is done.
void check_writable(const std::filesystem::path& path);

/// Writes rows with the names of their nodes, and the record (JSON) beside them as PATH.run.json; all appear together
/// or not at all. rows of `values` = nodes.size(). Stage: "write".
void write_embedding(RunContext& context, const std::filesystem::path& path, EmbeddingFormat format,
                     MatrixView<const float> values, const NodeIndex& nodes, std::string_view record_json);

struct EmbeddingFile {
  Matrix values;                   // n x d
  std::vector<std::string> names;  // of the n rows; "0" .. "n-1" where an .npy has no names file
  EmbeddingFormat format = EmbeddingFormat::npy;
};

/// Reads what write_embedding writes (any .npy of float32, float64 or bfloat16, two-dimensional, in either order).
/// ParseError with the place; a NaN or infinite value is an error that names the node. Packed files and "-", standard
/// input, as in read_dataset; what comes without a suffix is told by its content. Stage: "read".
EmbeddingFile read_embedding(RunContext& context, const std::filesystem::path& path);

}  // namespace adjoin
