#include <algorithm>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/split_draw.hpp>
#include <adjoin/algorithms/evaluate/split_nodes.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

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

NodeSplit split_nodes_per_class(RunContext& context, const NodeIndex& names, const CsrView& labels,
                                std::size_t per_class, SplitShares shares, std::uint32_t round) {
  detail::check_shares(shares);
  struct Item {
    std::uint64_t number;
    NodeId node;
    auto operator<=>(const Item&) const = default;
  };
  std::vector<Item> items;
  for (std::size_t v = 0; v < labels.row_count(); ++v) {
    if (labels.row_size(v) > 1) {
      throw InvalidData(
          fmt::format("node {} has {} labels; parts with as many nodes of each class need one label a node",
                      quote_for_message(names.name(node_id(v))), labels.row_size(v)));
    }
    if (labels.row_size(v) == 0) continue;
    items.push_back({detail::split_number(context.seed(), names.name_hash(node_id(v)), round), node_id(v)});
  }
  std::sort(items.begin(), items.end());
  const std::size_t test = detail::part_of(shares.test, items.size());
  const std::size_t validation = detail::part_of(shares.validation, items.size());
  NodeSplit split;
  std::vector<std::size_t> taken(labels.column_count, 0);
  std::vector<NodeId> rest;
  for (std::size_t i = items.size(); i-- > 0;) {  // as split_nodes, which trains on the highest numbers
    std::size_t& of_class = taken[index(labels.row_targets(index(items[i].node)).front())];
    if (of_class == per_class) {
      rest.push_back(items[i].node);
    } else {
      ++of_class;
      split.training.push_back(items[i].node);
    }
  }
  for (std::size_t c = 0; c < taken.size(); ++c) {
    if (taken[c] == per_class) continue;
    throw InvalidData(fmt::format("class {} has {}, fewer than the {} to train on; ask for fewer of each class", c + 1,
                                  counted(taken[c], "node", "nodes"), per_class));
  }
  if (test + validation > rest.size()) {
    throw InvalidOption(
        fmt::format("validation and test would take {} of the {} that training leaves; lower their "
                    "shares",
                    counted(test + validation, "node", "nodes"), rest.size()));
  }
  split.test.assign(rest.end() - static_cast<std::ptrdiff_t>(test), rest.end());
  rest.resize(rest.size() - test);
  split.validation.assign(rest.end() - static_cast<std::ptrdiff_t>(validation), rest.end());
  for (std::vector<NodeId>* const part : {&split.training, &split.validation, &split.test}) std::ranges::sort(*part);
  return split;
}

}  // namespace adjoin
