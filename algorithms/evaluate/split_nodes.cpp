#include <algorithm>

#include <adjoin/algorithms/evaluate/split_draw.hpp>
#include <adjoin/algorithms/evaluate/split_nodes.hpp>

namespace adjoin {

NodeSplit split_nodes(RunContext& context, const NodeIndex& names, std::span<const NodeId> nodes, SplitShares shares,
                      std::uint32_t round) {
  detail::check_shares(shares);
  struct Item {
    NodeId node;
    std::uint64_t number;
  };
  std::vector<Item> items;
  items.reserve(nodes.size());
  for (const NodeId node : nodes) {
    items.push_back({node, detail::split_number(context.seed(), names.name_hash(node), round)});
  }
  const std::size_t test = detail::part_of(shares.test, items.size());
  const std::size_t validation = std::min(detail::part_of(shares.validation, items.size()), items.size() - test);
  detail::order_parts(items, test, validation, [](const Item& a, const Item& b) { return a.node < b.node; });
  NodeSplit split;
  for (std::size_t i = 0; i < items.size(); ++i) {
    (i < test ? split.test : i < test + validation ? split.validation : split.training).push_back(items[i].node);
  }
  return split;
}

}  // namespace adjoin
