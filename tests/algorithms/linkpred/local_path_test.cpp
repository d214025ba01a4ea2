#include <adjoin/algorithms/linkpred/local_path.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

Array<float> local_paths(const Graph& graph, const std::vector<Edge>& pairs, const LocalPathOptions& options) {
  RunContext context;
  return local_path_scores(context, graph, pairs, options);
}

}  // namespace

TEST_CASE("local path scores of the karate club equal NumPy's") {
  const auto pairs = all_pairs(34);
  for (const std::string kind : {"plain", "weighted", "directed"}) {
    check_golden(local_paths(club(kind), pairs, {.use_weights = true}), pairs, "local_path_" + kind, 1e-6);
  }
  check_golden(local_paths(club("directed"), pairs, {.direction = NeighborDirection::both}), pairs, "local_path_plain",
               1e-6);
}

TEST_CASE("local path scores of drawn graphs equal those of dense matrices") {
  CHECK(rc::check([] {
    const Drawn drawn = draw();
    const Dense a = dense_matrix(drawn.graph, drawn.direction, drawn.use_weights);
    const Dense square = product(a, a);
    const Dense cube = product(square, a);
    const double epsilon = *rc::gen::element(0.0, 0.01, 1.0);
    const auto pairs = some_pairs(a.n, 100, *rc::gen::arbitrary<std::uint64_t>());
    const Array<float> scores = local_paths(drawn.graph, pairs, {epsilon, drawn.use_weights, drawn.direction});
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const std::size_t x = index(pairs[i].source);
      const std::size_t y = index(pairs[i].target);
      const double wanted = square(x, y) + epsilon * cube(x, y);
      RC_ASSERT(std::abs(double{scores[i]} - wanted) <= 1e-7 * wanted);
    }
  }));
}

TEST_CASE("local paths need two edges, count self-loops among them, and do not cross between pieces") {
  const std::vector<Edge> pairs{{node_id(0), node_id(1)}, {node_id(1), node_id(2)}};
  const Graph edge = graph_of(3, {{0, 1}}, false, false);
  const Array<float> of_edge = local_paths(edge, pairs, {.epsilon = 0.5});
  CHECK(of_edge[0] == 0.5F);  // there, back and there again
  CHECK(of_edge[1] == 0);
  const Graph loop = graph_of(3, {{0, 1}, {1, 1}}, false, false);
  CHECK(local_paths(loop, pairs, {.epsilon = 0.5})[0] == 2);  // 0 1 1, and half of 0 1 0 1 and of 0 1 1 1
}

TEST_CASE("local path scores are the same for 1, 2, 3 and 8 threads") {
  const Graph graph = rmat(11);
  check_same_bits(graph, some_pairs(2048, 3000, 5),
                  [](RunContext& context, GraphView view, const std::vector<Edge>& pairs) {
                    return local_path_scores(context, view, pairs);
                  });
}

TEST_CASE("local paths refuse pairs, options and weights that make no sense") {
  check_hostile_pairs([](RunContext& context, GraphView graph, const std::vector<Edge>& pairs) {
    return local_path_scores(context, graph, pairs);
  });
  CHECK_THROWS_WITH_AS(local_paths(club("plain"), {}, {.epsilon = -1}), "epsilon = -1 is outside 0 to 1",
                       InvalidOption);
  const Graph heavy = graph_of(3, {{0, 1, 1e30F}, {1, 2, 1e30F}}, false, true);
  CHECK_THROWS_WITH_AS(local_paths(heavy, {{node_id(0), node_id(2)}}, {.use_weights = true}),
                       "the score of nodes 0 and 2 left the range of a 32-bit float; lower the weights of the graph",
                       InvalidData);
  const Graph graph = graph_of(1000, {{0, 1}}, false, false);
  CHECK(estimate_local_path_memory(graph, 50, {}, 3) - estimate_local_path_memory(graph, 50, {}, 1) == 2 * 24 * 1000);
}
