#include <adjoin/algorithms/linkpred/resistance_distance.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

constexpr auto exact_resistance = ResistanceMethod::exact;
constexpr auto projected = ResistanceMethod::projected;
constexpr auto infinite = UnconnectedPairs::infinite;
constexpr auto pseudo_inverse = UnconnectedPairs::pseudo_inverse;

Array<double> resistances(const Graph& graph, const std::vector<Edge>& pairs, const ResistanceOptions& options) {
  RunContext context;
  return resistance_distances(context, graph, pairs, options).values;
}

ResistanceOptions options_of(ResistanceMethod method, bool use_weights = false,
                             UnconnectedPairs unconnected = infinite) {
  ResistanceOptions options;
  options.method = method;
  options.use_weights = use_weights;
  options.unconnected = unconnected;
  return options;
}

/// The pieces of a graph by spreading the smallest number of each.
std::vector<std::size_t> slow_pieces(const Dense& a) {
  std::vector<std::size_t> piece(a.n);
  for (std::size_t i = 0; i < a.n; ++i) piece[i] = i;
  for (std::size_t round = 0; round < a.n; ++round) {
    for (std::size_t i = 0; i < a.n; ++i) {
      for (std::size_t j = 0; j < a.n; ++j) {
        if (a(i, j) > 0) piece[i] = std::min(piece[i], piece[j]);
      }
    }
  }
  return piece;
}

/// Row x of the pseudo-inverse of the Laplacian: with J the projection on the pieces, L+ = (L + J)^-1 - J.
std::vector<double> slow_row(const Dense& a, const std::vector<std::size_t>& piece, std::size_t x) {
  Dense l(a.n);
  std::vector<double> own(a.n, 0.0);
  for (std::size_t i = 0; i < a.n; ++i) {
    const auto size = static_cast<double>(std::count(piece.begin(), piece.end(), piece[i]));
    for (std::size_t j = 0; j < a.n; ++j) {
      if (i != j) {
        l(i, i) += a(i, j);
        l(i, j) -= a(i, j);
      }
      if (piece[i] == piece[j]) l(i, j) += 1 / size;
      if (i == x && piece[i] == piece[j]) own[j] = 1 / size;
    }
  }
  std::vector<double> unit(a.n, 0.0);
  unit[x] = 1;
  std::vector<double> row = solution(l, unit);
  for (std::size_t j = 0; j < a.n; ++j) row[j] -= own[j];
  return row;
}

}  // namespace

TEST_CASE("resistances of the karate club equal networkx's") {
  const auto pairs = all_pairs(34);
  for (const std::string kind : {"plain", "weighted"}) {
    const Array<double> found = resistances(club(kind), pairs, options_of(exact_resistance, true));
    const auto expected = golden_table("linkpred_global/resistance_" + kind);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      CHECK(found[i] == doctest::Approx(expected[index(pairs[i].source)][index(pairs[i].target)]).epsilon(1e-8));
    }
  }
  CHECK(same_bits(resistances(club("weighted"), pairs, options_of(exact_resistance)),
                  resistances(club("plain"), pairs, options_of(exact_resistance))));
  CHECK(same_bits(resistances(club("directed"), pairs, options_of(exact_resistance, true)),
                  resistances(club("weighted"), pairs, options_of(exact_resistance, true))));
}

TEST_CASE("exact resistances of drawn graphs equal those of the pseudo-inverse of a dense matrix") {
  CHECK(rc::check([] {
    const Drawn drawn = draw();
    const auto unconnected = *rc::gen::element(infinite, pseudo_inverse);
    const Dense a = dense_matrix(drawn.graph, NeighborDirection::both, drawn.use_weights);
    const std::vector<std::size_t> piece = slow_pieces(a);
    std::vector<std::vector<double>> rows;
    for (std::size_t x = 0; x < a.n; ++x) rows.push_back(slow_row(a, piece, x));
    const auto pairs = all_pairs(a.n);
    const Array<double> found =
        resistances(drawn.graph, pairs, options_of(exact_resistance, drawn.use_weights, unconnected));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const std::size_t x = index(pairs[i].source);
      const std::size_t y = index(pairs[i].target);
      if (piece[x] != piece[y] && unconnected == infinite) {
        RC_ASSERT(std::isinf(found[i]));
      } else {
        const double cross = piece[x] == piece[y] ? rows[x][y] + rows[y][x] : 0;
        RC_ASSERT(std::abs(found[i] - (rows[x][x] + rows[y][y] - cross)) <= 1e-9 * (1 + found[i]));
      }
    }
  }));
}

