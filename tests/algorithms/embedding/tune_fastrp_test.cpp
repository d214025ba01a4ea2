#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/embedding/hop_sums.hpp>
#include <adjoin/algorithms/embedding/tune_fastrp.hpp>
#include <adjoin/algorithms/embedding/weight_search.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/evaluate/split_nodes.hpp>
#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

namespace {

constexpr std::size_t blocks = 4;

/// 400 nodes in four blocks, more edges inside than across.
Graph block_graph() {
  RunContext context;
  return generate_block_model(context, {.nodes = 400, .blocks = blocks, .inside = 0.1, .across = 0.01}).graph;
}

/// The blocks of the first `labelled` nodes, some with a second label. `wrong`: nodes that get another block's.
Csr block_labels(GraphView graph, std::size_t labelled = 400, const std::set<std::size_t>& wrong = {}) {
  std::vector<MatrixEntry> entries;
  const std::size_t n = graph.node_count();
  for (std::uint32_t v = 0; v < labelled; ++v) {
    const std::size_t name = std::stoul(graph.nodes().name(node_id(v)));
    const std::size_t block = (name * blocks / n + (wrong.contains(v) ? 1 : 0)) % blocks;
    entries.push_back({v, static_cast<std::uint32_t>(block), 1});
    if (v % 10 == 0) entries.push_back({v, static_cast<std::uint32_t>((block + 1) % blocks), 1});
  }
  return matrix_of_entries(n, blocks, std::move(entries), true);
}

TuneFastRPOptions small_search() {
  TuneFastRPOptions options;
  options.dim = 32;
  options.betas = {-0.5F, 0};
  options.trials = 12;
  options.c = 1;
  return options;
}

TuneFastRPResult tune_labels(GraphView graph, const Csr& labels, const TuneFastRPOptions& options, int threads = 2) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  return tune_fastrp_for_labels(context, graph, labels.view(), options);
}

TuneFastRPResult tune_links(GraphView graph, const TuneFastRPOptions& options, int threads = 2) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  return tune_fastrp_for_links(context, graph, options);
}

bool same_search(const TuneFastRPResult& a, const TuneFastRPResult& b) {
  return std::ranges::equal(a.trials, b.trials, [](const TuneTrial& x, const TuneTrial& y) {
    return x.beta == y.beta && x.weights == y.weights && x.score == y.score;
  });
}

}  // namespace

TEST_CASE("rows of a sum of kept hops are the rows that fastrp gives with these weights") {
  RunContext context;
  for (const bool directed : {false, true}) {
    BuildOptions build;
    build.directed = directed;
    // 350 edges among 300 nodes leave some without neighbours.
    const Graph graph =
        build_graph(context, test::to_array(test::random_edges(300, 350, 5)), {}, NodeIndex::range(300), build).graph;
    std::vector<NodeId> nodes;
    for (std::size_t i = 0; i < 100; ++i) nodes.push_back(node_id((7 * i) % 300));
    for (const FastRPDialect dialect : {FastRPDialect::adjoin, FastRPDialect::gtmac, FastRPDialect::paper}) {
      for (const NeighborDirection direction :
           {NeighborDirection::out, NeighborDirection::in, NeighborDirection::both}) {
        FastRPOptions options{.dim = 24, .weights = {1, 0, 2.5F, 7}, .beta = -0.4F, .dialect = dialect};
        options.direction = direction;
        const Matrix whole = fastrp(context, graph, options).embedding;
        const detail::HopSums sums(context, graph, options);
        Matrix rows(nodes.size(), 24);
        sums.rows(context.threads(), options.weights, nodes, rows.view());
        double worst = 0;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
          for (std::size_t j = 0; j < 24; ++j) {
            worst = std::max(worst, std::abs(static_cast<double>(rows(i, j) - whole(index(nodes[i]), j))));
          }
        }
        CHECK(worst < 1e-4);
      }
    }
  }
}

TEST_CASE("the search of weights climbs to the best ones, tries nothing twice and stops at its number of trials") {
  const auto far_from = [](const detail::HopWeights& w) {
    const double ratio = std::log(static_cast<double>(w[3] / w[2])) - std::log(20.0);
    return -ratio * ratio - (w[0] != 0 ? 1 : 0) - (w[1] == 0 ? 1 : 0) -
           std::abs(std::log(static_cast<double>(w[2]) / 5));
  };
  const auto tried = detail::search_weights(detail::grid_of_weights(), 60, far_from);
  CHECK(tried.size() <= 60);
  const auto best = std::ranges::max_element(tried, {}, &detail::ScoredWeights::score);
  CHECK(best->weights[0] == 0);
  CHECK(best->weights[1] == 1);
  CHECK(best->weights[3] / best->weights[2] == doctest::Approx(20).epsilon(0.1));
  for (std::size_t i = 0; i < tried.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) CHECK(tried[i].weights != tried[j].weights);
  }
  CHECK(tried.front().weights == FastRPOptions().weights);
  CHECK(detail::search_weights(detail::grid_of_weights(), 5, far_from).size() == 5);
}

TEST_CASE("tuning for labels finds options that predict blocks, and the best trial is what it reports") {
  const Graph graph = block_graph();
  const TuneFastRPResult result = tune_labels(graph, block_labels(graph), small_search());
  CHECK(result.test_score > 0.9);
  CHECK(result.test_f1.micro == result.test_score);
  CHECK(result.test_count == 80);
  CHECK(result.validation_count == 64);
  CHECK(result.training_count == 256);
  CHECK(result.trials.size() <= 2 * 12 + 4 * 4);
  const auto best = std::ranges::max_element(result.trials, {}, &TuneTrial::score);
  CHECK(result.validation_score == best->score);
  CHECK(result.best.beta == best->beta);
  CHECK(result.best.weights == best->weights);
  CHECK(result.best.dim == 32);
  std::set<float> betas;
  for (const TuneTrial& trial : result.trials) betas.insert(trial.beta);
  CHECK(betas.size() == 2 + 4);
}

