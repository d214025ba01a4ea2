#include <algorithm>
#include <functional>

#include <adjoin/algorithms/linkpred/best_path_links.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

using PairScores = std::function<Array<float>(RunContext&, GraphView, const std::vector<Edge>&)>;
using Search = std::function<std::vector<ScoredPair>(RunContext&, GraphView, std::size_t)>;

bool linked(GraphView graph, Edge pair) {
  const auto has = [&](NodeId x, NodeId y) { return std::ranges::binary_search(graph.out().row_targets(index(x)), y); };
  return has(pair.source, pair.target) || has(pair.target, pair.source);
}

/// Every pair scored, the best of them.
std::vector<ScoredPair> slow_best(GraphView graph, std::size_t count, bool ordered, const PairScores& score) {
  std::vector<Edge> pairs = all_pairs(graph.node_count());
  std::erase_if(pairs, [&](Edge pair) { return linked(graph, pair) || (!ordered && pair.target < pair.source); });
  RunContext context;
  const Array<float> scores = score(context, graph, pairs);
  std::vector<ScoredPair> found;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (scores[i] > 0) found.push_back({pairs[i].source, pairs[i].target, scores[i]});
  }
  std::ranges::stable_sort(found, std::greater{}, &ScoredPair::score);
  found.resize(std::min(found.size(), count));
  return found;
}

/// What is found has the scores of the slow search, to a share of `rounding`, is in order and holds each pair once; its
/// pairs have the scores that are said of them.
void check_found(GraphView graph, std::size_t count, bool ordered, const Search& search, const PairScores& score,
                 double rounding) {
  const std::vector<ScoredPair> expected = slow_best(graph, count, ordered, score);
  RunContext context = with_threads(1);
  const std::vector<ScoredPair> found = search(context, graph, count);
  RC_ASSERT(found.size() == expected.size());
  std::vector<Edge> pairs;
  for (const ScoredPair& pair : found) pairs.push_back({pair.source, pair.target});
  const Array<float> scores = score(context, graph, pairs);
  for (std::size_t i = 0; i < found.size(); ++i) {
    RC_ASSERT(std::abs(double{found[i].score} - double{expected[i].score}) <= rounding * double{expected[i].score});
    RC_ASSERT(std::abs(double{found[i].score} - double{scores[i]}) <= rounding * double{scores[i]});
    RC_ASSERT(!linked(graph, pairs[i]));
    RC_ASSERT(ordered || found[i].source < found[i].target);
    if (i == 0) continue;
    RC_ASSERT(std::tuple(-found[i - 1].score, found[i - 1].source, found[i - 1].target) <
              std::tuple(-found[i].score, found[i].source, found[i].target));
  }
  if (rounding == 0) RC_ASSERT(same_pairs(found, expected));
  for (const int threads : {2, 8}) {
    RunContext other = with_threads(threads);
    RC_ASSERT(same_pairs(search(other, graph, count), found));
  }
}

bool symmetric(const Drawn& drawn) {
  return !drawn.graph.view().directed() || drawn.direction == NeighborDirection::both;
}

}  // namespace

TEST_CASE("the best links by local paths are those that scoring every pair finds") {
  CHECK(rc::check([] {
    const Drawn drawn = draw(40);
    LocalPathOptions options;
    options.epsilon = *rc::gen::element(0.0, 0.01, 1.0);
    options.use_weights = drawn.use_weights;
    options.direction = drawn.direction;
    check_found(
        drawn.graph, *rc::gen::inRange<std::size_t>(1, 60), !symmetric(drawn),
        [&](auto& context, auto graph, auto count) { return best_local_path_links(context, graph, count, options); },
        [&](auto& context, auto graph, const auto& pairs) { return local_path_scores(context, graph, pairs, options); },
        3e-7);
  }));
}

