#include <limits>
#include <stop_token>

#include <doctest/doctest.h>

#include <adjoin/algorithms/embedding/prone.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "embedding_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

ProNEResult run_prone(const Graph& graph, const ProNEOptions& options, int threads = 2, std::uint64_t seed = 42) {
  RunSettings settings;
  settings.threads = threads;
  settings.seed = seed;
  RunContext context(settings);
  return prone(context, graph, options);
}

double length_of(std::span<const float> row) {
  double squares = 0;
  for (const float value : row) squares += double{value} * double{value};
  return std::sqrt(squares);
}

}  // namespace

TEST_CASE("ProNE of the karate club equals that of an independent program") {
  check_golden(run_prone(build(karate()), {.dim = 8}).embedding, "prone_default", 2e-4);
  check_golden(run_prone(build(karate()), {.dim = 8, .iterations = 2, .order = 1}).embedding, "prone_factors", 2e-4);
  check_golden(run_prone(build(karate(), true), {.dim = 8, .order = 5, .theta = 1.5F, .mu = 0.6F}).embedding,
               "prone_weighted", 2e-4);
  check_golden(run_prone(build(karate(), false, directed()), {.dim = 8, .direction = NeighborDirection::out}).embedding,
               "prone_directed", 2e-4);
}

TEST_CASE("ProNE has the same bits for 1, 2, 3 and 8 threads") {
  const Graph graph = rmat(12);
  const ProNEOptions options{.dim = 40};
  const ProNEResult one = run_prone(graph, options, 1);
  CHECK(all_finite(one.embedding));
  for (const int threads : {2, 3, 8}) CHECK(same_bits(one.embedding, run_prone(graph, options, threads).embedding));
}

TEST_CASE("ProNE keeps a named node's vector to the bit when lines are shuffled or turned round") {
  std::vector<NamedLine> lines = karate("member ");
  const Graph first = build(lines, true);
  std::reverse(lines.begin(), lines.end());
  for (std::size_t i = 0; i < lines.size(); i += 3) std::swap(lines[i].source, lines[i].target);
  const Graph second = build(lines, true);
  const ProNEOptions options{.dim = 12};
  CHECK(largest_difference_by_name(first, run_prone(first, options).embedding, second,
                                   run_prone(second, options).embedding) == 0);
}

TEST_CASE("ProNE of renumbered nodes is the same up to rounding, signs included") {
  const Graph graph = build(karate());
  const Dataset renumbered = by_degree(build(karate()));
  const Graph& other = *renumbered.graph;
  const ProNEOptions options{.dim = 8};
  CHECK(largest_difference_by_name(graph, run_prone(graph, options).embedding, other,
                                   run_prone(other, options).embedding) < 2e-4F);
}

TEST_CASE("every row of ProNE has length one, but that of a node without neighbours, which is zero and counted") {
  const Graph graph = build(karate(), false, {}, {"hermit", "recluse"});
  const ProNEResult result = run_prone(graph, {.dim = 16});
  for (std::size_t i = 0; i < 36; ++i) {
    const bool alone = graph.view().out_degree(node_id(i)) == 0;
    CHECK(length_of(result.embedding.row(i)) == doctest::Approx(alone ? 0 : 1));
  }
  REQUIRE(result.record.remarks.size() == 1);
  CHECK(result.record.remarks[0].count == 2);
}

TEST_CASE("ProNE with more columns than nodes leaves the columns past the rank at zero") {
  const ProNEResult result = run_prone(build(karate()), {.dim = 64});
  CHECK(all_finite(result.embedding));
  for (std::size_t i = 0; i < 34; ++i) {
    CHECK(all_zero(result.embedding.row(i).subspan(34)));
    CHECK(length_of(result.embedding.row(i)) == doctest::Approx(1));
  }
}

TEST_CASE("an edge of weight 0 is as none to ProNE's factorisation, weights of one are as no weights") {
  std::vector<NamedLine> lines = karate();
  for (NamedLine& line : lines) line.weight = 1;
  const Graph plain = build(lines);
  const Graph ones = build(lines, true);
  lines.push_back({"1", "34", 0});
  const Graph with_zero = build(lines, true);
  const ProNEOptions options{.dim = 8};
  const Matrix expected = run_prone(plain, options).embedding;
  CHECK(largest_difference_by_name(plain, expected, ones, run_prone(ones, options).embedding) < 2e-4F);
  CHECK(largest_difference_by_name(plain, expected, with_zero, run_prone(with_zero, options).embedding) < 2e-4F);
}

