// Nodes to learn from, to choose by and to judge by. A node's part is a function of the seed and its name.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Shares of what is split; the rest is the training part. Each at least 0, together below 1 (InvalidOption otherwise).
struct SplitShares {
  double validation = 0.1;
  double test = 0.1;
};

struct NodeSplit {
  std::vector<NodeId> training;  // each part in the order of ids
  std::vector<NodeId> validation;
  std::vector<NodeId> test;
};

/// Puts round(share * nodes) of `nodes` into each part, at random. nodes: distinct ids of `index`. `round` numbers
/// independent splits under one seed. O(n log n).
NodeSplit split_nodes(RunContext& context, const NodeIndex& names, std::span<const NodeId> nodes, SplitShares shares,
                      std::uint32_t round = 0);

/// As many nodes of each class to train on, of the rest round(share * labelled nodes) in the other two parts, and some
/// perhaps in none: what papers on few labels do (Yang, Cohen, Salakhutdinov 2016, section 5.1). labels: row v lists
/// the classes of node v, one or none. A smaller training part lies within a larger one. `round` as above.
/// InvalidData if a node has several classes or a class has fewer nodes; InvalidOption for shares as above, or if too
/// few nodes are left for them. O(n log n).
NodeSplit split_nodes_per_class(RunContext& context, const NodeIndex& names, const CsrView& labels,
                                std::size_t per_class, SplitShares shares, std::uint32_t round = 0);

}  // namespace adjoin
