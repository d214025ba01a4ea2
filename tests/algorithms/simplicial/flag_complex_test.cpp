// Golden values: cliques of the karate club by NetworkX 3.6.1 (enumerate_all_cliques), of a complete graph binomials.
#include <adjoin/algorithms/simplicial/flag_complex.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "simplicial_support.hpp"

using namespace adjoin;

namespace {

Graph graph_of(std::size_t nodes, const std::vector<Edge>& edges) {
  RunContext context = test::with_threads(1);
  return build_graph(context, test::to_array(edges), {}, NodeIndex::range(nodes), {}).graph;
}

Graph complete_graph(std::size_t nodes) {
  std::vector<Edge> edges;
  for (std::size_t u = 0; u < nodes; ++u) {
    for (std::size_t v = 0; v < u; ++v) edges.push_back({node_id(v), node_id(u)});
  }
  return graph_of(nodes, edges);
}

FlagComplex complex_of(const Graph& graph, int max_size, int threads = 1) {
  RunContext context = test::with_threads(threads);
  return flag_complex(context, graph, {.max_size = max_size});
}

CliqueCounts counts_of(const Graph& graph, int max_size, int threads = 1) {
  RunContext context = test::with_threads(threads);
  return count_cliques(context, graph, {.max_size = max_size});
}

std::vector<std::vector<std::size_t>> listed(const SimplexLog& log) {
  std::vector<std::vector<std::size_t>> simplices;
  const SimplexView view = log.view();
  for (std::size_t i = 0; i < view.size(); ++i) {
    simplices.emplace_back();
    for (const NodeId node : view.simplex(i)) simplices.back().push_back(index(node));
  }
  return simplices;
}

/// Every set of nodes tried, by size and then in order.
std::vector<std::vector<std::size_t>> slow_cliques(std::size_t nodes,
                                                   const std::set<std::pair<std::size_t, std::size_t>>& joined,
                                                   std::size_t max_size) {
  std::vector<std::vector<std::size_t>> cliques;
  for (std::size_t set = 1; set < std::size_t{1} << nodes; ++set) {
    std::vector<std::size_t> members;
    for (std::size_t v = 0; v < nodes; ++v) {
      if ((set >> v & 1) != 0) members.push_back(v);
    }
    bool all = members.size() <= max_size;
    for (const std::size_t u : members) {
      for (const std::size_t v : members) all = all && (u >= v || joined.contains({u, v}));
    }
    if (all) cliques.push_back(members);
  }
  return cliques;
}

}  // namespace

TEST_CASE("the flag complex of drawn graphs has every set of joined nodes once, by size") {
  CHECK(rc::check([] {
    const auto nodes = *rc::gen::inRange<std::size_t>(1, 11);
    const auto wanted = *rc::gen::inRange<std::size_t>(0, 46);
    std::set<std::pair<std::size_t, std::size_t>> joined;
    std::vector<Edge> edges;
    for (std::size_t k = 0; k < wanted; ++k) {
      const auto u = *rc::gen::inRange<std::size_t>(0, nodes);
      const auto v = *rc::gen::inRange<std::size_t>(0, nodes);
      edges.push_back({node_id(u), node_id(v)});
      joined.insert(std::minmax(u, v));
    }
    const auto max_size = *rc::gen::inRange<int>(1, 12);
    const Graph graph = graph_of(nodes, edges);
    auto expected = slow_cliques(nodes, joined, static_cast<std::size_t>(max_size));
    const FlagComplex complex = complex_of(graph, max_size);
    auto found = listed(complex.simplices);
    RC_ASSERT(std::ranges::is_sorted(found, {}, [](const auto& clique) { return clique.size(); }));
    CliqueCounts counts;
    for (const auto& clique : found) {
      counts.resize(std::max(counts.size(), clique.size()), 0);
      ++counts[clique.size() - 1];
    }
    RC_ASSERT(complex.counts == counts);
    RC_ASSERT(counts_of(graph, max_size) == counts);
    std::ranges::sort(found);
    std::ranges::sort(expected);
    RC_ASSERT(found == expected);
  }));
}

