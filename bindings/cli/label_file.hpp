// Labels of nodes as several commands read them, and those of the rows of an embedding.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/io/embedding_file.hpp>
#include <adjoin/io/node_table.hpp>

namespace adjoin::cli {

/// Reads the labels of the dataset's nodes, which has none so far, and says in a line each what was left out.
/// InvalidData if the file holds none.
NodeLabels read_labels_and_tell(Session& session, const std::string& path, UnknownNodes unknown, Dataset& data);

/// Whose labels are not of this embedding's nodes, and what is done with them.
struct RowLabelOptions {
  UnknownNodes unknown_nodes = UnknownNodes::error;

  static constexpr auto fields() {
    return std::tuple{option_field("unknown-nodes", &RowLabelOptions::unknown_nodes,
                                   "labels of nodes that have no vector: drop them, or refuse the file; they cannot be "
                                   "added")};
  }
};

/// An embedding whose rows are known by name: id i of `nodes` is row i.
struct NamedRows {
  Matrix values;
  std::shared_ptr<const NodeIndex> nodes;
};
NamedRows read_named_rows(Session& session, const std::string& path);

/// Which labels each row has, by the names of both. Says in a line how many rows have none.
NodeLabels read_row_labels(Session& session, const std::string& path, const RowLabelOptions& options,
                           const NamedRows& rows);

}  // namespace adjoin::cli
