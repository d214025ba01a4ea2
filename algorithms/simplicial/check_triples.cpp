#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/check_triples.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::detail {

void check_triples(std::span<const NodeTriple> triples, std::size_t node_count) {
  for (std::size_t i = 0; i < triples.size(); ++i) {
    const auto [a, b, c] = triples[i];
    for (const NodeId node : {a, b, c}) {
      if (index(node) >= node_count) {
        throw InvalidData(fmt::format("triple {} has node {}, and the graph has {} nodes", i, index(node), node_count));
      }
    }
    if (a == b || b == c || a == c) {
      throw InvalidData(fmt::format("triple {} has a node twice: {}, {}, {}", i, index(a), index(b), index(c)));
    }
  }
}

}  // namespace adjoin::detail
