// What a file format is to the rest of adjoin: a row of one table. A new format is one .cpp file and one row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/input_file.hpp>

namespace adjoin::detail {

/// What a format can hold. A format that holds edges holds events where there is no graph.
enum class Holds : std::uint8_t { nothing, edges, edges_or_events, events, simplices, everything };

struct Format {
  FileFormat id = FileFormat::automatic;
  std::string_view name;      // "edge list", for people
  std::string_view suffixes;  // ".tsv .txt": for writing, and for reading what content does not tell; ends of names

  /// Whether a file is of this format, by its first bytes; nullptr where only the suffix tells.
  bool (*recognizes)(std::string_view bytes) = nullptr;
  DatasetFile (*read)(RunContext& context, InputFile& file, const ReadOptions& read,
                      const BuildOptions& build) = nullptr;
  /// Peak bytes of read beyond the process as it stands, by the first bytes and the size of the unpacked file.
  std::uint64_t (*estimate)(const std::filesystem::path& path, std::string_view bytes, const ReadOptions& read,
                            const BuildOptions& build) = nullptr;
  Holds writes = Holds::nothing;  // nothing where adjoin only reads the format
  void (*write)(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) = nullptr;
  bool several_files = false;  // always; a matrix whose rows have names has these in a second file only then
};

extern const Format edge_list_format;
extern const Format graphml_format;
extern const Format hif_format;
extern const Format hyperedge_list_format;
extern const Format jodie_format;
extern const Format matrix_market_format;
extern const Format metis_format;
extern const Format npy_format;
extern const Format npz_format;
extern const Format simplices_format;
extern const Format store_format;
extern const Format xgi_format;

/// What read_graph takes of a store: the graph and nothing else.
DatasetFile read_graph_of_store(RunContext& context, const std::filesystem::path& path);

/// All of them; the last one, the edge list, is what any other text is taken for.
std::span<const Format* const> formats();

/// By what the options say, else by content, else by suffix, else the edge list.
const Format& format_of_input(const std::filesystem::path& path, std::string_view bytes, const ReadOptions& read);
/// As wished, else by suffix; standard output gets an edge list. InvalidOption, with the suffixes there are, if that is
/// no format's, or if the format is not written, or not to standard output.
const Format& format_of_output(const std::filesystem::path& path, FileFormat wish);

/// What a format for one kind of data is to hold of a dataset. InvalidData if it is not there.
SimplexView simplices_to_write(const Dataset& dataset, const std::filesystem::path& path, const Format& format);
GraphView graph_to_write(const Dataset& dataset, const std::filesystem::path& path, const Format& format);

}  // namespace adjoin::detail
