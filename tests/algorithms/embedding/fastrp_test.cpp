#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "embedding_support.hpp"
#include "matrices.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

FastRPResult run_fastrp(const Graph& graph, const FastRPOptions& options, int threads = 2, std::uint64_t seed = 42) {
  RunSettings settings;
  settings.threads = threads;
  settings.seed = seed;
  RunContext context(settings);
  return fastrp(context, graph, options);
}

float largest_difference(const Matrix& a, const Matrix& b, float scale = 1) {
  REQUIRE(a.rows() == b.rows());
  REQUIRE(a.columns() == b.columns());
  float largest = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < a.columns(); ++j) largest = std::max(largest, std::abs(a(i, j) - scale * b(i, j)));
  }
  return largest;
}

void check_golden(const Matrix& embedding, const std::string& name) {
  test::check_golden(embedding, "fastrp_" + name, 2e-5);
}

/// The features that the golden script gives to the node named i + 1.
Csr features_of_karate(const NodeIndex& nodes) {
  std::vector<MatrixEntry> entries;
  for (std::uint32_t i = 0; i < 34; ++i) {
    for (std::uint32_t f = 0; f < 3; ++f) {
      const auto row = static_cast<std::uint32_t>(index(nodes.find(std::to_string(i + 1)).value()));
      entries.push_back({row, f, static_cast<float>((7 * i + 3 * f) % 5) / 2});
    }
  }
  return matrix_of_entries(34, 3, std::move(entries), false);
}

}  // namespace

TEST_CASE("embeddings of the karate club equal those of an independent program") {
  struct Case {
    const char* name;
    bool weighted;
    FastRPOptions options;
  };
  const std::vector<Case> cases{
      {"adjoin", false, {.dim = 8, .weights = {0, 0, 1, 6.67F}, .beta = -0.64F}},
      {"paper", false, {.dim = 8, .weights = {0, 0, 1, 4}, .beta = -0.5F, .dialect = FastRPDialect::paper}},
      {"gtmac", false, {.dim = 8, .weights = {1, 1, 7.81F, 45.28F}, .beta = -0.628F, .dialect = FastRPDialect::gtmac}},
      {"weighted", true, {.dim = 8, .weights = {1, 2}, .beta = 0.3F, .self_influence = 0.5F}},
      {"adjacency",
       true,
       {.dim = 8,
        .weights = {1, 0.5F, 0.25F},
        .beta = 0,
        .dialect = FastRPDialect::gtmac,
        .matrix = NeighborMatrix::adjacency}},
      {"gds",
       true,
       {.dim = 8, .weights = {0, 1, 1}, .beta = 0.3F, .dialect = FastRPDialect::gds, .self_influence = 0.5F}},
      {"tigergraph", false, {.dim = 8, .weights = {1, 2, 4}, .beta = -0.5F, .dialect = FastRPDialect::tigergraph}},
      {"fastrp_rs", true, {.dim = 8, .weights = {0.5F, 1, 2}, .dialect = FastRPDialect::fastrp_rs}},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    check_golden(run_fastrp(build(karate(), test.weighted), test.options).embedding, test.name);
  }
}

TEST_CASE("node features take their share of the columns, as in Neo4j's program") {
  const Graph graph = build(karate());
  const Csr features = features_of_karate(graph.view().nodes());
  RunContext context;
  const FastRPOptions options{
      .dim = 8, .weights = {1, 0.5F}, .beta = -0.2F, .dialect = FastRPDialect::gds, .property_ratio = 0.4F};
  check_golden(fastrp(context, graph, options, {.features = features.view()}).embedding, "gds_features");
}

TEST_CASE("given start vectors are propagated as random ones are") {
  // The start vectors alone are what the dialect fastrp-rs calls the first of its weights.
  const Graph graph = build(karate(), true);
  FastRPOptions options{.dim = 20, .weights = {1}, .dialect = FastRPDialect::fastrp_rs};
  const Matrix start = run_fastrp(graph, options).embedding;
  RunContext context;
  for (const std::vector<float>& weights : std::vector<std::vector<float>>{{0.5F, 2}, {0, 1, 0, 3}, {1, 1, 1, 1, 1}}) {
    options.weights = weights;
    const FastRPResult given = fastrp(context, graph, options, {.start = start.view()});
    CHECK(largest_difference(given.embedding, run_fastrp(graph, options).embedding) < 1e-5F);
  }
  CHECK_THROWS_WITH_AS(fastrp(context, graph, {.dim = 8}, {.start = start.view()}),
                       "the start vectors have 20 columns and dim is 8; they must be the same", InvalidOption);
}

