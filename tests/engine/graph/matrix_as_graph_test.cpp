#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/graph/matrix_as_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"
#include "refusal.hpp"
#include "with_threads.hpp"

using namespace adjoin;

namespace {

Csr matrix_of(std::size_t size, std::vector<MatrixEntry> entries) {
  return matrix_of_entries(size, size, std::move(entries), false);
}

BuiltGraph graph_of(Csr matrix, MatrixDirection direction = MatrixDirection::automatic,
                    SelfLoops self_loops = SelfLoops::drop) {
  RunContext context = test::with_threads(2);
  const std::size_t size = matrix.view().row_count();
  return matrix_as_graph(context, std::move(matrix), std::make_shared<const NodeIndex>(NodeIndex::range(size)),
                         {direction, self_loops});
}

/// The matrix without a copy, as the arrays of another program are given.
Csr view_of(const CsrView& a, const std::shared_ptr<const void>& owner) {
  return {a.column_count, Array<EdgeOffset>::shared(a.offsets, owner), Array<NodeId>::shared(a.targets, owner),
          Array<float>::shared(a.weights, owner)};
}

}  // namespace

TEST_CASE("the matrix of a drawn graph is that graph, without a copy") {
  CHECK(rc::check([] {
    RunContext context = test::with_threads(2);
    const auto nodes = *rc::gen::inRange<std::size_t>(1, 40);
    const auto edges =
        test::random_edges(nodes, *rc::gen::inRange<std::size_t>(0, 120), *rc::gen::arbitrary<std::uint64_t>());
    Array<float> weights(*rc::gen::arbitrary<bool>() ? edges.size() : 0);
    for (std::size_t e = 0; e < weights.size(); ++e) weights[e] = static_cast<float>(1 + e % 3);
    const BuildOptions options{*rc::gen::arbitrary<bool>(), SelfLoops::keep, Duplicates::max};
    const BuiltGraph built =
        build_graph(context, test::to_array(edges), std::move(weights), NodeIndex::range(nodes), options);
    const CsrView a = built.graph.view().out();
    const auto owner = std::make_shared<int>(0);
    const BuiltGraph again = matrix_as_graph(context, view_of(a, owner), built.graph.view().shared_nodes(),
                                             {MatrixDirection::automatic, SelfLoops::keep});
    const GraphView graph = again.graph.view();
    RC_ASSERT(graph.out().targets.data() == a.targets.data());
    RC_ASSERT(owner.use_count() > 1);
    // A directed graph whose every edge has its twin is taken for undirected.
    if (!built.graph.view().directed()) RC_ASSERT(!graph.directed());
    if (graph.directed() == built.graph.view().directed()) {
      RC_ASSERT(graph.edge_count() == built.graph.view().edge_count());
    }
    RC_ASSERT(again.report.isolated_nodes == built.report.isolated_nodes);
  }));
}

TEST_CASE("a matrix is undirected where it is symmetric, weights and all") {
  const auto directed = [](const BuiltGraph& built) { return built.graph.view().directed(); };
  CHECK_FALSE(directed(graph_of(matrix_of(3, {{0, 1, 2}, {1, 0, 2}, {1, 2, 1}, {2, 1, 1}}))));
  CHECK(directed(graph_of(matrix_of(3, {{0, 1, 2}, {1, 0, 3}}))));
  CHECK(directed(graph_of(matrix_of(3, {{0, 1, 2}}))));
  const auto edges = [](MatrixDirection direction) {
    const BuiltGraph built = graph_of(matrix_of(2, {{0, 1, 2}, {1, 0, 2}}), direction);
    return built.graph.view().edge_count();
  };
  CHECK(edges(MatrixDirection::directed) == 2);
  CHECK(edges(MatrixDirection::undirected) == 1);
  CHECK(edges(MatrixDirection::automatic) == 1);
}

TEST_CASE("entries of a matrix's diagonal are dropped, kept or refused") {
  const auto with_loops = [] { return matrix_of(4, {{0, 0, 5}, {0, 1, 2}, {1, 0, 2}, {2, 2, 7}}); };
  const BuiltGraph dropped = graph_of(with_loops());
  CHECK(dropped.report.self_loops_dropped == 2);
  CHECK(dropped.report.isolated_nodes == 2);
  CHECK(dropped.report.edges_given == 4);
  const CsrView rows = dropped.graph.view().out();
  CHECK(rows.nonzero_count() == 2);
  CHECK(rows.row_targets(0)[0] == NodeId{1});
  CHECK(rows.weights[1] == 2);
  const BuiltGraph kept = graph_of(with_loops(), MatrixDirection::automatic, SelfLoops::keep);
  CHECK(kept.graph.view().edge_count() == 3);
  CHECK(kept.report.isolated_nodes == 1);
  CHECK(test::refusal<InvalidData>([&] { graph_of(with_loops(), MatrixDirection::automatic, SelfLoops::refuse); }) ==
        "there is an edge from 0 to itself, and self-loops are refused");
}

TEST_CASE("arrays that are no matrix of a graph are refused") {
  const auto complaint = [](Csr matrix, MatrixDirection direction = MatrixDirection::automatic) {
    return test::refusal<InvalidData>([&] { graph_of(std::move(matrix), direction); });
  };
  CHECK(complaint(matrix_of(2, {{0, 1, 2}}), MatrixDirection::undirected) ==
        "the matrix is not symmetric, as an undirected graph's is; take it as directed");
  CHECK(complaint(matrix_of(2, {{0, 1, -2}})).starts_with("not a graph: "));
  Csr beyond = matrix_of(2, {{0, 1, 2}});
  beyond.targets[0] = NodeId{7};
  CHECK(complaint(std::move(beyond)).starts_with("not a graph: "));
  Csr backwards = matrix_of(2, {{0, 0, 2}, {0, 1, 2}});
  std::swap(backwards.targets[0], backwards.targets[1]);
  CHECK(complaint(std::move(backwards)).starts_with("not a graph: "));
  Csr lying = matrix_of(2, {{0, 1, 2}});
  lying.offsets[2] = EdgeOffset{9};
  CHECK(complaint(std::move(lying)).starts_with("not a graph: "));
}
