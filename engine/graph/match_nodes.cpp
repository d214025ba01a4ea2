#include <adjoin/engine/graph/match_nodes.hpp>

namespace adjoin {
namespace {

/// Whether node i's name is a whole number that rises with i.
bool rises_by_number(const NodeIndex& nodes) {
  return nodes.name_offsets().empty() && nodes.places().empty();
}

std::uint64_t number_of(const NodeIndex& nodes, std::size_t i) {
  return nodes.numbers().empty() ? i : nodes.numbers()[i];
}

}  // namespace

Array<NodeId> match_nodes(RunContext& context, const NodeIndex& nodes, const NodeIndex& among) {
  Array<NodeId> found(nodes.size());
  if (rises_by_number(nodes) && rises_by_number(among)) {
    std::size_t other = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::uint64_t number = number_of(nodes, i);
      while (other < among.size() && number_of(among, other) < number) ++other;
      found[i] = other < among.size() && number_of(among, other) == number ? node_id(other) : no_node;
    }
    return found;
  }
  constexpr std::size_t nodes_per_chunk = 1 << 12;
  context.threads().for_chunks(nodes.size(), nodes_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      found[i] = among.find(nodes.name(node_id(i))).value_or(no_node);
    }
  });
  return found;
}

}  // namespace adjoin
