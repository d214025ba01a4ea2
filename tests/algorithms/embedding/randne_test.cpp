#include <limits>
#include <numeric>
#include <stop_token>

#include <doctest/doctest.h>

#include <adjoin/algorithms/embedding/randne.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "embedding_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

RandNEResult run_randne(const Graph& graph, const RandNEOptions& options, int threads = 2, std::uint64_t seed = 42) {
  RunSettings settings;
  settings.threads = threads;
  settings.seed = seed;
  RunContext context(settings);
  return randne(context, graph, options);
}

}  // namespace

TEST_CASE("RandNE of the karate club equals that of an independent program") {
  check_golden(run_randne(build(karate()), {.dim = 8}).embedding, "randne_default", 1e-5);
  check_golden(run_randne(build(karate(), true), {.dim = 8,
                                                  .weights = {1, 0.1F, 0.001F},
                                                  .matrix = NeighborMatrix::adjacency,
                                                  .projection = RandNEProjection::gaussian})
                   .embedding,
               "randne_gaussian", 1e-5);
  check_golden(run_randne(build(karate(), false, directed()), {.dim = 8, .weights = {0.5F, 2}}).embedding,
               "randne_directed", 1e-5);
  check_golden(run_randne(build(karate(), true), {.dim = 8, .weights = {0, 1, 0, 2, 3, 5, 0}}).embedding, "randne_long",
               1e-5);
}

TEST_CASE("RandNE has the same bits for 1, 2, 3 and 8 threads") {
  const Graph graph = rmat(13);
  const RandNEOptions options{.dim = 40};
  const RandNEResult one = run_randne(graph, options, 1);
  CHECK(all_finite(one.embedding));
  for (const int threads : {2, 3, 8}) CHECK(same_bits(one.embedding, run_randne(graph, options, threads).embedding));
}

TEST_CASE("RandNE keeps a named node's vector to the bit when lines are shuffled or turned round") {
  std::vector<NamedLine> lines = karate("member ");
  const Graph first = build(lines, true);
  std::reverse(lines.begin(), lines.end());
  for (std::size_t i = 0; i < lines.size(); i += 3) std::swap(lines[i].source, lines[i].target);
  const Graph second = build(lines, true);
  const RandNEOptions options{.dim = 24};
  CHECK(largest_difference_by_name(first, run_randne(first, options).embedding, second,
                                   run_randne(second, options).embedding) == 0);
}

TEST_CASE("RandNE of renumbered nodes is the same up to rounding") {
  const Graph graph = build(karate());
  const Dataset renumbered = by_degree(build(karate()));
  const Graph& other = *renumbered.graph;
  const RandNEOptions options{.dim = 24, .weights = {1, 1, 1}};
  CHECK(largest_difference_by_name(graph, run_randne(graph, options).embedding, other,
                                   run_randne(other, options).embedding) < 1e-5F);
}

TEST_CASE("RandNE with another seed is another embedding, with the same seed the same") {
  const Graph graph = build(karate());
  CHECK(same_bits(run_randne(graph, {.dim = 16}, 2, 7).embedding, run_randne(graph, {.dim = 16}, 2, 7).embedding));
  CHECK_FALSE(
      same_bits(run_randne(graph, {.dim = 16}, 2, 7).embedding, run_randne(graph, {.dim = 16}, 2, 8).embedding));
}

TEST_CASE("RandNE without orthogonal columns embeds disjoint graphs as if alone") {
  std::vector<NamedLine> lines = karate("a");
  const Graph alone = build(lines);
  for (const NamedLine& line : karate("b")) lines.push_back(line);
  const Graph both = build(lines);
  const RandNEOptions options{.dim = 16, .projection = RandNEProjection::gaussian};
  CHECK(largest_difference_by_name(alone, run_randne(alone, options).embedding, both,
                                   run_randne(both, options).embedding) == 0);
}

TEST_CASE("RandNE's polynomial is a sum over its orders") {
  const Graph graph = build(karate());
  const std::vector<float> weights{0.5F, -1, 2, 0.25F, 3};
  RandNEOptions options{.dim = 20, .weights = weights};
  const RandNEResult all = run_randne(graph, options);
  Matrix sum(all.embedding.rows(), all.embedding.columns(), 0.0F);
  for (std::size_t order = 0; order < weights.size(); ++order) {
    options.weights.assign(weights.size(), 0.0F);
    options.weights[order] = weights[order];
    const RandNEResult part = run_randne(graph, options);
    for (std::size_t i = 0; i < sum.rows(); ++i) {
      for (std::size_t j = 0; j < sum.columns(); ++j) sum(i, j) += part.embedding(i, j);
    }
  }
  CHECK(largest_difference_by_name(graph, sum, graph, all.embedding) < 1e-5F);
}

TEST_CASE("order 0 of RandNE has orthogonal columns, or orthogonal rows where there are fewer rows") {
  const Graph graph = build(karate());
  for (const int dim : {10, 50}) {
    const Matrix x = run_randne(graph, {.dim = dim, .weights = {1}}).embedding;
    const bool tall = dim < 34;
    const std::size_t count = tall ? x.columns() : x.rows();
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        double product = 0;
        for (std::size_t k = 0; k < (tall ? x.rows() : x.columns()); ++k) {
          product += tall ? double{x(k, a)} * double{x(k, b)} : double{x(a, k)} * double{x(b, k)};
        }
        CHECK(product == doctest::Approx(a != b ? 0 : tall ? 3.4 : 1).epsilon(1e-4).scale(1));
      }
    }
  }
}

