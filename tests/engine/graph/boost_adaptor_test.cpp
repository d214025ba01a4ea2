// Boost.Graph's own algorithms on the adaptor, against slow twins that know nothing of Boost.
#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include <boost/graph/connected_components.hpp>
#include <boost/graph/core_numbers.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/page_rank.hpp>
#include <boost/graph/strong_components.hpp>
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/graph/boost_adaptor.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/graph/summary.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

namespace {

template <class G>
void check_concepts() {
  BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::IncidenceGraphConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::AdjacencyGraphConcept<G>));
  BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<G, NodeId, boost::vertex_index_t>));
  BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<G, typename G::Edge, boost::edge_weight_t>));
  BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<G, typename G::Edge, boost::edge_index_t>));
}

Graph draw_graph(RunContext& context, bool directed, SelfLoops loops) {
  const auto nodes = *rc::gen::inRange<std::size_t>(1, 40);
  const auto count = *rc::gen::inRange<std::size_t>(0, 120);
  const std::vector<Edge> edges = test::random_edges(nodes, count, *rc::gen::arbitrary<std::uint64_t>());
  std::vector<float> weights;
  if (*rc::gen::arbitrary<bool>()) {
    for (std::size_t e = 0; e < edges.size(); ++e) weights.push_back(static_cast<float>(1 + e % 8) / 4);
  }
  BuildOptions options;
  options.directed = directed;
  options.self_loops = loops;
  return build_graph(context, test::to_array(edges), test::to_array(weights), NodeIndex::range(nodes), options).graph;
}

/// reach[u][v]: there is a way from u to v.
std::vector<std::vector<bool>> reachable(const CsrView& a) {
  const std::size_t n = a.row_count();
  std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
  for (std::size_t u = 0; u < n; ++u) {
    std::vector<std::size_t> open{u};
    reach[u][u] = true;
    while (!open.empty()) {
      const std::size_t v = open.back();
      open.pop_back();
      for (const NodeId w : a.row_targets(v)) {
        if (reach[u][index(w)]) continue;
        reach[u][index(w)] = true;
        open.push_back(index(w));
      }
    }
  }
  return reach;
}

/// The largest k for which a node is in a subgraph whose nodes all have k neighbours there, by taking nodes away.
std::vector<std::size_t> slow_core_numbers(const CsrView& a) {
  const std::size_t n = a.row_count();
  std::vector<std::size_t> core(n, 0);
  for (std::size_t k = 1; k <= n; ++k) {
    std::vector<bool> in(n, true);
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t v = 0; v < n; ++v) {
        if (!in[v]) continue;
        const auto row = a.row_targets(v);
        if (static_cast<std::size_t>(std::ranges::count_if(row, [&](NodeId w) { return in[index(w)]; })) >= k) continue;
        in[v] = false;
        changed = true;
      }
    }
    for (std::size_t v = 0; v < n; ++v) core[v] = in[v] ? k : core[v];
  }
  return core;
}

template <class G>
std::vector<float> dijkstra(const G& g, NodeId from) {
  std::vector<float> distance(num_vertices(g));
  boost::dijkstra_shortest_paths(
      g, from, boost::distance_map(boost::make_iterator_property_map(distance.begin(), get(boost::vertex_index, g))));
  return distance;
}

std::vector<float> bellman_ford(const CsrView& a, std::size_t from) {
  std::vector<float> distance(a.row_count(), std::numeric_limits<float>::max());
  distance[from] = 0;
  for (std::size_t round = 0; round < a.row_count(); ++round) {
    for (std::size_t u = 0; u < a.row_count(); ++u) {
      if (distance[u] == std::numeric_limits<float>::max()) continue;
      for (std::size_t e = a.row_begin(u); e < a.row_end(u); ++e) {
        float& there = distance[index(a.targets[e])];
        there = std::min(there, distance[u] + (a.weighted() ? a.weights[e] : 1.0F));
      }
    }
  }
  return distance;
}

}  // namespace

TEST_CASE("both adaptors model the concepts of Boost.Graph") {
  check_concepts<DirectedBoostGraph>();
  check_concepts<UndirectedBoostGraph>();
}

TEST_CASE("an adaptor of the wrong kind is refused") {
  RunContext context;
  const Graph graph =
      build_graph(context, test::to_array<Edge>({{node_id(0), node_id(1)}}), {}, NodeIndex::range(2), {}).graph;
  CHECK_THROWS_AS(DirectedBoostGraph(context, graph.view()), InvalidData);
  CHECK(num_edges(UndirectedBoostGraph(context, graph.view())) == 1);
}

