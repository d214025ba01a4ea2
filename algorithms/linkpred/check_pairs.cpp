#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/check_pairs.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::detail {
namespace {

template <class Name>
void check(std::size_t nodes, std::string_view whose, std::span<const Edge> pairs, Name&& name) {
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto [source, target] = pairs[i];
    if (index(source) >= nodes || index(target) >= nodes) {
      throw InvalidData(fmt::format("pair {} has the node ids {} and {}, but {} ids are those below {}", i + 1,
                                    index(source), index(target), whose, nodes));
    }
    if (source != target) continue;
    throw InvalidData(fmt::format("pair {} is node {} with itself; give pairs of two nodes", i + 1, name(source)));
  }
}

}  // namespace

void check_pairs(GraphView graph, std::span<const Edge> pairs) {
  check(graph.node_count(), "the graph's", pairs, [&](NodeId node) { return graph.nodes().name(node); });
}

void check_pairs(std::size_t rows, std::string_view rows_of, std::span<const Edge> pairs) {
  check(rows, fmt::format("the {}'", rows_of), pairs, [](NodeId node) { return index(node); });
}

}  // namespace adjoin::detail
