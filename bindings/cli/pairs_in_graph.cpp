#include <optional>

#include <fmt/format.h>

#include <adjoin/bindings/cli/pairs_in_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {

std::vector<Edge> pairs_in_graph(const PairTable& table, const NodeIndex& nodes) {
  std::vector<std::optional<NodeId>> ids(table.nodes.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = nodes.find(table.nodes.name(node_id(i)));
  std::vector<Edge> pairs;
  pairs.reserve(table.pairs.size());
  for (std::size_t row = 0; row < table.pairs.size(); ++row) {
    const auto [source, target] = table.pairs[row];
    for (const NodeId node : {source, target}) {
      if (ids[index(node)]) continue;
      throw ParseError({table.path, table.lines[row], 1},
                       fmt::format("the node {}", quote_for_message(table.nodes.name(node))), "nodes of the graph");
    }
    if (source == target) {
      throw ParseError({table.path, table.lines[row], 1},
                       fmt::format("the node {} with itself", quote_for_message(table.nodes.name(source))),
                       "pairs of two nodes");
    }
    pairs.push_back({*ids[index(source)], *ids[index(target)]});
  }
  return pairs;
}

}  // namespace adjoin::cli