TEST_CASE("resistances add up in series and conductances in parallel") {
  const Graph line = graph_of(4, {{0, 1, 2}, {1, 2, 0.5F}, {2, 3, 1}}, false, true);
  const std::vector<Edge> pairs{{node_id(0), node_id(3)}, {node_id(2), node_id(1)}};
  CHECK(resistances(line, pairs, options_of(exact_resistance, true))[0] == doctest::Approx(0.5 + 2 + 1));
  CHECK(resistances(line, pairs, options_of(exact_resistance, true))[1] == doctest::Approx(2));
  CHECK(resistances(line, pairs, options_of(exact_resistance))[0] == doctest::Approx(3));
  const Graph ring = graph_of(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 0}, {2, 2}}, false, false);
  CHECK(resistances(ring, {{node_id(0), node_id(2)}}, options_of(exact_resistance))[0] ==
        doctest::Approx(1 / (0.5 + 1 / 3.0)));
}

TEST_CASE("a resistance score is the conductance, 0 without a path and finite without resistance") {
  // Two edges, and two nodes alone; the edge of weight 0 joins nothing.
  const Graph graph = graph_of(6, {{0, 1, 4}, {2, 3, 1}, {1, 2, 0}}, false, true);
  const std::vector<Edge> pairs{{node_id(0), node_id(1)}, {node_id(0), node_id(2)}, {node_id(4), node_id(5)}};
  RunContext context;
  for (const ResistanceMethod method : {exact_resistance, projected}) {
    const Array<float> apart = resistance_scores(context, graph, pairs, options_of(method, true));
    CHECK(apart[0] == doctest::Approx(4));
    CHECK(apart[1] == 0);
    CHECK(apart[2] == 0);
    const Array<float> joined = resistance_scores(context, graph, pairs, options_of(method, true, pseudo_inverse));
    CHECK(joined[0] == doctest::Approx(4));
    CHECK(joined[1] ==
          doctest::Approx(1 / (1.0 / 16 + 1.0 / 4)));  // l+ of an end of an edge is a quarter of 1 / weight
    CHECK(joined[2] == std::numeric_limits<float>::max());
  }
}

TEST_CASE("projected resistances deviate from the exact ones as much as epsilon says") {
  const Graph graph = rmat(9);
  const auto pairs = some_pairs(512, 3000, 17);
  for (const UnconnectedPairs unconnected : {infinite, pseudo_inverse}) {
    ResistanceOptions options = options_of(projected, false, unconnected);
    options.epsilon = 0.1;
    const Array<double> wanted = resistances(graph, pairs, options_of(exact_resistance, false, unconnected));
    RunContext context;
    const ResistanceDistances found = resistance_distances(context, graph, pairs, options);
    CHECK(found.dimensions == 200);
    CHECK(found.not_converged == 0);
    CHECK(found.largest_residual <= 1e-6);
    double squares = 0;
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      REQUIRE(std::isinf(wanted[i]) == std::isinf(found.values[i]));
      if (std::isinf(wanted[i]) || wanted[i] == 0) continue;
      const double deviation = found.values[i] / wanted[i] - 1;
      CHECK(std::abs(deviation) < 0.6);  // six times epsilon
      squares += deviation * deviation;
      sum += deviation;
      ++count;
    }
    REQUIRE(count > 1000);
    CHECK(std::sqrt(squares / count) < 0.115);
    CHECK(std::sqrt(squares / count) > 0.06);  // it is an estimate indeed
    CHECK(std::abs(sum / count) < 0.03);
  }
}