TEST_CASE("edges come once, from both sides, with weights and numbers of their own") {
  CHECK(rc::check([] {
    RunContext context;
    const auto check = [&](const auto& g, const CsrView& a, bool directed) {
      std::set<std::size_t> numbers;
      std::size_t count = 0;
      for (auto [at, end] = edges(g); at != end; ++at) {
        const auto edge = *at;
        ++count;
        RC_ASSERT(numbers.insert(get(boost::edge_index, g, edge)).second);
        const auto row = a.row_targets(index(source(edge, g)));
        const auto found = std::ranges::lower_bound(row, target(edge, g));
        RC_ASSERT(found != row.end() && *found == target(edge, g));
        if (a.weighted()) {
          const std::size_t place = a.row_begin(index(edge.source)) + static_cast<std::size_t>(found - row.begin());
          RC_ASSERT(get(boost::edge_weight, g, edge) == a.weights[place]);
        } else {
          RC_ASSERT(get(boost::edge_weight, g, edge) == 1);
        }
      }
      RC_ASSERT(count == num_edges(g));
      std::size_t out_total = 0;
      for (auto [v, end] = vertices(g); v != end; ++v) {
        const auto [first, last] = out_edges(*v, g);
        RC_ASSERT(static_cast<std::size_t>(last - first) == out_degree(*v, g));
        out_total += out_degree(*v, g);
        for (auto at = first; at != last; ++at) {
          RC_ASSERT(source(*at, g) == *v);
          RC_ASSERT(numbers.contains(get(boost::edge_index, g, *at)));
        }
        for (auto [at, in_end] = in_edges(*v, g); at != in_end; ++at) {
          RC_ASSERT(target(*at, g) == *v);
          RC_ASSERT(numbers.contains(get(boost::edge_index, g, *at)));
        }
      }
      RC_ASSERT(out_total == a.nonzero_count());
      RC_ASSERT(directed == (count == a.nonzero_count()) || !directed);
    };
    const Graph directed = draw_graph(context, true, SelfLoops::keep);
    check(DirectedBoostGraph(context, directed.view()), directed.view().out(), true);
    const Graph undirected = draw_graph(context, false, SelfLoops::keep);
    check(UndirectedBoostGraph(context, undirected.view()), undirected.view().out(), false);
  }));
}

TEST_CASE("Boost's components, strong components and core numbers are right on the adaptor") {
  CHECK(rc::check([] {
    RunContext context;
    const Graph graph = draw_graph(context, false, SelfLoops::drop);
    const CsrView a = graph.view().out();
    const UndirectedBoostGraph g(context, graph.view());
    const std::size_t n = num_vertices(g);
    std::vector<int> component(n);
    const auto index_map = get(boost::vertex_index, g);
    const int components =
        boost::connected_components(g, boost::make_iterator_property_map(component.begin(), index_map));
    const auto reach = reachable(a);
    for (std::size_t u = 0; u < n; ++u) {
      for (std::size_t v = 0; v < n; ++v) RC_ASSERT((component[u] == component[v]) == reach[u][v]);
    }
    RC_ASSERT(static_cast<std::size_t>(components) == summarize(context, graph.view()).components);

    std::vector<std::size_t> core(n);
    boost::core_numbers(g, boost::make_iterator_property_map(core.begin(), index_map));
    RC_ASSERT(core == slow_core_numbers(a));

    const Graph arrows = draw_graph(context, true, SelfLoops::keep);
    const DirectedBoostGraph h(context, arrows.view());
    std::vector<int> strong(num_vertices(h));
    boost::strong_components(h, boost::make_iterator_property_map(strong.begin(), get(boost::vertex_index, h)));
    const auto ways = reachable(arrows.view().out());
    for (std::size_t u = 0; u < strong.size(); ++u) {
      for (std::size_t v = 0; v < strong.size(); ++v) {
        RC_ASSERT((strong[u] == strong[v]) == (ways[u][v] && ways[v][u]));
      }
    }
  }));
}

TEST_CASE("Boost's shortest paths are right on the adaptor") {
  CHECK(rc::check([] {
    RunContext context;
    const Graph directed = draw_graph(context, true, SelfLoops::keep);
    RC_ASSERT(dijkstra(DirectedBoostGraph(context, directed.view()), node_id(0)) ==
              bellman_ford(directed.view().out(), 0));
    const Graph undirected = draw_graph(context, false, SelfLoops::keep);
    RC_ASSERT(dijkstra(UndirectedBoostGraph(context, undirected.view()), node_id(0)) ==
              bellman_ford(undirected.view().out(), 0));
  }));
}

TEST_CASE("Boost's PageRank is right on the adaptor") {
  CHECK(rc::check([] {
    RunContext context;
    const Graph graph = draw_graph(context, true, SelfLoops::keep);
    const DirectedBoostGraph g(context, graph.view());
    const CsrView a = graph.view().out();
    const std::size_t n = num_vertices(g);
    constexpr int rounds = 20;
    constexpr double damping = 0.85;
    std::vector<double> rank(n);
    boost::graph::page_rank(g, boost::make_iterator_property_map(rank.begin(), get(boost::vertex_index, g)),
                            boost::graph::n_iterations(rounds), damping);
    // Boost hands nothing on from nodes without edges out.
    std::vector<double> slow(n, 1.0 / static_cast<double>(n));
    for (int round = 0; round < rounds; ++round) {
      std::vector<double> next(n, 1 - damping);
      for (std::size_t u = 0; u < n; ++u) {
        for (const NodeId v : a.row_targets(u)) {
          next[index(v)] += damping * slow[u] / static_cast<double>(a.row_size(u));
        }
      }
      slow = next;
    }
    for (std::size_t v = 0; v < n; ++v) RC_ASSERT(std::abs(rank[v] - slow[v]) < 1e-9 * (1 + slow[v]));
  }));
}