TEST_CASE("the dialect fastrp-rs gives what the crate gives, from its own random matrix") {
  const auto raw = test::golden_rows("fastrp_rs_raw");
  const auto start_of = [&](const NodeIndex& nodes) {
    Matrix start(raw.size(), raw.front().size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
      std::ranges::copy(raw[index(nodes.find(std::to_string(i + 1)).value())], start.row(i).begin());
    }
    return start;
  };
  struct Case {
    const char* name;
    bool directed;
    bool weighted;
    std::vector<float> weights;
  };
  const std::vector<Case> cases{{"rs_directed", true, false, {0.5F, 1, 2}},
                                {"rs_undirected", false, false, {0.5F, 1, 2}},
                                {"rs_defaults", false, false, {0, 1, 1}},
                                {"rs_weighted_directed", true, true, {0.5F, 1, 2}},
                                {"rs_weighted_undirected", false, true, {0.5F, 1, 2}}};
  for (const Case& test : cases) {
    CAPTURE(test.name);
    BuildOptions build_options;
    build_options.directed = test.directed;
    const Graph graph = build(karate(), test.weighted, build_options);
    const Matrix start = start_of(graph.view().nodes());
    RunContext context;
    const FastRPOptions options{.dim = 8, .weights = test.weights, .dialect = FastRPDialect::fastrp_rs};
    check_golden(fastrp(context, graph, options, {.start = start.view()}).embedding, test.name);
  }
}

TEST_CASE("hops kept in bfloat16 give nearly the same embedding, and the same bits for any number of threads") {
  const Graph graph = rmat(11);
  for (const FastRPDialect dialect : {FastRPDialect::adjoin, FastRPDialect::paper, FastRPDialect::gds}) {
    for (const bool concatenate : {false, true}) {
      FastRPOptions options{.dim = 40, .weights = {0.5F, 1, 0, 2, 1}, .dialect = dialect, .self_influence = 0.25F};
      options.concatenate = concatenate;
      const Matrix exact = run_fastrp(graph, options).embedding;
      options.precision = FastRPPrecision::bf16;
      const Matrix rounded = run_fastrp(graph, options, 1).embedding;
      double squares = 0;
      double errors = 0;
      for (std::size_t i = 0; i < exact.rows(); ++i) {
        for (std::size_t j = 0; j < exact.columns(); ++j) {
          squares += static_cast<double>(exact(i, j)) * static_cast<double>(exact(i, j));
          errors += std::pow(static_cast<double>(rounded(i, j)) - static_cast<double>(exact(i, j)), 2);
        }
      }
      CHECK(errors > 0);
      CHECK(std::sqrt(errors / squares) < 0.01);
      for (const int threads : {2, 3, 8}) CHECK(same_bits(rounded, run_fastrp(graph, options, threads).embedding));
    }
  }
}

TEST_CASE("an isolated node's own row is what it would get as its only neighbour") {
  std::vector<NamedLine> lines = karate();
  BuildOptions loops;
  loops.self_loops = SelfLoops::keep;
  lines.push_back({"hermit", "hermit"});
  const Graph with_loop = build(lines, false, loops);
  GraphBuilder builder;
  for (const auto& [source, target, weight] : karate()) builder.add_edge(source, target);
  builder.add_node("hermit");
  RunContext context;
  const Graph without = builder.build(context).graph;
  for (const FastRPDialect dialect : {FastRPDialect::adjoin, FastRPDialect::gds, FastRPDialect::fastrp_rs}) {
    for (const bool concatenate : {false, true}) {
      FastRPOptions options{.dim = 16, .weights = {0.5F, 1, 0, 2}, .dialect = dialect, .concatenate = concatenate};
      const Matrix expected = run_fastrp(with_loop, options).embedding;
      options.isolated = FastRPIsolated::own;
      CHECK(largest_difference(run_fastrp(without, options).embedding, expected) < 1e-5F);
    }
  }
}