TEST_CASE("the best links by Katz are those that scoring every pair finds") {
  CHECK(rc::check([] {
    const Drawn drawn = draw(40);
    KatzOptions options;
    options.beta = *rc::gen::element(0.001, 0.05, 0.5);
    options.max_length = *rc::gen::inRange(1, 8);
    options.use_weights = drawn.use_weights;
    options.direction = drawn.direction;
    check_found(
        drawn.graph, *rc::gen::inRange<std::size_t>(1, 60), !symmetric(drawn),
        [&](auto& context, auto graph, auto count) { return best_katz_links(context, graph, count, options); },
        [&](auto& context, auto graph, const auto& pairs) { return katz_scores(context, graph, pairs, options); },
        3e-7);
  }));
}

TEST_CASE("the best links by rooted PageRank are those that scoring every pair finds, to the bit") {
  CHECK(rc::check([] {
    const Drawn drawn = draw(40);
    PageRankOptions options;
    options.method = *rc::gen::element(PageRankMethod::push, PageRankMethod::power_iteration);
    options.epsilon = *rc::gen::element(1e-7, 1e-3);
    options.symmetric = *rc::gen::arbitrary<bool>();
    options.use_weights = drawn.use_weights;
    options.direction = drawn.direction;
    check_found(
        drawn.graph, *rc::gen::inRange<std::size_t>(1, 60), !options.symmetric,
        [&](auto& context, auto graph, auto count) {
          return best_pagerank_links(context, graph, count, options).pairs;
        },
        [&](auto& context, auto graph, const auto& pairs) {
          return rooted_pagerank_scores(context, graph, pairs, options).scores;
        },
        0);
  }));
}

TEST_CASE("the searches leave out nodes and pairs of a larger graph, and find the best all the same") {
  const Graph graph = rmat(9);
  constexpr std::size_t count = 20;
  check_found(
      graph, count, false, [](auto& context, auto view, auto most) { return best_katz_links(context, view, most); },
      [](auto& context, auto view, const auto& pairs) { return katz_scores(context, view, pairs); }, 3e-7);
  check_found(
      graph, count, false,
      [](auto& context, auto view, auto most) { return best_local_path_links(context, view, most); },
      [](auto& context, auto view, const auto& pairs) { return local_path_scores(context, view, pairs); }, 3e-7);
  check_found(
      graph, count, false,
      [](auto& context, auto view, auto most) { return best_pagerank_links(context, view, most).pairs; },
      [](auto& context, auto view, const auto& pairs) { return rooted_pagerank_scores(context, view, pairs).scores; },
      0);
}

TEST_CASE("the best sum of PageRank is found though more pairs than are tried first have larger single walks") {
  // On a path of four nodes the walk from the first to the third has 0.238, that back 0.119; on one of three nodes the
  // walks between the ends have 0.195 each, which is less than the first and more in sum.
  constexpr std::size_t paths = 600;
  std::vector<WeightedEdge> lines;
  for (std::size_t first = 0; first < 4 * paths; first += 4) {
    for (std::size_t v = first; v < first + 3; ++v) lines.push_back({v, v + 1});
  }
  lines.push_back({4 * paths, 4 * paths + 1});
  lines.push_back({4 * paths + 1, 4 * paths + 2});
  const Graph graph = graph_of(4 * paths + 3, lines, false, false);
  RunContext context;
  const std::vector<ScoredPair> found = best_pagerank_links(context, graph, 1).pairs;
  REQUIRE(found.size() == 1);
  CHECK(index(found[0].source) == 4 * paths);
  CHECK(index(found[0].target) == 4 * paths + 2);
  CHECK(found[0].score == doctest::Approx(0.3906).epsilon(1e-3));
}