TEST_CASE("ProNE's direction chooses the neighbours of a directed graph") {
  const Graph graph = build(karate(), false, directed());
  const Graph undirected = build(karate());
  const Matrix both = run_prone(graph, {.dim = 8}).embedding;
  CHECK(largest_difference_by_name(graph, both, undirected, run_prone(undirected, {.dim = 8}).embedding) < 2e-4F);
  const std::size_t first = index(*graph.view().nodes().find("1"));  // its edges all lead away
  CHECK(all_zero(run_prone(graph, {.dim = 8, .direction = NeighborDirection::in}).embedding.row(first)));
  CHECK_FALSE(all_zero(run_prone(graph, {.dim = 8, .direction = NeighborDirection::out}).embedding.row(first)));
}

TEST_CASE("the filter of ProNE has converged by order 10 where theta is a half") {
  const Graph graph = build(karate());
  const Matrix ten = run_prone(graph, {.dim = 8}).embedding;
  CHECK(largest_difference_by_name(graph, ten, graph, run_prone(graph, {.dim = 8, .order = 20}).embedding) < 1e-4F);
  CHECK(largest_difference_by_name(graph, ten, graph, run_prone(graph, {.dim = 8, .order = 2}).embedding) > 1e-2F);
}

TEST_CASE("ProNE refuses options that make no sense in a sentence that names them") {
  const Graph graph = build(karate());
  struct Case {
    ProNEOptions options;
    const char* message;
  };
  for (const Case& test :
       {Case{{.dim = 0}, "dim = 0 is outside 1 to 65536"},
        Case{{.iterations = -1}, "iterations = -1 is outside 0 to 1000"},
        Case{{.order = 0}, "order = 0 is outside 1 to 40"}, Case{{.theta = -0.5F}, "theta = -0.5 is outside 0 to 5"},
        Case{{.mu = std::numeric_limits<float>::quiet_NaN()}, "mu = nan is outside 0 to 2"}}) {
    CHECK_THROWS_WITH_AS(run_prone(graph, test.options), test.message, InvalidOption);
  }
}

TEST_CASE("ProNE takes weights of any size that a float can add up, and refuses others") {
  std::vector<NamedLine> lines = karate();
  for (NamedLine& line : lines) line.weight *= 1e36F;
  CHECK(all_finite(run_prone(build(lines, true), {.dim = 8}).embedding));
  for (NamedLine& line : lines) line.weight = 1e-40F;
  CHECK(all_finite(run_prone(build(lines, true), {.dim = 8}).embedding));
  CHECK_THROWS_WITH_AS(run_prone(build({{"a", "b", 3e38F}, {"a", "c", 3e38F}}, true), {.dim = 4}),
                       "the weights of node a add up to more than a 32-bit float can hold; scale the weights down",
                       InvalidData);
}

TEST_CASE("ProNE over its memory budget is refused, and its estimate counts the buffers of both of its parts") {
  const Graph graph = rmat(12);
  RunSettings settings;
  settings.memory_budget = 1 << 20;
  RunContext context(settings);
  CHECK_THROWS_AS(prone(context, graph, {}), BudgetExceeded);
  const std::uint64_t n = graph.view().node_count();
  const std::uint64_t entries = graph.view().out().nonzero_count();
  const std::uint64_t wide = estimate_prone_memory(graph, {.dim = 512}, 1);
  CHECK(wide >= 3 * n * 512 * sizeof(float));
  const std::uint64_t narrow = estimate_prone_memory(graph, {.dim = 6}, 1);
  CHECK(narrow >= (2 * n * 16 + 2 * entries) * sizeof(float));
  CHECK(narrow < (2 * n * 16 + 2 * entries + 4 * n) * sizeof(float) + (1 << 20));
}

TEST_CASE("ProNE that is asked to stop throws Cancelled") {
  const Graph graph = rmat(12);
  for (const char* const stage : {"factorize", "propagate"}) {
    std::stop_source stop;
    RunSettings settings;
    settings.stop = stop.get_token();
    settings.on_progress = [&](const Progress& progress) {
      if (progress.stage == stage) stop.request_stop();
    };
    RunContext context(settings);
    CHECK_THROWS_AS(prone(context, graph, {.dim = 32}), Cancelled);
  }
}

TEST_CASE("ProNE of a graph without nodes has no rows, of one without edges zero rows") {
  RunContext context;
  const Graph nothing = build_graph(context, {}, {}, NodeIndex{}, {}).graph;
  CHECK(run_prone(nothing, {.dim = 4}).embedding.rows() == 0);
  const Matrix lonely = run_prone(build({}, false, {}, {"a", "b"}), {.dim = 4}).embedding;
  CHECK((lonely.rows() == 2 && all_zero(lonely.row(0)) && all_zero(lonely.row(1))));
}
