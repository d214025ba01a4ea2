// Which labelled nodes a model is trained on, chosen by and judged by: drawn, or as a benchmark's file has them.
#pragma once

#include <string>
#include <tuple>

#include <adjoin/algorithms/evaluate/split_nodes.hpp>
#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::cli {

struct NodePartOptions {
  std::string split;
  int split_column = 1;
  int per_class = 0;
  double validation = 0.2;
  double test = 0.2;
  int round = 0;

  static constexpr auto fields() {
    using O = NodePartOptions;
    return std::tuple{
        option_field(
            "split", &O::split,
            "a file that says who is in which part: .json with lists train, val and test, as Planetoid's; or a "
            "line a node with a letter for each split, T, V, E or -, as Geom-GCN's, where line i is of node i "
            "from 0 on; or a table with such letters and names, as adjoin classify --splits writes it"),
        option_field("split-column", &O::split_column, {1, 1'000'000}, "which of the splits of such a file"),
        option_field("per-class", &O::per_class, {0, 1'000'000'000},
                     "nodes of each class to train on; 0: all that are in no other part"),
        option_field("validation", &O::validation, {0.0, 1.0}, "share of the labelled nodes to choose the epoch by"),
        option_field("test", &O::test, {0.0, 1.0}, "share of the labelled nodes to judge by"),
        option_field("round", &O::round, {0, 1'000'000}, "which of the independent draws of parts")};
  }
};

/// Parts of the labelled nodes. Says in a line how many nodes of a file's parts have no label and are left out.
/// InvalidOption and InvalidData as split_nodes and split_nodes_per_class; ParseError for a file that is not as it
/// should be; InvalidOption for options that mean nothing where a file says it.
NodeSplit node_parts(Session& session, const NodePartOptions& options, const NodeIndex& nodes,
                     const NodeLabels& labels);

}  // namespace adjoin::cli