TEST_CASE("labels of the test part change nothing but the test score") {
  const Graph graph = block_graph();
  RunContext context;
  std::vector<NodeId> all;
  for (std::size_t v = 0; v < 400; ++v) all.push_back(node_id(v));
  const TuneFastRPOptions options = small_search();
  const NodeSplit split = split_nodes(context, graph.view().nodes(), all, {0, options.test});
  std::set<std::size_t> wrong;
  for (const NodeId node : split.test) wrong.insert(index(node));
  const TuneFastRPResult right = tune_labels(graph, block_labels(graph), options);
  const TuneFastRPResult shifted = tune_labels(graph, block_labels(graph, 400, wrong), options);
  CHECK(same_search(right, shifted));
  CHECK(right.test_score > 0.9);
  CHECK(shifted.test_score < 0.3);
}

TEST_CASE("tuning for links scores edges above other pairs, on a graph without them") {
  const Graph graph = block_graph();
  const TuneFastRPResult result = tune_links(graph, small_search());
  CHECK(result.test_score > 0.6);
  CHECK(result.validation_score > 0.6);
  const std::size_t edges = graph.view().edge_count();
  CHECK(result.training_count + result.validation_count + result.test_count == edges);
  CHECK(result.test_count == static_cast<std::size_t>(std::llround(0.2 * static_cast<double>(edges))));
}

TEST_CASE("tuning makes the same trials for 1, 2, 3 and 8 threads") {
  const Graph graph = block_graph();
  const Csr labels = block_labels(graph);
  const TuneFastRPOptions options = small_search();
  const TuneFastRPResult first = tune_labels(graph, labels, options, 1);
  const TuneFastRPResult first_links = tune_links(graph, options, 1);
  for (const int threads : {2, 3, 8}) {
    const TuneFastRPResult result = tune_labels(graph, labels, options, threads);
    CHECK(same_search(first, result));
    CHECK(result.test_score == first.test_score);
    const TuneFastRPResult links = tune_links(graph, options, threads);
    CHECK(same_search(first_links, links));
    CHECK(links.test_score == first_links.test_score);
  }
}

TEST_CASE("a search in fewer columns and on fewer nodes still reports at full size") {
  const Graph graph = block_graph();
  TuneFastRPOptions options = small_search();
  options.search_dim = 8;
  options.search_nodes = 100;
  options.betas = {-0.25F};
  const TuneFastRPResult result = tune_labels(graph, block_labels(graph), options);
  CHECK(result.best.dim == 32);
  CHECK(result.training_count == 100);
  CHECK(result.best.beta == -0.25F);  // the only one is not refined
  CHECK(result.trials.size() <= 12);
  CHECK(result.test_score > 0.9);
}

TEST_CASE("what cannot be tuned is refused in a sentence") {
  const Graph graph = block_graph();
  TuneFastRPOptions options = small_search();
  CHECK_THROWS_WITH_AS(tune_labels(graph, block_labels(graph, 2), options),
                       "2 labelled nodes cannot be split into training, validation and test part; label more nodes",
                       InvalidData);
  std::vector<MatrixEntry> same;
  for (std::uint32_t v = 0; v < 50; ++v) same.push_back({v, 1, 1});
  CHECK_THROWS_WITH_AS(tune_labels(graph, matrix_of_entries(400, blocks, same, true), options),
                       "only one class has two nodes or more outside of the test part; labels to be predicted need two "
                       "such classes",
                       InvalidData);
  CHECK_THROWS_WITH_AS(tune_labels(graph, matrix_of_entries(7, blocks, {}, true), options),
                       "there are labels for 7 nodes and the graph has 400", InvalidData);
  options.betas = {};
  CHECK_THROWS_WITH_AS(tune_links(graph, options), "betas is empty; give at least one", InvalidOption);
  options.betas = {0};
  options.trials = 0;
  CHECK_THROWS_WITH_AS(tune_links(graph, options), "trials = 0 is outside 1 to 10000", InvalidOption);
  options.trials = 1;
  RunContext context;
  const Graph tiny =
      build_graph(context, test::to_array(std::vector<Edge>{{node_id(0), node_id(1)}}), {}, NodeIndex::range(3), {})
          .graph;
  CHECK_THROWS_AS(tune_links(tiny, options), InvalidData);
}

TEST_CASE("a search over its memory budget is refused before it begins, and a smaller one needs less") {
  const Graph graph = block_graph();
  const Csr labels = block_labels(graph);
  TuneFastRPOptions options = small_search();
  options.dim = 65'536;
  RunSettings settings;
  settings.memory_budget = 200 << 20;
  RunContext context(settings);
  CHECK_THROWS_AS(tune_fastrp_for_labels(context, graph, labels.view(), options), BudgetExceeded);
  CHECK_THROWS_AS(tune_fastrp_for_links(context, graph, options), BudgetExceeded);
  const std::uint64_t hops = 4ULL * 400 * 65'536 * sizeof(float);
  CHECK(estimate_tune_fastrp_memory_for_labels(graph, labels.view(), options) > hops);
  CHECK(estimate_tune_fastrp_memory_for_links(graph, options) > hops);
  options.search_dim = 64;
  CHECK(estimate_tune_fastrp_memory_for_links(graph, options) < hops);
}
