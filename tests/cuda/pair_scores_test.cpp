// Scores of pairs by their neighbourhoods with a GPU: what counts is the processor's exactly, what adds up to 1e-6.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "gpu.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using Score = NeighborhoodScore;

namespace {

const std::vector<Score> all_scores = [] {
  std::vector<Score> scores;
  for (const auto& [score, name] : EnumNames<Score>::names) scores.push_back(score);
  return scores;
}();
const std::vector<Score> weighted_scores{Score::common_neighbors, Score::adamic_adar, Score::resource_allocation,
                                         Score::preferential_attachment};

Graph graph_of(std::size_t nodes, const std::vector<Edge>& edges, bool directed, bool weighted) {
  RunContext context(test::on_cpu());
  Array<float> weights(weighted ? edges.size() : 0);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(1 + 7 * i % 5) / 2;
  const BuildOptions options{directed, SelfLoops::keep, Duplicates::max};
  return build_graph(context, test::to_array(edges), std::move(weights), NodeIndex::range(nodes), options).graph;
}

/// Drawn edges with self-loops, and two hubs joined to most of the nodes.
std::vector<Edge> edges_with_hubs(std::size_t nodes, std::size_t edges) {
  std::vector<Edge> list = test::random_edges(nodes, edges, nodes);
  for (std::size_t v = 0; v < nodes; ++v) {
    if (v % 8 != 0) list.push_back({node_id(1), node_id(v)});
    if (v % 9 != 0) list.push_back({node_id(2), node_id(v)});
    if (v % 4 == 0) list.push_back({node_id(v), node_id(3)});
  }
  return list;
}

std::vector<Edge> pairs_of(std::size_t nodes, std::size_t count) {
  std::vector<Edge> pairs;
  for (std::size_t u = 0; u < 6; ++u) {
    for (std::size_t v = 0; v < std::min(nodes, 40UL); ++v) {
      if (u < nodes && u != v) pairs.push_back({node_id(u), node_id(v)});
    }
  }
  for (const Edge& edge : test::random_edges(nodes, count, 99)) {
    if (edge.source != edge.target) pairs.push_back(edge);
  }
  return pairs;
}

bool adds_up(Score score, bool use_weights) {
  return score == Score::adamic_adar || score == Score::resource_allocation ||
         (use_weights && score == Score::common_neighbors);
}

void check_scores(RunContext& with_gpu, GraphView graph, const std::vector<Edge>& pairs,
                  const std::vector<Score>& scores, const NeighborhoodOptions& options) {
  RunContext without(test::on_cpu());
  const Matrix expected = neighborhood_scores(without, graph, pairs, scores, options);
  const Matrix found = neighborhood_scores(with_gpu, graph, pairs, scores, options);
  REQUIRE(found.rows() == pairs.size());
  REQUIRE(found.columns() == scores.size());
  for (std::size_t k = 0; k < scores.size(); ++k) {
    CAPTURE(detail::value_text(scores[k]));
    const double tolerance = adds_up(scores[k], options.use_weights) ? 1e-6 : 0;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const double error = std::abs(double{found(i, k)} - double{expected(i, k)});
      wrong += error <= tolerance * double{expected(i, k)} ? 0 : 1;
    }
    CHECK(wrong == 0);
  }
  const Matrix again = neighborhood_scores(with_gpu, graph, pairs, scores, options);
  CHECK(std::equal(found.view().data(), found.view().data() + pairs.size() * scores.size(), again.view().data()));
}

}  // namespace

