// An update must give what a run over the whole new graph gives.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/embedding/fastrp_update.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>

using namespace adjoin;

namespace {

using NamedEdges = std::map<std::pair<std::string, std::string>, float>;

Graph build(const NamedEdges& edges, const std::set<std::string>& alone, bool directed, bool weighted) {
  BuildOptions options;
  options.directed = directed;
  options.self_loops = SelfLoops::keep;
  GraphBuilder builder(options);
  for (const auto& [ends, weight] : edges) {
    if (weighted) {
      builder.add_edge(ends.first, ends.second, weight);
    } else {
      builder.add_edge(ends.first, ends.second);
    }
  }
  for (const std::string& name : alone) builder.add_node(name);
  RunContext context;
  return builder.build(context).graph;
}

/// The largest difference of a row, by the row's length.
double difference(MatrixView<const float> a, MatrixView<const float> b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    double length = 0;
    double apart = 0;
    for (std::size_t j = 0; j < a.columns(); ++j) {
      length += static_cast<double>(b(i, j)) * static_cast<double>(b(i, j));
      apart = std::max(apart, std::abs(static_cast<double>(a(i, j)) - static_cast<double>(b(i, j))));
    }
    worst = std::max(worst, apart / std::max(1.0, std::sqrt(length)));
  }
  return worst;
}

std::string drawn_name(std::size_t names) {
  return "n" + std::to_string(*rc::gen::inRange<std::size_t>(0, names));
}

NamedEdges drawn_edges(std::size_t names, std::size_t count, bool directed) {
  NamedEdges edges;
  for (std::size_t e = 0; e < count; ++e) {
    std::string a = drawn_name(names);
    std::string b = drawn_name(names);
    if (!directed && b < a) std::swap(a, b);
    edges[{a, b}] = static_cast<float>(*rc::gen::inRange(1, 9)) / 4;
  }
  return edges;
}

}  // namespace

TEST_CASE("after any edits an update equals a full run, hop by hop and in the end") {
  CHECK(rc::check([] {
    const bool directed = *rc::gen::arbitrary<bool>();
    const bool weighted = *rc::gen::arbitrary<bool>();
    const std::size_t names = *rc::gen::inRange<std::size_t>(3, 60);
    NamedEdges edges = drawn_edges(names, *rc::gen::inRange<std::size_t>(1, 100), directed);
    std::set<std::string> alone{drawn_name(names)};
    const Graph before = build(edges, alone, directed, weighted);

    // New edges, lost edges, other weights, new nodes, lost nodes.
    for (auto& [ends, weight] : drawn_edges(names + 5, *rc::gen::inRange<std::size_t>(0, 6), directed)) {
      edges[ends] = weight;
    }
    for (int lost = *rc::gen::inRange(0, 4); lost > 0 && edges.size() > 1; --lost) {
      edges.erase(std::next(edges.begin(), *rc::gen::inRange(0, static_cast<int>(edges.size()))));
    }
    if (*rc::gen::arbitrary<bool>()) alone = {drawn_name(names + 5)};
    const Graph after = build(edges, alone, directed, weighted);

    FastRPOptions options{.dim = 24, .weights = {0.5F, 1, 0, 2}};
    options.dialect = *rc::gen::element(FastRPDialect::adjoin, FastRPDialect::gds, FastRPDialect::fastrp_rs);
    options.direction = *rc::gen::element(NeighborDirection::out, NeighborDirection::in, NeighborDirection::both);
    options.matrix = *rc::gen::element(NeighborMatrix::transition, NeighborMatrix::adjacency);
    options.isolated = *rc::gen::element(FastRPIsolated::zero, FastRPIsolated::own);
    options.self_influence = *rc::gen::element(0.0F, 0.5F);
    options.weights.resize(*rc::gen::inRange<std::size_t>(1, 5));
    if (options.weights.size() == 3) options.weights.back() = 1;
    RC_PRE(options.dialect != FastRPDialect::fastrp_rs || options.weights.size() > 1);
    RC_PRE(options.matrix == NeighborMatrix::transition || options.dialect == FastRPDialect::fastrp_rs);

    RunContext context;
    FastRPUpdate update = fastrp_update(context, before, fastrp_state(context, before, options), after);
    const FastRPState whole = fastrp_state(context, after, options);
    for (std::size_t hop = 1; hop * whole.dim() < whole.rows.columns(); ++hop) {
      RC_ASSERT(difference(update.state.hop(hop), whole.hop(hop)) < 1e-6);
    }
    RC_ASSERT(difference(update.state.sum(), whole.sum()) < 1e-6);
    const Matrix embedding = fastrp_embedding(context, after, update.state).embedding;
    const Matrix expected = fastrp(context, after, options).embedding;
    RC_ASSERT(difference(embedding.view(), expected.view()) < 2e-6);
  }));
}

