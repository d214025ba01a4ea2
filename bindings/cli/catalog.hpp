// The public graphs that `adjoin fetch` knows: where they are, how they are read and what they should hold. The list is
// data/catalog.json, compiled into the command so that an installed one has it; data/README.md says what its keys mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/io/node_table.hpp>
#include <adjoin/io/read_options.hpp>

namespace adjoin::cli {

/// What a file is for. `beside`: a file that the format of the graph looks for itself, beside the first.
enum class CatalogRole : std::uint8_t { graph, nodes, labels, features, beside };

struct CatalogFile {
  std::string address;  // https://, http:// or file://
  std::string name;     // the last part of the address
  CatalogRole role = CatalogRole::graph;
  std::string sha256;       // 64 hexadecimal digits; empty: nobody is sure of it
  std::uint64_t bytes = 0;  // 0: not known
};

struct CatalogGraph {
  std::string name;
  std::string title;
  std::string task;
  std::string terms;
  std::string citation;
  std::string page;  // where it is published
  std::vector<CatalogFile> files;
  ReadOptions read;
  BuildOptions build;
  NodeFileOptions nodes;                                      // its files are left empty: `files` names them
  std::vector<std::pair<std::string, std::uint64_t>> counts;  // nodes, edges, events, simplices, labels, features
};

std::string_view name_of(CatalogRole role);

/// The graphs of the catalog at `path`; of the one compiled in if it is empty. InvalidData that names the graph and the
/// key for the first thing that is not as it should be, IoError if the file cannot be read.
std::vector<CatalogGraph> load_catalog(const std::string& path);

}  // namespace adjoin::cli
