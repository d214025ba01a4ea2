// Nodes as users name them on the command line.
#pragma once

#include <string>
#include <vector>

#include <adjoin/engine/graph/node_index.hpp>

namespace adjoin::cli {

/// The whole text as one name, if it is one, as names may have commas; else its parts between them.
std::vector<std::string> names_in(const std::string& text, const NodeIndex& nodes);

/// InvalidData: the file whose nodes are `names` has none of this name; it says which may have been meant.
[[noreturn]] void refuse_node(const std::string& name, const std::vector<std::string>& names, const std::string& file);

/// The node of that name. InvalidData, which says what may have been meant, if `file`, where the nodes come from, has
/// none of this name.
NodeId find_node(const std::string& name, const NodeIndex& nodes, const std::string& file);

}  // namespace adjoin::cli
