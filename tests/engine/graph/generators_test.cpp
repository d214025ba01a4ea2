#include <algorithm>
#include <cmath>
#include <queue>

#include <doctest/doctest.h>

#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/summary.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

namespace {

template <class Options>
BuiltGraph generate(BuiltGraph (*generator)(RunContext&, const Options&), const Options& options, int threads = 2,
                    std::uint64_t seed = 42) {
  RunSettings settings;
  settings.threads = threads;
  settings.seed = seed;
  RunContext context(settings);
  return generator(context, options);
}

template <class Options>
void check_repeatable(BuiltGraph (*generator)(RunContext&, const Options&), const Options& options) {
  const BuiltGraph one = generate(generator, options, 1);
  const auto targets = one.graph.view().out().targets;
  for (const int threads : {2, 3, 8}) {
    const BuiltGraph same = generate(generator, options, threads);
    CHECK(std::ranges::equal(same.graph.view().out().targets, targets));
  }
  const BuiltGraph other = generate(generator, options, 2, 43);
  CHECK_FALSE(std::ranges::equal(other.graph.view().out().targets, targets));
}

/// The slow, obviously right components.
std::size_t count_components(const CsrView& a) {
  std::vector<bool> seen(a.row_count(), false);
  std::size_t components = 0;
  for (std::size_t start = 0; start < a.row_count(); ++start) {
    if (seen[start]) continue;
    ++components;
    std::queue<std::size_t> queue({start});
    seen[start] = true;
    for (; !queue.empty(); queue.pop()) {
      for (const NodeId next : a.row_targets(queue.front())) {
        if (!seen[index(next)]) queue.push(index(next));
        seen[index(next)] = true;
      }
    }
  }
  return components;
}

}  // namespace