TEST_CASE(
    "a complete graph has as many cliques of each size as there are choices, also in more than one word of bits") {
  CHECK(counts_of(complete_graph(10), 100) == CliqueCounts{10, 45, 120, 210, 252, 210, 120, 45, 10, 1});
  CHECK(counts_of(complete_graph(130), 4) == CliqueCounts{130, 8385, 357'760, 11'358'880});
  CHECK(complex_of(complete_graph(70), 3).counts == CliqueCounts{70, 2415, 54'740});
}

TEST_CASE("the karate club has the cliques that NetworkX finds") {
  RunContext context;
  const Graph graph = read_graph(context, test::repository() / "data/karate/edges.txt", {}, {}).graph;
  CHECK(counts_of(graph, 10) == CliqueCounts{34, 78, 45, 11, 2});
  CHECK(counts_of(graph, 2) == CliqueCounts{34, 78});
  CHECK(counts_of(graph, 1) == CliqueCounts{34});
}

TEST_CASE("isolated nodes and self-loops make simplices of one node, and no nodes make none") {
  const std::vector<Edge> edges{{node_id(0), node_id(1)}, {node_id(2), node_id(2)}};
  RunContext context;
  const Graph graph =
      build_graph(context, test::to_array(edges), {}, NodeIndex::range(4), {.self_loops = SelfLoops::keep}).graph;
  CHECK(complex_of(graph, 3).counts == CliqueCounts{4, 1});
  const FlagComplex none = complex_of(graph_of(0, {}), 3);
  CHECK(none.counts.empty());
  CHECK(none.simplices.size() == 0);
}

TEST_CASE("the flag complex is the same for 1, 2, 3 and 8 threads") {
  const Graph graph = graph_of(600, test::random_edges(600, 18'000, 3));
  const FlagComplex first = complex_of(graph, 5);
  CHECK(first.counts.size() == 5);
  const auto simplices = listed(first.simplices);
  for (const int threads : {2, 3, 8}) CHECK(listed(complex_of(graph, 5, threads).simplices) == simplices);
}

TEST_CASE("a flag complex takes the memory that is estimated, and not half as much") {
  if (!test::memory_is_as_asked) return;
  const Graph large = complete_graph(220);
  const std::uint64_t before = resident_bytes();
  restart_recent_peak();
  const FlagComplex complex = complex_of(large, 4, 2);  // 95 million bytes of triangles and sets of four
  const std::uint64_t estimate = estimate_count_cliques_memory(large, 2) + flag_complex_bytes(complex.counts);
  const std::uint64_t taken = recent_peak_bytes() - before;
  CHECK(taken <= estimate + estimate / 10);
  CHECK(2 * taken >= estimate);
}

TEST_CASE("what has no cliques or too many is refused, and a search that is asked to stop throws Cancelled") {
  RunContext context;
  const Graph directed = build_graph(context, test::to_array(std::vector<Edge>{{node_id(0), node_id(1)}}), {},
                                     NodeIndex::range(2), {.directed = true})
                             .graph;
  CHECK_THROWS_AS(count_cliques(context, directed), InvalidData);
  const Graph graph = complete_graph(64);
  CHECK_THROWS_AS(count_cliques(context, graph, {.max_size = 0}), InvalidOption);
  RunSettings settings;
  settings.memory_budget = resident_bytes() + (std::uint64_t{64} << 20);
  RunContext small(settings);
  CHECK_THROWS_AS(flag_complex(small, graph, {.max_size = 6}), BudgetExceeded);
  std::stop_source stop;
  RunSettings stopping;
  stopping.stop = stop.get_token();
  stopping.on_progress = [&](const Progress& progress) {
    if (progress.stage == "store cliques") stop.request_stop();
  };
  RunContext stopped(stopping);
  CHECK_THROWS_AS(flag_complex(stopped, graph, {.max_size = 3}), Cancelled);
}