TEST_CASE("embeddings have the same bits for 1, 2, 3 and 8 threads") {
  const Graph graph = rmat(13);
  for (const auto& [dialect, name] : EnumNames<FastRPDialect>::names) {
    CAPTURE(name);
    const FastRPOptions options{.dim = 40, .weights = {0.5F, 1, 2, 3}, .dialect = dialect, .self_influence = 0.25F};
    const FastRPResult one = run_fastrp(graph, options, 1);
    for (const int threads : {2, 3, 8}) CHECK(same_bits(one.embedding, run_fastrp(graph, options, threads).embedding));
  }
}

TEST_CASE("a named node keeps its vector to the bit when the lines are shuffled or turned round") {
  std::vector<NamedLine> lines = karate();
  for (NamedLine& line : lines) {
    line.source = "member " + line.source;
    line.target = "member " + line.target;
  }
  const Graph first = build(lines, true);
  std::reverse(lines.begin(), lines.end());
  for (std::size_t i = 0; i < lines.size(); i += 3) std::swap(lines[i].source, lines[i].target);
  const Graph second = build(lines, true);
  const FastRPOptions options{.dim = 24};
  const FastRPResult a = run_fastrp(first, options);
  const FastRPResult b = run_fastrp(second, options);
  for (std::size_t i = 0; i < a.embedding.rows(); ++i) {
    const auto other = second.view().nodes().find(first.view().nodes().name(node_id(i)));
    REQUIRE(other);
    CHECK(std::ranges::equal(a.embedding.row(i), b.embedding.row(index(*other))));
  }
}

TEST_CASE("another seed gives another embedding, the same seed the same") {
  const Graph graph = build(karate());
  const FastRPOptions options{.dim = 16};
  CHECK(same_bits(run_fastrp(graph, options, 2, 7).embedding, run_fastrp(graph, options, 2, 7).embedding));
  CHECK_FALSE(same_bits(run_fastrp(graph, options, 2, 7).embedding, run_fastrp(graph, options, 2, 8).embedding));
}

TEST_CASE("a node without neighbours has a zero row and is counted") {
  GraphBuilder builder;
  for (const auto& [source, target, weight] : karate()) builder.add_edge(source, target);
  builder.add_node("hermit");
  RunContext context;
  const Graph graph = builder.build(context).graph;
  const std::size_t hermit = index(*graph.view().nodes().find("hermit"));

  const FastRPResult result = run_fastrp(graph, {.dim = 16});
  CHECK(all_zero(result.embedding.row(hermit)));
  REQUIRE(result.record.remarks.size() == 1);
  CHECK(result.record.remarks[0].count == 1);

  const FastRPResult with_self = run_fastrp(graph, {.dim = 16, .self_influence = 1});
  CHECK_FALSE(all_zero(with_self.embedding.row(hermit)));
}

TEST_CASE("a power of two on all weights does not change a bit") {
  std::vector<NamedLine> lines = karate();
  const FastRPOptions options{.dim = 32, .beta = 0};
  const FastRPResult one = run_fastrp(build(lines, true), options);
  for (NamedLine& line : lines) line.weight *= 8;
  CHECK(same_bits(one.embedding, run_fastrp(build(lines, true), options).embedding));
}

TEST_CASE("weights of one are the same as no weights") {
  std::vector<NamedLine> lines = karate();
  for (NamedLine& line : lines) line.weight = 1;
  CHECK(largest_difference(run_fastrp(build(lines), {.dim = 32}).embedding,
                           run_fastrp(build(lines, true), {.dim = 32}).embedding) < 1e-5F);
}

TEST_CASE("hops that have left the two buffers at the last one are added like the others") {
  // The sum is linear in the weights for the article's formula: five hops at once equal five runs of one hop each.
  const Graph graph = build(karate());
  const std::vector<float> weights{0.5F, -1, 2, 0.25F, 3};  // the first is made again, the second needs a third buffer
  FastRPOptions options{.dim = 20, .weights = weights, .beta = -0.5F, .dialect = FastRPDialect::paper};
  const FastRPResult all = run_fastrp(graph, options);
  Matrix sum(all.embedding.rows(), all.embedding.columns(), 0.0F);
  for (std::size_t hop = 0; hop < weights.size(); ++hop) {
    options.weights.assign(weights.size(), 0.0F);
    options.weights[hop] = weights[hop];
    const FastRPResult part = run_fastrp(graph, options);
    for (std::size_t i = 0; i < sum.rows(); ++i) {
      for (std::size_t j = 0; j < sum.columns(); ++j) sum(i, j) += part.embedding(i, j);
    }
  }
  CHECK(largest_difference(all.embedding, sum) < 1e-3F);
}

