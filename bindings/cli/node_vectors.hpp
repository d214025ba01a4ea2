// An embedding from a file, by the nodes of a graph.
#pragma once

#include <string>

#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/node_index.hpp>

namespace adjoin::cli {

/// Row i is the vector of node i. Says how the file was read, and how many vectors are of nodes that are not there.
/// InvalidData, with the node, if one has none; else as read_embedding.
Matrix read_node_vectors(Session& session, const std::string& path, const NodeIndex& nodes);

}  // namespace adjoin::cli