TEST_CASE("an embedding made from a state tells of nodes without neighbours as a full run does") {
  const Graph graph = build({{{"a", "b"}, 1.0F}}, {"hermit"}, false, false);
  RunContext context;
  for (const FastRPIsolated isolated : {FastRPIsolated::zero, FastRPIsolated::own}) {
    const FastRPOptions options{.dim = 8, .isolated = isolated};
    const RunRecord whole = fastrp(context, graph, options).record;
    const RunRecord kept = fastrp_embedding(context, graph, fastrp_state(context, graph, options)).record;
    REQUIRE(kept.remarks.size() == 1);
    CHECK(kept.remarks[0].what == whole.remarks[0].what);
    CHECK(kept.remarks[0].count == 1);
  }
}

TEST_CASE("only the cone of a change is computed again") {
  // A path of 1000 nodes: an edge at its end reaches three nodes a hop further than its ends.
  NamedEdges edges;
  const auto name = [](int i) { return "p" + std::to_string(10000 + i); };
  for (int i = 0; i + 1 < 1000; ++i) edges[{name(i), name(i + 1)}] = 1;
  const Graph before = build(edges, {}, false, false);
  edges[{name(500), name(502)}] = 1;
  const Graph after = build(edges, {}, false, false);
  RunContext context;
  const FastRPOptions options{.dim = 16, .weights = {0, 1, 1}};
  const FastRPUpdate update = fastrp_update(context, before, fastrp_state(context, before, options), after);
  CHECK(update.rows_changed == 2);
  CHECK(update.rows_recomputed == std::vector<std::uint64_t>{5, 7, 9});
  CHECK(update.nodes_added == 0);
}

TEST_CASE("a state in memory that is only to be read is not written to") {
  NamedEdges edges{{{"a", "b"}, 1.0F}, {{"b", "c"}, 1.0F}, {{"c", "d"}, 1.0F}};
  const Graph before = build(edges, {}, false, false);
  edges[{"a", "d"}] = 1;  // the same nodes: rows stay in their places
  const Graph after = build(edges, {}, false, false);
  RunContext context;
  const FastRPState kept = fastrp_state(context, before, {.dim = 16});
  const MatrixView<const float> rows = kept.rows.view();
  const std::vector<float> values(rows.data(), rows.data() + rows.rows() * rows.columns());
  const auto owner = std::make_shared<const std::vector<float>>(values);
  FastRPState mapped{kept.options, kept.seed, Matrix(Array<float>::shared(*owner, owner), rows.rows(), rows.columns())};
  const FastRPUpdate update = fastrp_update(context, before, std::move(mapped), after);
  CHECK(*owner == values);
  const FastRPState whole = fastrp_state(context, after, {.dim = 16});
  CHECK(difference(update.state.rows.view(), whole.rows.view()) < 1e-6);
}

TEST_CASE("new nodes get the vectors of a full run, without the state being touched") {
  NamedEdges edges;
  for (int i = 0; i < 40; ++i) edges[{"a" + std::to_string(i), "a" + std::to_string((i * 7 + 1) % 40)}] = 1;
  const Graph before = build(edges, {}, false, false);
  edges[{"a3", "new"}] = 1;
  edges[{"a9", "new"}] = 1;
  edges[{"newer", "new"}] = 1;
  const Graph after = build(edges, {}, false, false);
  RunContext context;
  const FastRPOptions options{.dim = 32};
  const FastRPState state = fastrp_state(context, before, options);
  const FastRPNewNodes found = fastrp_transform(context, before, state, after);
  const Matrix whole = fastrp(context, after, options).embedding;
  REQUIRE(found.nodes.size() == 2);
  CHECK(after.view().nodes().name(found.nodes[0]) == "new");
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 32; ++j) {
      CHECK(found.embedding(i, j) == doctest::Approx(whole(index(found.nodes[i]), j)).epsilon(1e-6).scale(1));
    }
  }
  CHECK(state.rows.rows() == before.view().node_count());
}

