// What is known of nodes beside their edges, read from files of its own: names, labels, features.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_record.hpp>
#include <adjoin/io/read_options.hpp>

namespace adjoin {

/// What becomes of a node that a file of labels, say, names and the edges do not.
enum class UnknownNodes : std::uint8_t { add, drop, error };
template <>
struct EnumNames<UnknownNodes> {
  static constexpr std::array<std::pair<UnknownNodes, std::string_view>, 3> names{
      {{UnknownNodes::add, "add"}, {UnknownNodes::drop, "drop"}, {UnknownNodes::error, "error"}}};
};

struct NodeFileOptions {
  std::string nodes;
  std::string labels;
  std::string features;
  UnknownNodes unknown_nodes = UnknownNodes::add;

  static constexpr auto fields() {
    using O = NodeFileOptions;
    return std::tuple{
        option_field("nodes", &O::nodes,
                     "a table of nodes, one a line: the name first; with a header, a column label or class, a column "
                     "feature (numbers with commas) and columns of numbers, which are features"),
        option_field("labels", &O::labels,
                     "labels of nodes, one a line: the node, then the label; a node may have several; -1 is none"),
        option_field("features", &O::features,
                     "features of nodes: a matrix in .npy, .npz or .mtx with a row for each node, named by "
                     "NAME.names.txt beside it, else by the numbers from 0"),
        option_field("unknown-nodes", &O::unknown_nodes,
                     "nodes that these files name and the edges do not: add them without edges, drop what is said of "
                     "them, or refuse the files")};
  }
};

/// What the files said of nodes, and what was done with it.
struct NodeFileReport {
  std::uint64_t nodes_added = 0;
  std::uint64_t nodes_dropped = 0;
  std::uint64_t lines = 0;

  /// The non-zero counts, as remarks for a run record.
  std::vector<Remark> remarks() const;
};

/// Reads the files that are named into the dataset, in the order nodes, labels, features; an empty name is no file.
/// Files may be packed. ParseError with the place of what is not as it should be, or of a node that is unknown where
/// that is an error; InvalidData for labels or features given twice. Stage: "nodes".
NodeFileReport read_node_files(RunContext& context, const NodeFileOptions& options, Dataset& dataset);

/// Reads a file of labels alone, whose columns are separated in a known way. Else as read_node_files.
NodeFileReport read_label_file(RunContext& context, const std::filesystem::path& path, Separator separator,
                               UnknownNodes unknown, Dataset& dataset);

}  // namespace adjoin