TEST_CASE("of more equal sums of PageRank than are tried first, those with the smallest ids are found") {
  constexpr std::size_t nodes = 3000;
  std::vector<WeightedEdge> lines;
  for (std::size_t v = 0; v < nodes; ++v) lines.push_back({v, (v + 1) % nodes});
  const Graph ring = graph_of(nodes, lines, false, false);
  RunContext context;
  const std::vector<ScoredPair> found = best_pagerank_links(context, ring, 2, {.epsilon = 1e-4}).pairs;
  REQUIRE(found.size() == 2);
  CHECK(std::pair(index(found[0].source), index(found[0].target)) == std::pair<std::size_t, std::size_t>(0, 2));
  CHECK(std::pair(index(found[1].source), index(found[1].target)) == std::pair<std::size_t, std::size_t>(0, nodes - 2));
}

TEST_CASE("walks that end at max_iterations are counted") {
  PageRankOptions options;
  options.method = PageRankMethod::power_iteration;
  options.max_iterations = 1;
  RunContext context;
  const Graph graph = club("plain");
  CHECK(best_pagerank_links(context, graph, 3, options).not_converged == 34);
}

TEST_CASE("searches for the best pairs refuse what makes no sense") {
  const Graph graph = club("plain");
  RunContext context;
  CHECK_THROWS_WITH_AS(best_katz_links(context, graph, 3, {.method = KatzMethod::exact}),
                       "the best pairs are found by truncated Katz scores; take --method truncated", InvalidOption);
  CHECK_THROWS_AS(best_katz_links(context, graph, 3, {.beta = 0}), InvalidOption);
  const Graph heavy = graph_of(4, {{0, 1, 1e30F}, {1, 2, 1e30F}, {2, 3, 0}}, false, true);
  CHECK_THROWS_WITH_AS(best_katz_links(context, heavy, 3, {.beta = 1, .max_length = 1000, .use_weights = true}),
                       "the score of nodes 0 and 2 left the range of a 32-bit float; lower beta or the weights of the "
                       "graph",
                       InvalidData);
  const Graph empty = graph_of(0, {}, false, false);
  const auto each = [&](auto&& check) {
    check([](RunContext& run, GraphView view, std::size_t count) { return best_local_path_links(run, view, count); });
    check([](RunContext& run, GraphView view, std::size_t count) { return best_katz_links(run, view, count); });
    check(
        [](RunContext& run, GraphView view, std::size_t count) { return best_pagerank_links(run, view, count).pairs; });
  };
  each([&](auto&& search) {
    CHECK(search(context, graph, 0).empty());
    CHECK(search(context, empty, 5).empty());
    RunSettings tight;
    tight.memory_budget = 1000;
    RunContext poor(tight);
    CHECK_THROWS_AS(search(poor, graph, 5), BudgetExceeded);
    std::stop_source stop;
    RunSettings stopping;
    stopping.stop = stop.get_token();
    stopping.on_progress = [&](const Progress& progress) {
      if (progress.unit.ends_with(" nodes")) stop.request_stop();
    };
    RunContext stopped(stopping);
    CHECK_THROWS_AS(search(stopped, graph, 5), Cancelled);
  });
}

TEST_CASE("the estimates for the best pairs grow with the pairs and the threads") {
  const Graph graph = graph_of(10'000, {{0, 1}}, false, false);
  const auto katz = [&](std::size_t count, int threads) {
    return estimate_best_katz_links_memory(graph, count, {}, threads);
  };
  CHECK(katz(1000, 1) - katz(0, 1) == 2 * 2 * 1000 * sizeof(ScoredPair));
  CHECK(katz(0, 3) - katz(0, 1) == 2 * (36 * 10'000 + 1024 * sizeof(ScoredPair)));
  CHECK(estimate_best_local_path_links_memory(graph, 1000, {}, 1) == katz(1000, 1));
  const auto pagerank = [&](std::size_t count, bool symmetric) {
    return estimate_best_pagerank_links_memory(graph, count, {.symmetric = symmetric}, 1);
  };
  CHECK(pagerank(1000, false) - pagerank(0, false) == 2 * 2 * 1000 * sizeof(ScoredPair));
  CHECK(pagerank(1000, true) > pagerank(1000, false));
}