TEST_CASE("concatenated hops are the hops, each times its weight") {
  const Graph graph = build(karate());
  const FastRPOptions both{
      .dim = 12, .weights = {2, 0, 3}, .dialect = FastRPDialect::paper, .self_influence = 4, .concatenate = true};
  const FastRPResult wide = run_fastrp(graph, both);
  REQUIRE(wide.embedding.columns() == 36);
  const std::vector<FastRPOptions> parts{
      {.dim = 12, .weights = {}, .dialect = FastRPDialect::paper, .self_influence = 4},
      {.dim = 12, .weights = {2}, .dialect = FastRPDialect::paper},
      {.dim = 12, .weights = {0, 0, 3}, .dialect = FastRPDialect::paper}};
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const FastRPResult alone = run_fastrp(graph, parts[part]);
    for (std::size_t i = 0; i < alone.embedding.rows(); ++i) {
      for (std::size_t j = 0; j < 12; ++j) {
        CHECK(wide.embedding(i, part * 12 + j) == doctest::Approx(alone.embedding(i, j)).epsilon(1e-6));
      }
    }
  }
}

TEST_CASE("direction chooses which neighbours of a directed graph are gathered") {
  BuildOptions directed;
  directed.directed = true;
  const std::vector<NamedLine> arrow{{"a", "b"}, {"b", "c"}};
  const Graph graph = build(arrow, false, directed);
  FastRPOptions options{.dim = 8, .weights = {1}, .dialect = FastRPDialect::paper, .sparsity = 1};
  const auto zero = [&](NeighborDirection direction, std::size_t node) {
    options.direction = direction;
    return all_zero(run_fastrp(graph, options).embedding.row(node));
  };
  CHECK_FALSE(zero(NeighborDirection::out, 0));
  CHECK(zero(NeighborDirection::out, 2));
  CHECK(zero(NeighborDirection::in, 0));
  CHECK_FALSE(zero(NeighborDirection::in, 2));
  for (std::size_t node = 0; node < 3; ++node) CHECK_FALSE(zero(NeighborDirection::both, node));

  // Without reciprocal edges, both directions together are the undirected graph.
  options = {.dim = 8, .weights = {1, 1}, .direction = NeighborDirection::both};
  CHECK(same_bits(run_fastrp(graph, options).embedding, run_fastrp(build(arrow), options).embedding));
}

TEST_CASE("the adjacency matrix does not overflow on heavy weights over many hops") {
  std::vector<NamedLine> lines = karate();
  for (NamedLine& line : lines) line.weight *= 1e9F;
  const FastRPResult result =
      run_fastrp(build(lines, true), {.dim = 8, .weights = {0, 0, 0, 0, 0, 1}, .matrix = NeighborMatrix::adjacency});
  for (std::size_t i = 0; i < result.embedding.rows(); ++i) {
    for (const float value : result.embedding.row(i)) CHECK(std::isfinite(value));
    CHECK_FALSE(all_zero(result.embedding.row(i)));
  }
}

TEST_CASE("options that make no sense are refused in a sentence that names them") {
  const Graph graph = build(karate());
  struct Case {
    FastRPOptions options;
    const char* message;
  };
  const std::vector<Case> cases{
      {{.dim = 0}, "dim = 0 is outside 1 to 65536"},
      {{.beta = std::nanf("")}, "beta = nan is outside -10 to 10"},
      {{.weights = {0, 0}},
       "weights and self-influence are all 0, which leaves nothing to embed; give one of them a weight"},
      {{.weights = {}},
       "weights and self-influence are all 0, which leaves nothing to embed; give one of them a weight"},
      {{.dialect = FastRPDialect::tigergraph, .precision = FastRPPrecision::bf16},
       "hops of the dialect tigergraph are kept in float32; leave precision out"},
      {{.property_ratio = 0.001F}, "property-ratio = 0.001 of 512 columns is less than one column; raise one of them"},
      {{.property_ratio = 0.5F}, "property-ratio needs features of the nodes, and there are none"},
      {{.property_ratio = 1.5F}, "property-ratio = 1.5 is outside 0 to 1"},
      {{.sparsity = 0.5F}, "sparsity = 0.5 is between 0 and 1; use 1 or more, or 0 for the dialect's own"},
  };
  for (const Case& test : cases) CHECK_THROWS_WITH_AS(run_fastrp(graph, test.options), test.message, InvalidOption);
}

