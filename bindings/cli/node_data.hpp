// A graph with what is known of its nodes, as commands that train and apply models read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <adjoin/algorithms/gnn/prepared_features.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/node_table.hpp>

namespace adjoin::cli {

struct NodeDataOptions {
  NodeFileOptions files;
  ReadOptions read;
  BuildOptions build;
};

struct NodeData {
  Dataset data;  // with a graph
  ReadReport read;
  BuildReport build;

  GraphView graph() const { return data.graph->view(); }
  /// 0 where nothing is known of the nodes.
  std::size_t feature_width() const;
  /// The features made ready; nothing where there are none. `this` outlives it.
  std::optional<gnn::PreparedFeatures> prepared(RunContext& context, gnn::FeatureRows rows) const;
  /// A hash of names, edges, features and labels.
  std::uint64_t hash() const;
};

/// Reads the graph and the files of nodes that are named, and says in a line each how, and what was left out. Of events
/// and simplices, the graph is what as_graph makes of them. Errors: as read_dataset and read_node_files.
NodeData read_node_data(Session& session, const std::string& path, const NodeDataOptions& options);

/// A hash of the names in the order of the ids.
std::uint64_t hash_of_names(const NodeIndex& nodes);

/// One hash of several.
std::uint64_t combined_hash(const std::vector<std::uint64_t>& hashes);

}  // namespace adjoin::cli