TEST_CASE("an update gives the same bits for 1, 2, 3 and 8 threads") {
  NamedEdges edges;
  for (int i = 0; i < 3000; ++i) edges[{"a" + std::to_string(i * 31 % 700), "b" + std::to_string(i * 17 % 500)}] = 1;
  const Graph before = build(edges, {}, false, false);
  edges[{"a1", "c"}] = 1;
  const Graph after = build(edges, {}, false, false);
  const FastRPOptions options{.dim = 40, .weights = {1, 1, 2}};
  std::vector<float> first;
  for (const int threads : {1, 2, 3, 8}) {
    RunSettings settings;
    settings.threads = threads;
    RunContext context(settings);
    const FastRPUpdate update = fastrp_update(context, before, fastrp_state(context, before, options), after);
    const MatrixView<const float> rows = update.state.rows.view();
    const std::vector<float> values(rows.data(), rows.data() + rows.rows() * rows.columns());
    if (first.empty()) first = values;
    CHECK(values == first);
  }
}

TEST_CASE("what cannot be updated is refused in a sentence") {
  const Graph graph = build({{{"a", "b"}, 1.0F}}, {}, false, false);
  const Graph arrow = build({{{"a", "b"}, 1.0F}}, {}, true, false);
  const Graph larger = build({{{"a", "b"}, 1.0F}, {{"a", "c"}, 1.0F}}, {}, false, false);
  RunContext context;
  struct Case {
    FastRPOptions options;
    const char* message;
  };
  const std::vector<Case> cases{
      {{.dialect = FastRPDialect::paper},
       "in the dialect paper every vector depends on the number of edges and cannot be updated; compute the embedding "
       "as a whole"},
      {{.dialect = FastRPDialect::tigergraph},
       "hops of the dialect tigergraph cannot be updated; compute the embedding as a whole"},
      {{.dialect = FastRPDialect::gtmac},
       "in the dialect gtmac the random vectors depend on the number of nodes; set --sparsity, or use the dialect "
       "adjoin"},
      {{.matrix = NeighborMatrix::adjacency},
       "sums over neighbours are scaled by the largest degree of the whole graph and cannot be updated; compute the "
       "embedding as a whole"},
      {{.concatenate = true}, "concatenated hops cannot be updated; compute the embedding as a whole"},
      {{.dim = 0}, "dim = 0 is outside 1 to 65536"},
  };
  for (const Case& test : cases) {
    CHECK_THROWS_WITH_AS(fastrp_state(context, graph, test.options), test.message, InvalidOption);
  }
  const FastRPOptions options{.dim = 8};
  CHECK_THROWS_WITH_AS(fastrp_update(context, graph, fastrp_state(context, graph, options), arrow),
                       "one of the graphs is directed and the other is not; an update needs two of a kind",
                       InvalidOption);
  CHECK_THROWS_WITH_AS(fastrp_update(context, larger, fastrp_state(context, graph, options), larger),
                       "this state of FastRP is not one of a graph of 3 nodes", InvalidOption);
  RunSettings other;
  other.seed = 7;
  RunContext with_other_seed(other);
  CHECK_THROWS_WITH_AS(fastrp_update(with_other_seed, graph, fastrp_state(context, graph, options), larger),
                       "the state was made with seed 42 and this run has 7; use the same", InvalidOption);
}

TEST_CASE("options and seed of a state go through words and come back") {
  FastRPState state;
  state.options = {.dim = 33, .weights = {0.25F, -3}, .dialect = FastRPDialect::gds, .self_influence = 0.5F};
  state.seed = 123456789012345ULL;
  FastRPState again;
  read_fastrp_state_words(fastrp_state_words(state), again);
  CHECK(fastrp_state_words(again) == fastrp_state_words(state));
  CHECK(again.options.weights == state.options.weights);
  CHECK_THROWS_AS(read_fastrp_state_words({{"colour", "red"}}, again), InvalidOption);
}