TEST_CASE("weights of a node that overflow a float are refused with the node's name") {
  const Graph graph = build({{"a", "b", 3e38F}, {"a", "c", 3e38F}}, true);
  CHECK_THROWS_WITH_AS(run_fastrp(graph, {.dim = 4}),
                       "the weights of node a add up to more than a 32-bit float can hold; scale the weights down",
                       InvalidData);
}

TEST_CASE("a run over its memory budget is refused before it begins") {
  const Graph graph = build(karate());
  RunSettings settings;
  settings.memory_budget = 1 << 20;
  RunContext context(settings);
  CHECK_THROWS_AS(fastrp(context, graph, {.dim = 65'536}), BudgetExceeded);
}

TEST_CASE(
    "the memory estimate counts two buffers, a third for hops between the first and the last three, and the blocks of "
    "a concatenation") {
  const Graph graph = build(karate());
  const auto buffers = [&](const FastRPOptions& options) {
    return estimate_fastrp_memory(graph, options) / (34 * sizeof(float) * static_cast<std::size_t>(options.dim));
  };
  CHECK(buffers({.dim = 1000, .weights = {1, 1, 1}}) == 2);
  CHECK(buffers({.dim = 1000, .weights = {0, 0, 1, 2}}) == 2);
  CHECK(buffers({.dim = 1000, .weights = {0, 1, 1, 2}}) == 2);
  CHECK(buffers({.dim = 1000, .weights = {1, 1, 1, 2}}) == 2);
  CHECK(buffers({.dim = 1000, .weights = {1, 0, 1, 1, 2}}) == 2);
  CHECK(buffers({.dim = 1000, .weights = {0, 1, 1, 1, 2}}) == 3);
  CHECK(buffers({.dim = 1000, .weights = {1}}) == 1);
  CHECK(buffers({.dim = 1000, .weights = {1, 0, 2}, .concatenate = true}) == 4);
  CHECK(buffers({.dim = 1000, .weights = {1, 1}, .dialect = FastRPDialect::tigergraph}) == 3);
  CHECK(buffers({.dim = 1000, .weights = {0, 1, 1}, .dialect = FastRPDialect::fastrp_rs}) == 2);
}

TEST_CASE("a run that is asked to stop throws Cancelled") {
  const Graph graph = rmat(14);
  std::stop_source stop;
  RunSettings settings;
  settings.stop = stop.get_token();
  settings.on_progress = [&](const Progress& progress) {
    if (progress.stage == "propagate") stop.request_stop();
  };
  RunContext context(settings);
  CHECK_THROWS_AS(fastrp(context, graph, {.dim = 64}), Cancelled);
}

TEST_CASE("a graph without nodes gives an embedding without rows") {
  RunContext context;
  const Graph graph = build_graph(context, {}, {}, NodeIndex{}, {}).graph;
  const FastRPResult result = run_fastrp(graph, {.dim = 4});
  CHECK(result.embedding.rows() == 0);
}

TEST_CASE("vectors that stay where they are made are those that are brought home") {
  const Graph graph = build(karate());
  FastRPOptions options;
  options.dim = 20;
  for (const bool concatenate : {false, true}) {
    options.concatenate = concatenate;
    RunContext context;
    const FastRPResult home = fastrp(context, graph, options);
    RunContext again;
    ResidentMatrix copy;
    {
      const FastRPResidentResult stays = fastrp_resident(again, graph, options);
      CHECK(stays.record.algorithm == "fastrp");
      copy = stays.embedding;
    }
    CHECK(copy.rows() == home.embedding.rows());
    CHECK(copy.columns() == home.embedding.columns());
    CHECK(test::same_bits(copy.to_host(again), home.embedding));
    if (copy.device().kind != DeviceKind::cpu) continue;
    const auto view = std::get<MatrixView<float>>(copy.view());
    CHECK(view(3, 5) == home.embedding(3, 5));
  }
}
