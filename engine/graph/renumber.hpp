// A dataset whose nodes have other ids: because there are more of them, or because they stand in another order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {

/// What ids follow. name: as NodeIndex has it. degree: falling degree, so that the rows of the nodes that most others
/// are joined to lie together; nodes of one degree by name.
enum class NodeOrder : std::uint8_t { name, degree };
template <>
struct EnumNames<NodeOrder> {
  static constexpr std::array<std::pair<NodeOrder, std::string_view>, 2> names{
      {{NodeOrder::name, "name"}, {NodeOrder::degree, "degree"}}};
};

/// The same data over more nodes: those of the dataset and those named, which are isolated and have neither features
/// nor labels. Ids follow the names.
Dataset with_nodes(RunContext& context, Dataset dataset, const std::vector<std::string>& names);

/// The same data with ids in another order; names stay with their nodes. A degree counts entries of a node's row and
/// column of the graph (a self-loop once), or, where there is no graph, the events or simplices that the node is in.
/// Stage: "order".
Dataset in_order(RunContext& context, Dataset dataset, NodeOrder order);

}  // namespace adjoin
