// What a method may learn from, what it is chosen by and what it is judged by: disjoint parts of nodes or of edges.
//
// A node's part is a function of the seed and its name, an edge's of the seed and the names of its ends: neither the
// order of the input nor the numbering of nodes changes it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/options.hpp>
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

struct EdgeSplitOptions {
  double validation = 0.1;
  double test = 0.1;
  bool keep_connected = false;
  int round = 0;

  static constexpr auto fields() {
    using O = EdgeSplitOptions;
    return std::tuple{
        option_field("validation", &O::validation, {0.0, 1.0}, "share of the edges held out to choose by"),
        option_field("test", &O::test, {0.0, 1.0}, "share of the edges held out to judge by"),
        option_field("keep-connected", &O::keep_connected,
                     "hold out no edge of a spanning forest drawn at random, so that the training graph has the "
                     "components of the whole one"),
        option_field("round", &O::round, {0, 1'000'000}, "which of the independent splits that one seed gives")};
  }
};

struct EdgeSplit {
  Graph training;  // every node, the edges that are not held out, with their weights; self-loops stay here
  std::vector<Edge> validation;
  std::vector<Edge> test;
  std::vector<Edge> validation_negatives;  // as many as validation
  std::vector<Edge> test_negatives;        // as many as test
};

/// Holds out pairs of nodes at random: round(share * pairs) for each part, a pair being two nodes with an edge between
/// them. All edges of a pair are held out together, so that of a directed graph no held-out edge has its reverse in the
/// training graph; an edge of `validation` or `test` stands for its pair, the smaller id first.
/// Negatives are distinct pairs without an edge in either direction in the whole graph, drawn uniformly; no pair is a
/// negative twice, in either part.
/// Cost.    O(m log m) time; peak: 24 bytes a pair and the training graph, built anew.
/// Errors.  InvalidOption; InvalidData if a part would be empty though its share is not 0, if no edge is left to train
///          on, if keep_connected leaves too few edges to hold out, or if the graph has too few pairs without an edge.
EdgeSplit split_edges(RunContext& context, GraphView graph, const EdgeSplitOptions& options);

/// Peak bytes of split_edges beyond the graph it is given.
std::uint64_t estimate_edge_split_memory(GraphView graph, const EdgeSplitOptions& options);

}  // namespace adjoin
