// A link model as a file describes it: how it is made again, and what it is applied to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <adjoin/algorithms/gnn/link_network.hpp>
#include <adjoin/bindings/cli/model_file.hpp>
#include <adjoin/engine/graph/node_index.hpp>

namespace adjoin::cli {

/// Makes the network that the file describes and reads its parameters. feature_width: of the nodes of the graph that it
/// is for; 0 for none. InvalidData if it is not a link model, or if the graph has other features, or other nodes where
/// vectors of nodes were learned.
gnn::LinkNetwork read_link_model(const ModelFile& file, const NodeIndex& nodes, std::size_t feature_width);

/// What read_link_model looks at beside the options.
std::map<std::string, std::uint64_t> link_model_sizes(const NodeIndex& nodes, std::size_t feature_width);

}  // namespace adjoin::cli