TEST_CASE("scores of pairs with a GPU are the processor's, with directions, weights, hubs and self-loops") {
  if (!test::has_gpu()) return;
  RunContext with_gpu(test::on_gpu());
  for (const std::size_t nodes : {4UL, 33UL, 700UL}) {
    for (const bool directed : {false, true}) {
      for (const bool weighted : {false, true}) {
        const Graph graph = graph_of(nodes, edges_with_hubs(nodes, 4 * nodes), directed, weighted);
        const std::vector<Edge> pairs = pairs_of(nodes, test::size_on_gpu(2000UL, 400UL));
        for (const auto direction : {NeighborDirection::out, NeighborDirection::in, NeighborDirection::both}) {
          CAPTURE(nodes);
          CAPTURE(directed);
          CAPTURE(weighted);
          CAPTURE(detail::value_text(direction));
          check_scores(with_gpu, graph, pairs, all_scores, {direction, false});
          check_scores(with_gpu, graph, pairs, weighted_scores, {direction, true});
        }
      }
    }
  }
}

TEST_CASE("scores of pairs of hubs with more than 5000 neighbours with a GPU are the processor's") {
  if (!test::has_gpu()) return;
  RunContext with_gpu(test::on_gpu());
  constexpr std::size_t nodes = 7000;
  const Graph graph = graph_of(nodes, edges_with_hubs(nodes, 20'000), false, true);
  const std::vector<Edge> pairs = pairs_of(nodes, 5000);
  check_scores(with_gpu, graph, pairs, all_scores, {});
  check_scores(with_gpu, graph, pairs, weighted_scores, {.use_weights = true});
}

TEST_CASE("one score alone, no score and no pairs with a GPU are the processor's") {
  if (!test::has_gpu()) return;
  RunContext with_gpu(test::on_gpu());
  const Graph graph = graph_of(100, edges_with_hubs(100, 500), false, false);
  const std::vector<Edge> pairs = pairs_of(100, 100);
  for (const Score score : all_scores) check_scores(with_gpu, graph, pairs, {score}, {});
  check_scores(with_gpu, graph, pairs, {}, {});
  check_scores(with_gpu, graph, {}, all_scores, {});
}

TEST_CASE("scores of more pairs than a GPU takes at once are the processor's") {
  if (!test::has_gpu()) return;
  RunContext with_gpu(test::on_gpu());
  const auto many = (std::size_t{1} << 13) * static_cast<std::size_t>(CudaContext::of(with_gpu).multiprocessors());
  const Graph graph = graph_of(300, test::random_edges(300, 900, 4), false, false);
  check_scores(with_gpu, graph, pairs_of(300, many + 5000), {Score::common_neighbors, Score::resource_allocation}, {});
}

TEST_CASE("pairs of a graph for which a GPU has no room are scored by the processor") {
  if (!test::has_gpu()) return;
  const Graph graph = graph_of(200, test::random_edges(200, 5000, 1), false, false);
  const std::vector<Edge> pairs = pairs_of(200, 1000);
  RunContext on_cpu(test::on_cpu());
  const Matrix expected = neighborhood_scores(on_cpu, graph, pairs, all_scores);
  std::size_t scored_there = 0;
  for (std::uint64_t memory = 1 << 10; memory < 1 << 19; memory += memory / 2) {
    CAPTURE(memory);
    RunSettings settings;  // on a GPU if it fits
    settings.device_memory = memory;
    RunContext with_little(settings);
    const Matrix found = neighborhood_scores(with_little, graph, pairs, all_scores);
    const std::uint64_t peak = CudaContext::of(with_little).peak_bytes();
    CHECK(peak <= memory);
    if (memory == 1 << 10) {
      CHECK(peak == 0);
      settings.device = test::on_gpu().device;
      RunContext by_name(settings);
      CHECK_THROWS_WITH_AS(neighborhood_scores(by_name, graph, pairs, all_scores),
                           doctest::Contains("does not fit into the 1.00 KiB"), DeviceError);
    }
    scored_there += peak > 0 ? 1 : 0;
    CHECK(found.rows() == pairs.size());
    CHECK(std::equal(found.view().data(), found.view().data() + pairs.size() * all_scores.size(),
                     expected.view().data(), [](float x, float y) { return std::abs(x - y) <= 1e-6F * std::abs(y); }));
  }
  CHECK(scored_there > 0);
}
