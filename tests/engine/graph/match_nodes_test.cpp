#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/graph/match_nodes.hpp>

using namespace adjoin;

namespace {

/// The slow, obviously right way.
void check_match(const NodeIndex& nodes, const NodeIndex& among) {
  RunContext context;
  const Array<NodeId> found = match_nodes(context, nodes, among);
  REQUIRE(found.size() == nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    CHECK(found[i] == among.find(nodes.name(node_id(i))).value_or(no_node));
  }
}

}  // namespace

TEST_CASE("nodes are matched by name, however either index keeps its names") {
  std::vector<NodeIndex> indexes;
  indexes.push_back(NodeIndex{});
  indexes.push_back(NodeIndex::range(7));
  indexes.push_back(NodeIndex::range(12));
  indexes.push_back(NodeIndex::from_names({"3", "5", "18446744073709551615", "40"}));
  indexes.push_back(NodeIndex::from_names({"5", "ann", "b", "3"}));
  indexes.push_back(NodeIndex::from_names({"ann", "zoe", "05"}));
  const std::vector<NodeId> places{node_id(2), node_id(0), node_id(1), node_id(3)};
  indexes.push_back(NodeIndex::from_names({"3", "5", "9", "40"}).reordered(places));
  for (const NodeIndex& nodes : indexes) {
    for (const NodeIndex& among : indexes) check_match(nodes, among);
  }
}
