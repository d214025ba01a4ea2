// Reading and writing graphs and what goes with them, whatever the format: the one door for commands and programs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/io/read_options.hpp>
#include <adjoin/io/write_options.hpp>

namespace adjoin {

struct DatasetFile {
  Dataset data;
  ReadReport read;
  BuildReport build;
};

/// Reads everything a file holds. "-" is standard input; gzip and zstd are seen by their first bytes and unpacked.
/// ParseError with line and column for the first thing that is not as it should be, IoError if the file cannot be read
/// (or is a directory), BudgetExceeded before memory is taken. Stages: "unpack" where it is, and the format's own.
DatasetFile read_dataset(RunContext& context, const std::filesystem::path& path, const ReadOptions& read,
                         const BuildOptions& build);

struct GraphFile {
  Graph graph;
  ReadReport read;
  BuildReport build;
};

/// Reads a graph: of a store, nothing else that it holds; of events and simplices, what as_graph makes of them.
/// InvalidData if the file holds none of them; else as read_dataset.
GraphFile read_graph(RunContext& context, const std::filesystem::path& path, const ReadOptions& read,
                     const BuildOptions& build);

/// Peak bytes of read_graph on this file, from its size and its first mebibyte. 0 for standard input, which nobody
/// knows.
std::uint64_t estimate_read_memory(const std::filesystem::path& path, const ReadOptions& read,
                                   const BuildOptions& build);

/// Writes what the dataset holds; a format that cannot hold a part leaves it out, and InvalidData says so if nothing is
/// left. InvalidOption for a suffix that is no format's. The file, or files, appear whole or not at all. "-" is
/// standard output, for formats of one file.
void write_dataset(RunContext& context, const Dataset& dataset, const std::filesystem::path& path,
                   const WriteOptions& options = {});

/// What as_graph or as_simplices has to add to the dataset before this format holds anything of it.
enum class Missing : std::uint8_t { nothing, graph, simplices };
Missing missing_for(const Dataset& dataset, const std::filesystem::path& path, const WriteOptions& options = {});

/// The parts of the dataset that write_dataset would leave out for this path: "labels", "features".
std::vector<std::string> parts_left_out(const Dataset& dataset, const std::filesystem::path& path,
                                        const WriteOptions& options = {});

/// Throws what write_dataset would for this path, InvalidOption or IoError, before the work that comes before writing.
void check_dataset_output(const std::filesystem::path& path, const WriteOptions& options = {});

}  // namespace adjoin
