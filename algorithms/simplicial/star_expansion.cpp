#include <algorithm>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/star_expansion.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {

Graph star_expansion(RunContext& context, const Incidence& incidence) {
  const CsrView simplices_of = incidence.simplices_of.view();
  const CsrView nodes_of = incidence.nodes_of.view();
  const std::size_t n = simplices_of.row_count();
  const std::size_t all = n + nodes_of.row_count();
  if (all >= std::numeric_limits<std::uint32_t>::max()) {
    throw InvalidData(fmt::format("{} nodes and {} simplices are more than the 2^32 - 2 nodes that a graph may have", n,
                                  nodes_of.row_count()));
  }
  context.require_memory(resident_bytes() + estimate_star_expansion_memory(incidence), "raise --memory");
  const std::size_t entries = simplices_of.nonzero_count();
  Csr adjacency{all, Array<EdgeOffset>(all + 1), Array<NodeId>(2 * entries), {}};
  for (std::size_t v = 0; v <= n; ++v) adjacency.offsets[v] = simplices_of.offsets[v];
  for (std::size_t s = 0; s <= nodes_of.row_count(); ++s) {
    adjacency.offsets[n + s] = edge_offset(entries + index(nodes_of.offsets[s]));
  }
  std::ranges::transform(simplices_of.targets, adjacency.targets.begin(),
                         [&](NodeId simplex) { return node_id(n + index(simplex)); });
  std::ranges::copy(nodes_of.targets, adjacency.targets.begin() + entries);
  return detail::graph_of_valid(std::move(adjacency), std::make_shared<const NodeIndex>(NodeIndex::range(all)), false,
                                entries);
}

std::uint64_t estimate_star_expansion_memory(const Incidence& incidence) noexcept {
  const std::uint64_t all = incidence.node_count() + incidence.simplex_count();
  return all * sizeof(EdgeOffset) + 2 * incidence.nodes_of.targets.size() * sizeof(NodeId);
}

}  // namespace adjoin
