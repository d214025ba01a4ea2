// How a graph file is to be read, and what reading it found.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <adjoin/engine/runtime/options.hpp>

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

/// What a file holds; automatic: found by looking at its first bytes, then by its suffix.
enum class FileFormat : std::uint8_t {
  automatic,
  edge_list,
  jodie,
  matrix_market,
  metis,
  graphml,
  npz,
  npy,
  simplices,
  hyperedge_list,
  hif,
  xgi,
  store
};

template <>
struct EnumNames<FileFormat> {
  static constexpr std::array<std::pair<FileFormat, std::string_view>, 13> names{
      {{FileFormat::automatic, "auto"},
       {FileFormat::edge_list, "edge-list"},
       {FileFormat::jodie, "jodie"},
       {FileFormat::matrix_market, "matrix-market"},
       {FileFormat::metis, "metis"},
       {FileFormat::graphml, "graphml"},
       {FileFormat::npz, "npz"},
       {FileFormat::npy, "npy"},
       {FileFormat::simplices, "simplices"},
       {FileFormat::hyperedge_list, "hyperedge-list"},
       {FileFormat::hif, "hif"},
       {FileFormat::xgi, "xgi"},
       {FileFormat::store, "store"}}};
};

/// How a file is to be read; what is left at its default is found by looking at the file.
struct ReadOptions {
  FileFormat format = FileFormat::automatic;
  Separator separator = Separator::automatic;
  Header header = Header::automatic;
  std::string source_column = "auto";
  std::string target_column = "auto";
  std::string weight_column = "auto";
  std::string time_column = "auto";
  std::string type_column = "none";
  bool bipartite = false;

  static constexpr auto fields() {
    return std::tuple{
        option_field("input-format", &ReadOptions::format,
                     "what the file is: auto looks at its content, then at its suffix"),
        option_field("separator", &ReadOptions::separator,
                     "what stands between columns (space: any run of white space)"),
        option_field("header", &ReadOptions::header, "whether the first line names the columns"),
        option_field("source-column", &ReadOptions::source_column,
                     "the column of source nodes: its name, its number (from 1), or auto (a column named source, src, "
                     "from, u, user, ..., or the first)"),
        option_field("target-column", &ReadOptions::target_column,
                     "the column of target nodes, as above; auto: target, dst, to, v, item, ..., or the second"),
        option_field(
            "weight-column", &ReadOptions::weight_column,
            "the column of edge weights: its name, its number (from 1), none, or auto (a column named weight, or "
            "the third of three numeric columns)"),
        option_field(
            "time-column", &ReadOptions::time_column,
            "the column of times, which makes every line an event: its name, its number, none, or auto (a "
            "column named time or timestamp, or whole numbers of the size of seconds since 1970). In a list of "
            "hyperedges: first, last, none or auto (after a tab)"),
        option_field("type-column", &ReadOptions::type_column,
                     "the column of the edges' types, such as follows or likes: its name, its number, or none"),
        option_field("bipartite", &ReadOptions::bipartite,
                     "sources and targets are nodes of two kinds, so that the same name is two nodes: u7 and i7")};
  }
};

/// What reading found and inferred.
struct ReadReport {
  std::string format;       // "edge list"
  std::string compression;  // "gzip", "zstd", or empty
  std::string details;      // what a format other than an edge list has to say
  Separator separator = Separator::space;
  bool header = false;
  int columns = 0;
  int source_column = 1;  // from 1
  int target_column = 2;
  int weight_column = 0;  // 0: none
  int time_column = 0;
  int type_column = 0;
  std::string remark;          // what the user may want to overrule
  bool numeric_names = false;  // every node name is a whole number
  std::uint64_t bytes = 0;     // after decompression
  std::uint64_t lines = 0;
  std::uint64_t comment_lines = 0;
  std::uint64_t blank_lines = 0;

  /// "edge list, tab-separated, no header, 2 columns, whole-number node names": said once to the user.
  std::string sentence() const;
};

}  // namespace adjoin