TEST_CASE("generated graphs are the same for any number of threads and differ with the seed") {
  check_repeatable(generate_rmat, RmatOptions{.scale = 12});
  check_repeatable(generate_erdos_renyi, ErdosRenyiOptions{.nodes = 3000, .edges = 20'000});
  check_repeatable(generate_barabasi_albert, BarabasiAlbertOptions{.nodes = 3000, .attach = 5});
  check_repeatable(generate_block_model,
                   BlockModelOptions{.nodes = 2000, .blocks = 4, .inside = 0.05, .across = 0.002});
}

TEST_CASE("every edge drawn is kept, merged or dropped") {
  const auto accounts = [](const BuiltGraph& built, std::uint64_t drawn) {
    return built.graph.view().edge_count() + built.report.duplicates_merged + built.report.self_loops_dropped ==
               drawn &&
           built.report.edges_given == drawn;
  };
  CHECK(accounts(generate(generate_rmat, RmatOptions{.scale = 10, .edge_factor = 8}), 8192));
  CHECK(accounts(generate(generate_erdos_renyi, ErdosRenyiOptions{.nodes = 100, .edges = 5000}), 5000));
  CHECK(accounts(generate(generate_barabasi_albert, BarabasiAlbertOptions{.nodes = 500, .attach = 3}), 1500));
}

TEST_CASE("the quarters of a recursive matrix graph hold their shares of the draws") {
  RunContext context;
  // With one level there are two nodes: draws in a or d are loops, draws in b or c are the edge.
  const BuiltGraph built = generate_rmat(context, {.scale = 1, .edge_factor = 4096, .a = 0.4, .b = 0.25, .c = 0.15});
  const double draws = 8192;
  const double loops = static_cast<double>(built.report.self_loops_dropped) / draws;
  CHECK(std::abs(loops - 0.6) < 5 * std::sqrt(0.6 * 0.4 / draws));
}

TEST_CASE("the block model has the expected number of edges inside and across blocks") {
  const BlockModelOptions options{.nodes = 3000, .blocks = 3, .inside = 0.04, .across = 0.003};
  const BuiltGraph built = generate(generate_block_model, options);
  const CsrView a = built.graph.view().out();
  double inside = 0;
  double across = 0;
  for (std::size_t u = 0; u < a.row_count(); ++u) {
    for (const NodeId v : a.row_targets(u)) (u / 1000 == index(v) / 1000 ? inside : across) += 0.5;
  }
  const double pairs_inside = 3 * 1000.0 * 999 / 2;
  const double pairs_across = 3 * 1000.0 * 1000;
  CHECK(std::abs(inside - 0.04 * pairs_inside) < 5 * std::sqrt(pairs_inside * 0.04 * 0.96));
  CHECK(std::abs(across - 0.003 * pairs_across) < 5 * std::sqrt(pairs_across * 0.003 * 0.997));
  CHECK(built.report.duplicates_merged == 0);
  const BuiltGraph complete =
      generate(generate_block_model, BlockModelOptions{.nodes = 20, .blocks = 7, .inside = 1, .across = 1});
  CHECK(complete.graph.view().edge_count() == 190);
  const BuiltGraph empty =
      generate(generate_block_model, BlockModelOptions{.nodes = 20, .blocks = 3, .inside = 0, .across = 0});
  CHECK(empty.graph.view().edge_count() == 0);
}

TEST_CASE("growth by preferential attachment connects every node to earlier ones and favours the early") {
  const BuiltGraph built = generate(generate_barabasi_albert, BarabasiAlbertOptions{.nodes = 5000, .attach = 4});
  const CsrView a = built.graph.view().out();
  for (std::size_t v = 1; v < a.row_count(); ++v) {
    const auto earlier = std::ranges::count_if(a.row_targets(v), [&](NodeId u) { return index(u) < v; });
    CHECK(earlier >= 1);
    CHECK(earlier <= 4);
  }
  // Degree grows like sqrt(n / v): the first hundred nodes hold far more than their share.
  std::size_t early = 0;
  for (std::size_t v = 0; v < 100; ++v) early += a.row_size(v);
  CHECK(static_cast<double>(early) > 3 * 0.02 * static_cast<double>(a.nonzero_count()));
}

TEST_CASE("models that make no sense are refused") {
  CHECK_THROWS_AS(generate(generate_rmat, RmatOptions{.scale = 0}), InvalidOption);
  CHECK_THROWS_AS(generate(generate_rmat, RmatOptions{.a = 0.6, .b = 0.3, .c = 0.3}), InvalidOption);
  CHECK_THROWS_AS(generate(generate_block_model, BlockModelOptions{.nodes = 3, .blocks = 4}), InvalidOption);
  CHECK_THROWS_AS(generate(generate_block_model, BlockModelOptions{.inside = 1.5}), InvalidOption);
  RunSettings small;
  small.memory_budget = 1 << 20;
  RunContext context(small);
  CHECK_THROWS_AS(generate_rmat(context, {.scale = 25}), BudgetExceeded);
}

TEST_CASE("a summary counts what a small graph holds") {
  // A triangle with a tail, a pair, and a hermit: 0-1-2-0, 2-3, 4-5, 6.
  RunContext context;
  const std::vector<Edge> edges{{node_id(0), node_id(1)},
                                {node_id(1), node_id(2)},
                                {node_id(2), node_id(0)},
                                {node_id(2), node_id(3)},
                                {node_id(4), node_id(5)}};
  const Graph graph = build_graph(context, test::to_array(edges), test::to_array(std::vector<float>{1, 2, 3, 4, 5}),
                                  NodeIndex::range(7), {})
                          .graph;
  const GraphSummary summary = summarize(context, graph, 2);
  CHECK(summary.nodes == 7);
  CHECK(summary.edges == 5);
  CHECK(summary.isolated_nodes == 1);
  CHECK(summary.components == 3);
  CHECK(summary.largest_component == 4);
  CHECK(summary.density == doctest::Approx(5.0 / 21));
  CHECK(summary.min_degree == 0);
  CHECK(summary.median_degree == 1);
  CHECK(summary.max_degree == 3);
  CHECK(summary.mean_degree == doctest::Approx(10.0 / 7));
  CHECK(summary.hubs == std::vector<NodeId>{node_id(2), node_id(0)});
  CHECK(summary.min_weight == 1);
  CHECK(summary.max_weight == 5);
  CHECK(summary.total_weight == 15);
}

TEST_CASE("components equal those of a search, on sparse random graphs") {
  RunContext context;
  for (std::uint64_t edges = 0; edges < 600; edges += 50) {
    const Graph graph = generate_erdos_renyi(context, {.nodes = 500, .edges = edges}).graph;
    CHECK(summarize(context, graph).components == count_components(graph.view().out()));
  }
}
