// Nodes to learn from, to choose by and to judge by. A node's part is a function of the seed and its name.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

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

}  // namespace adjoin
