#include <adjoin/algorithms/linkpred/spectral.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

SpectralScores spectral(const Graph& graph, const std::vector<Edge>& pairs, int rank, bool use_weights = false) {
  SpectralOptions options;
  options.rank = rank;
  options.use_weights = use_weights;
  RunContext context;
  return spectral_scores(context, graph, pairs, options);
}

/// D^-1/2 A D^-1/2
Dense normalized(const Dense& a) {
  std::vector<double> degree(a.n, 0.0);
  for (std::size_t i = 0; i < a.n; ++i) {
    for (std::size_t j = 0; j < a.n; ++j) degree[i] += a(i, j);
  }
  Dense result(a.n);
  for (std::size_t i = 0; i < a.n; ++i) {
    for (std::size_t j = 0; j < a.n; ++j) {
      if (a(i, j) > 0) result(i, j) = a(i, j) / std::sqrt(degree[i] * degree[j]);
    }
  }
  return result;
}

/// `pieces` blocks of `size` nodes: rings with a chord from node 0 of each to nodes of its own. `pieces` shapes differ.
Graph rings(std::size_t pieces, std::size_t size) {
  std::vector<WeightedEdge> lines;
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    const std::size_t first = piece * size;
    for (std::size_t i = 0; i < size; ++i) lines.push_back({first + i, first + (i + 1) % size});
    for (std::size_t i = 2; i < 5 + 4 * piece; ++i) lines.push_back({first, first + i});
  }
  return graph_of(pieces * size, lines, false, false);
}

}  // namespace

TEST_CASE("spectral scores of the karate club equal those of NumPy's decomposition") {
  const auto pairs = all_pairs(34);
  for (const std::string kind : {"plain", "weighted"}) {
    check_global_golden(spectral(club(kind), pairs, 4, true).scores, pairs, "spectral_" + kind, 1e-6);
  }
  check_global_golden(spectral(club("directed"), pairs, 4, true).scores, pairs, "spectral_weighted", 1e-6);
  check_global_golden(spectral(club("directed"), pairs, 4).scores, pairs, "spectral_plain", 1e-6);
}

TEST_CASE("all eigenvectors of a drawn graph together are its normalised matrix") {
  CHECK(rc::check([] {
    const Drawn drawn = draw();
    const Dense expected = normalized(dense_matrix(drawn.graph, NeighborDirection::both, drawn.use_weights));
    const auto pairs = all_pairs(expected.n);
    const SpectralScores found = spectral(drawn.graph, pairs, 100, drawn.use_weights);
    RC_ASSERT(found.rank == static_cast<int>(expected.n));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      RC_ASSERT(std::abs(double{found.scores[i]} - expected(index(pairs[i].source), index(pairs[i].target))) <= 1e-6);
    }
  }));
}

TEST_CASE("without eigenvectors the degrees and components are left") {
  const Graph graph = graph_of(6, {{0, 1}, {1, 2}, {3, 4}}, false, false);
  const SpectralScores found = spectral(
      graph, {{node_id(0), node_id(1)}, {node_id(0), node_id(2)}, {node_id(0), node_id(3)}, {node_id(4), node_id(5)}},
      0);
  CHECK(found.rank == 0);
  CHECK(found.scores[0] == doctest::Approx(std::sqrt(2.0) / 4));
  CHECK(found.scores[1] == doctest::Approx(1.0 / 4));
  CHECK(found.scores[2] == 0);
  CHECK(found.scores[3] == 0);
}

TEST_CASE("Lanczos finds what the full decomposition does") {
  // The same pieces, alone few enough for the full decomposition; isolated nodes make the graph large.
  constexpr std::size_t size = 60;
  const Graph small = rings(4, size);
  std::vector<WeightedEdge> lines;
  for (std::size_t u = 0; u < 4 * size; ++u) {
    for (const NodeId v : small.view().out().row_targets(u)) {
      if (u < index(v)) lines.push_back({u, index(v)});
    }
  }
  const Graph large = graph_of(most_nodes_of_dense_spectrum + 1, lines, false, false);
  const auto pairs = some_pairs(4 * size, 2000, 3);
  const SpectralScores wanted = spectral(small, pairs, 6);
  const SpectralScores found = spectral(large, pairs, 6);
  CHECK(found.converged);
  CHECK(found.rank == 6);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    CHECK(std::abs(double{found.scores[i]} - double{wanted.scores[i]}) <= 1e-6);
  }
  SpectralOptions hasty;
  hasty.max_iterations = 1;
  hasty.tolerance = 1e-14;
  RunContext context;
  CHECK(!spectral_scores(context, large, pairs, hasty).converged);
}

TEST_CASE("spectral scores are the same for 1, 2, 3 and 8 threads and both orders of a pair") {
  for (const int scale : {8, 11}) {  // each side of the full decomposition
    const Graph graph = rmat(scale);
    auto pairs = some_pairs(graph.view().node_count(), 1000, 5);
    const auto score = [](RunContext& context, GraphView view, const std::vector<Edge>& asked) {
      return spectral_scores(context, view, asked).scores;
    };
    check_same_bits(graph, pairs, score);
    RunContext context;
    const Array<float> found = score(context, graph, pairs);
    for (Edge& pair : pairs) std::swap(pair.source, pair.target);
    CHECK(same_bits(score(context, graph, pairs), found));
  }
}

TEST_CASE("spectral scores refuse pairs and options that make no sense") {
  check_hostile_pairs([](RunContext& context, GraphView graph, const std::vector<Edge>& pairs) {
    return spectral_scores(context, graph, pairs).scores;
  });
  SpectralOptions options;
  options.rank = -1;
  RunContext context;
  const Graph graph = club("plain");
  CHECK_THROWS_WITH_AS(spectral_scores(context, graph, {}, options), "rank = -1 is outside 0 to 500", InvalidOption);
}

TEST_CASE("the estimate for spectral scores is square up to the size of the full decomposition, and linear beyond") {
  const auto estimate = [](std::size_t nodes) {
    const Graph graph = graph_of(nodes, {{0, 1}}, false, false);
    return estimate_spectral_memory(graph, 10, {});
  };
  CHECK(estimate(1000) > 24 * 1000 * 1000);
  CHECK(estimate(1000) < 26 * 1000 * 1000);
  CHECK(estimate(100'000) > 8 * 100'000 * (3 * 16 + 20));
  CHECK(estimate(100'000) < 8 * 100'000 * (6 * 16 + 80));
}