TEST_CASE("projected resistances go by seed and names, and say how many solves did not converge") {
  const Graph graph = club("weighted");
  const auto pairs = all_pairs(34);
  RunSettings other_seed;
  other_seed.seed = 7;
  RunContext context;
  RunContext other(other_seed);
  const ResistanceOptions options = options_of(projected, true);
  const ResistanceDistances found = resistance_distances(context, graph, pairs, options);
  CHECK(!same_bits(found.values, resistance_distances(other, graph, pairs, options).values));
  ResistanceOptions hasty = options;
  hasty.max_iterations = 1;
  const ResistanceDistances cut = resistance_distances(context, graph, pairs, hasty);
  CHECK(cut.not_converged == cut.dimensions);
  CHECK(cut.largest_residual > hasty.tolerance);
}

TEST_CASE("resistances are the same for 1, 2, 3 and 8 threads") {
  const Graph graph = rmat(9);
  for (const ResistanceMethod method : {exact_resistance, projected}) {
    for (const UnconnectedPairs unconnected : {infinite, pseudo_inverse}) {
      ResistanceOptions options = options_of(method, false, unconnected);
      options.epsilon = 0.2;
      check_same_bits(graph, some_pairs(512, 1000, 5),
                      [&](RunContext& context, GraphView view, const std::vector<Edge>& pairs) {
                        return resistance_scores(context, view, pairs, options);
                      });
    }
  }
}

TEST_CASE("resistance distances refuse pairs, options and weights that make no sense") {
  for (const ResistanceMethod method : {exact_resistance, projected}) {
    check_hostile_pairs([&](RunContext& context, GraphView graph, const std::vector<Edge>& pairs) {
      return resistance_scores(context, graph, pairs, options_of(method));
    });
  }
  ResistanceOptions options;
  options.epsilon = 0;
  CHECK_THROWS_WITH_AS(resistances(club("plain"), {}, options), "epsilon = 0 is outside 0.005 to 1", InvalidOption);
  // In double, 1e30 + 1e-30 is 1e30: what is left of the matrix has no inverse.
  const Graph far = graph_of(4, {{0, 1, 1e30F}, {1, 2, 1e-30F}, {2, 3, 1e30F}}, false, true);
  CHECK_THROWS_WITH_AS(resistances(far, {{node_id(0), node_id(3)}}, options_of(exact_resistance, true)),
                       "the weights of the graph are too far apart for exact resistance distances; take --method "
                       "projected, or leave use-weights out",
                       InvalidData);
}

TEST_CASE("the estimate for exact resistances counts the entries of the factor") {
  // A star and a path have no fill: their factors have an entry an edge. A complete graph has them all.
  std::vector<WeightedEdge> star;
  std::vector<WeightedEdge> path;
  for (std::size_t i = 1; i < 2000; ++i) {
    star.push_back({0, i});
    path.push_back({i - 1, i});
  }
  std::vector<WeightedEdge> complete;
  for (std::size_t i = 0; i < 600; ++i) {
    for (std::size_t j = 0; j < i; ++j) complete.push_back({i, j});
  }
  const auto estimate = [](const Graph& graph, ResistanceMethod method, int threads) {
    return estimate_resistance_memory(graph, 10, options_of(method), threads);
  };
  const Graph star_graph = graph_of(2000, star, false, false);
  const Graph path_graph = graph_of(2000, path, false, false);
  const std::uint64_t of_star = estimate(star_graph, exact_resistance, 1);
  CHECK(of_star == estimate(path_graph, exact_resistance, 1));
  CHECK(of_star < 1 << 20);
  const Graph dense = graph_of(600, complete, false, false);
  CHECK(estimate(dense, exact_resistance, 1) > 600 * 599 / 2 * 12 * 3);  // the matrix and its factor
  std::vector<WeightedEdge> drawn;
  for (const Edge& edge : random_edges(1024, 4000, 3)) drawn.push_back({index(edge.source), index(edge.target)});
  const Graph random = graph_of(1024, drawn, false, false);
  CHECK(estimate(random, exact_resistance, 3) - estimate(random, exact_resistance, 1) == 2 * 8 * 1024);
  CHECK(estimate(random, projected, 3) - estimate(random, projected, 1) == 2 * 7 * 8 * 1024);
}
