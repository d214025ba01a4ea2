// Reading a graph from a file, whatever its format: the one door for commands and programs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <adjoin/engine/graph/graph_builder.hpp>

namespace adjoin {

enum class Separator : std::uint8_t { automatic, space, tab, comma, semicolon };
enum class Header : std::uint8_t { automatic, yes, no };

template <>
struct EnumNames<Separator> {
  static constexpr std::array<std::pair<Separator, std::string_view>, 5> names{{{Separator::automatic, "auto"},
                                                                                {Separator::space, "space"},
                                                                                {Separator::tab, "tab"},
                                                                                {Separator::comma, "comma"},
                                                                                {Separator::semicolon, "semicolon"}}};
};
template <>
struct EnumNames<Header> {
  static constexpr std::array<std::pair<Header, std::string_view>, 3> names{
      {{Header::automatic, "auto"}, {Header::yes, "yes"}, {Header::no, "no"}}};
};

/// How a text file is to be read; what is left at its default is found by looking at the file.
struct ReadOptions {
  Separator separator = Separator::automatic;
  Header header = Header::automatic;
  std::string weight_column = "auto";

  static constexpr auto fields() {
    return std::tuple{
        option_field("separator", &ReadOptions::separator,
                     "what stands between columns (space: any run of white space)"),
        option_field("header", &ReadOptions::header, "whether the first line names the columns"),
        option_field(
            "weight-column", &ReadOptions::weight_column,
            "the column of edge weights: its name, its number (from 1), none, or auto (a column named weight, or "
            "the third of three numeric columns)")};
  }
};

/// What reading found and inferred.
struct ReadReport {
  std::string format;  // "edge list"
  Separator separator = Separator::space;
  bool header = false;
  int columns = 0;
  int weight_column = 0;        // from 1; 0: none
  std::string ignored_because;  // why a third column is not taken for weights
  bool numeric_names = false;   // every node name is a whole number
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  std::uint64_t comment_lines = 0;
  std::uint64_t blank_lines = 0;

  /// "edge list, tab-separated, no header, 2 columns, whole-number node names": said once to the user.
  std::string sentence() const;
};

struct GraphFile {
  Graph graph;
  ReadReport read;
  BuildReport build;
};

/// Reads a graph. ParseError with line and column for the first thing that is not as it should be, IoError if the file
/// cannot be read (or is a directory), BudgetExceeded before memory is taken. Stages: "read", "index", "build".
GraphFile read_graph(RunContext& context, const std::filesystem::path& path, const ReadOptions& read,
                     const BuildOptions& build);

/// Peak bytes of read_graph on this file, from its size and its first mebibyte.
std::uint64_t estimate_read_memory(const std::filesystem::path& path, const ReadOptions& read,
                                   const BuildOptions& build);

/// Writes the graph as an edge list: a comment line with counts, then "source<TAB>target[<TAB>weight]", an undirected
/// edge once, in the order of ids.
void write_edge_list(RunContext& context, GraphView graph, const std::filesystem::path& path);

}  // namespace adjoin
