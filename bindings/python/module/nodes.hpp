// Names of nodes, as graphs and embeddings share them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <adjoin/bindings/python/module/parts.hpp>
#include <adjoin/engine/graph/node_index.hpp>

namespace adjoin::python {

struct Nodes {
  std::shared_ptr<const NodeIndex> index;
};

/// A name as Python has it, and back. Bytes that are not UTF-8 are kept the way file names are ("surrogateescape").
nb::str python_name(const std::string& name);
std::string name_from_python(const nb::handle& name);

/// Node i has names[i]. InvalidData for a name that is there twice.
Nodes nodes_in_order(const std::vector<std::string>& names);

/// The ids of names: a list of strings and whole numbers. InvalidData, with the nearest name, for one that is none.
std::vector<NodeId> find_nodes(const NodeIndex& nodes, const nb::handle& names);

}  // namespace adjoin::python