TEST_CASE("RandNE gives a node without neighbours its own random vector, and counts it") {
  const Graph graph = build(karate(), false, {}, {"hermit"});
  const std::size_t hermit = index(*graph.view().nodes().find("hermit"));
  const RandNEResult result = run_randne(graph, {.dim = 16});
  CHECK_FALSE(all_zero(result.embedding.row(hermit)));
  REQUIRE(result.record.remarks.size() == 1);
  CHECK(result.record.remarks[0].count == 1);
  CHECK(all_zero(run_randne(graph, {.dim = 16, .weights = {0, 1}}).embedding.row(hermit)));
}

TEST_CASE("RandNE's direction chooses the neighbours of a directed graph") {
  const std::vector<NamedLine> arrow{{"a", "b"}, {"b", "c"}};
  const Graph graph = build(arrow, false, directed());
  const auto zero = [&](NeighborDirection direction, std::size_t node) {
    return all_zero(
        run_randne(graph,
                   {.dim = 8, .weights = {0, 1}, .projection = RandNEProjection::gaussian, .direction = direction})
            .embedding.row(node));
  };
  CHECK_FALSE(zero(NeighborDirection::out, 0));
  CHECK(zero(NeighborDirection::out, 2));
  CHECK(zero(NeighborDirection::in, 0));
  CHECK_FALSE(zero(NeighborDirection::in, 2));
  for (std::size_t node = 0; node < 3; ++node) CHECK_FALSE(zero(NeighborDirection::both, node));
  const RandNEOptions both{.dim = 8, .direction = NeighborDirection::both};
  CHECK(same_bits(run_randne(graph, both).embedding, run_randne(build(arrow), both).embedding));
}

TEST_CASE("RandNE refuses options that make no sense in a sentence that names them") {
  const Graph graph = build(karate());
  struct Case {
    RandNEOptions options;
    const char* message;
  };
  for (const Case& test :
       {Case{{.dim = 0}, "dim = 0 is outside 1 to 65536"},
        Case{{.weights = {0, 0}}, "weights are all 0, which leaves nothing to embed; give one of them another value"},
        Case{{.weights = {}}, "weights are all 0, which leaves nothing to embed; give one of them another value"},
        Case{{.weights = {std::numeric_limits<float>::quiet_NaN()}}, "weights = nan is outside -1e+09 to 1e+09"}}) {
    CHECK_THROWS_WITH_AS(run_randne(graph, test.options), test.message, InvalidOption);
  }
}

TEST_CASE("RandNE refuses sums that leave the range of a float, and names a node") {
  std::vector<NamedLine> lines = karate();
  for (NamedLine& line : lines) line.weight = 1e15F;
  const RandNEOptions sums{.dim = 8, .matrix = NeighborMatrix::adjacency};
  CHECK_THROWS_AS(run_randne(build(lines, true), sums), InvalidData);
  CHECK(all_finite(run_randne(build(lines, true), {.dim = 8}).embedding));
  CHECK_THROWS_WITH_AS(run_randne(build({{"a", "b", 3e38F}, {"a", "c", 3e38F}}, true), {.dim = 4}),
                       "the weights of node a add up to more than a 32-bit float can hold; scale the weights down",
                       InvalidData);
}

TEST_CASE("RandNE over its memory budget is refused, and its estimate counts two or three buffers") {
  const Graph graph = build(karate());
  RunSettings settings;
  settings.memory_budget = 1 << 20;
  RunContext context(settings);
  CHECK_THROWS_AS(randne(context, graph, {.dim = 65'536}), BudgetExceeded);
  const auto buffers = [&](const std::vector<float>& weights) {
    const RandNEOptions options{.dim = 1000, .weights = weights, .projection = RandNEProjection::gaussian};
    return estimate_randne_memory(graph, options, 2) / (34 * sizeof(float) * 1000);
  };
  CHECK(buffers({1, 1}) == 2);
  CHECK(buffers({1, 1, 1}) == 2);
  CHECK(buffers({1, 1, 1, 1}) == 3);
  CHECK(buffers({1, 0, 0, 0, 0, 1}) == 3);
}

TEST_CASE("RandNE that is asked to stop throws Cancelled") {
  const Graph graph = rmat(13);
  std::stop_source stop;
  RunSettings settings;
  settings.stop = stop.get_token();
  settings.on_progress = [&](const Progress& progress) {
    if (progress.stage == "propagate") stop.request_stop();
  };
  RunContext context(settings);
  CHECK_THROWS_AS(randne(context, graph, {.dim = 64}), Cancelled);
}

TEST_CASE("RandNE of a graph without nodes has no rows") {
  RunContext context;
  const Graph graph = build_graph(context, {}, {}, NodeIndex{}, {}).graph;
  CHECK(run_randne(graph, {.dim = 4}).embedding.rows() == 0);
}
