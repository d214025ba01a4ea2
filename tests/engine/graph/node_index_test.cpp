#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/hash.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

namespace {

std::vector<std::string> names_of(const NodeIndex& nodes) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < nodes.size(); ++i) names.push_back(nodes.name(node_id(i)));
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("whole numbers are ordered by value and other names by their bytes") {
  CHECK(names_of(NodeIndex::from_names({"10", "9", "100", "9"})) == Names{"9", "10", "100"});
  CHECK(names_of(NodeIndex::from_names({"10", "9", "x"})) == Names{"10", "9", "x"});
  CHECK(names_of(NodeIndex::from_names({"7", "007"})) == Names{"007", "7"});
  CHECK(names_of(NodeIndex::from_names({"-1", "0"})) == Names{"-1", "0"});
  CHECK(names_of(NodeIndex::from_names({"2", "0", "1"})) == Names{"0", "1", "2"});
  CHECK(names_of(NodeIndex::from_names({"18446744073709551615", "0"})) == Names{"0", "18446744073709551615"});
  CHECK(names_of(NodeIndex::from_names({"18446744073709551616", "2"})) == Names{"18446744073709551616", "2"});
  CHECK(names_of(NodeIndex::from_names({"Zürich", "Aarau", ""})) == Names{"", "Aarau", "Zürich"});
  CHECK(NodeIndex::from_names({}).size() == 0);
}

TEST_CASE("every name is found under its id, hashed by its spelling, and no other name is found") {
  for (const Names& names : {Names{"0", "1", "2"}, Names{"5", "70", "123456789012"}, Names{"a", "b", "0"}}) {
    const NodeIndex nodes = NodeIndex::from_names(names);
    for (const std::string& name : names) {
      const auto found = nodes.find(name);
      REQUIRE(found);
      CHECK(nodes.name(*found) == name);
      CHECK(nodes.name_hash(*found) == hash_name(name));
    }
    for (const char* absent : {"3", "00", "05", "-1", " 0", "c", "", "99999999999999999999"}) {
      CHECK_FALSE(nodes.find(absent).has_value());
    }
  }
}

TEST_CASE("indexed edges keep their names, for dense, scattered, wide and text names") {
  CHECK(rc::check([] {
    const auto kind = *rc::gen::inRange(0, 4);
    const auto count = *rc::gen::inRange<std::size_t>(1, 200);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const std::vector<Edge> drawn = test::random_edges(40, count, seed);
    const auto spell = [&](NodeId node) -> std::uint64_t {
      const std::uint64_t i = index(node);
      return kind == 0 ? i : kind == 1 ? i * 107'374'181 % 4'294'967'291 : i * 0x9e3779b97f4a7c15;
    };
    RunContext context;
    IndexedEdges indexed;
    std::vector<std::pair<std::string, std::string>> expected;
    std::vector<std::string> storage;
    if (kind <= 1) {
      Array<NamedEdge<std::uint32_t>> edges(count);
      for (std::size_t e = 0; e < count; ++e) {
        edges[e] = {static_cast<std::uint32_t>(spell(drawn[e].source)),
                    static_cast<std::uint32_t>(spell(drawn[e].target))};
        expected.emplace_back(std::to_string(edges[e].source), std::to_string(edges[e].target));
      }
      indexed = index_nodes(context, std::move(edges));
    } else if (kind == 2) {
      Array<NamedEdge<std::uint64_t>> edges(count);
      for (std::size_t e = 0; e < count; ++e) {
        edges[e] = {spell(drawn[e].source), spell(drawn[e].target)};
        expected.emplace_back(std::to_string(edges[e].source), std::to_string(edges[e].target));
      }
      indexed = index_nodes(context, std::move(edges));
    } else {
      for (const Edge& edge : drawn) {
        expected.emplace_back("node " + std::to_string(spell(edge.source)),
                              "node " + std::to_string(spell(edge.target)));
      }
      Array<NamedEdge<std::string_view>> edges(count);
      for (std::size_t e = 0; e < count; ++e) edges[e] = {expected[e].first, expected[e].second};
      indexed = index_nodes(context, std::move(edges));
    }
    std::set<std::string> distinct;
    for (std::size_t e = 0; e < count; ++e) {
      RC_ASSERT(indexed.nodes.name(indexed.edges[e].source) == expected[e].first);
      RC_ASSERT(indexed.nodes.name(indexed.edges[e].target) == expected[e].second);
      distinct.insert({expected[e].first, expected[e].second});
    }
    RC_ASSERT(indexed.nodes.size() == distinct.size());
    RC_ASSERT(names_of(indexed.nodes) == names_of(NodeIndex::from_names({distinct.begin(), distinct.end()})));
  }));
}
