// In blocks of columns, the same embedding.
#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/embedding/fastrp_blocks.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

namespace {

Matrix in_blocks(RunContext& context, GraphView graph, const FastRPOptions& options, std::size_t block) {
  Matrix whole(graph.node_count(), static_cast<std::size_t>(options.dim), std::nanf(""));
  std::size_t next = 0;
  fastrp_in_blocks(context, graph, options, block, [&](std::size_t first, MatrixView<const float> columns) {
    CHECK(first == next);
    next += columns.columns();
    for (std::size_t i = 0; i < columns.rows(); ++i) {
      std::ranges::copy(columns.row(i), whole.view().column_block(first, columns.columns()).row(i).begin());
    }
  });
  CHECK(next == whole.columns());
  return whole;
}

Graph drawn_graph(std::size_t nodes, bool directed, std::uint64_t seed) {
  RunContext context;
  BuildOptions options;
  options.directed = directed;
  return build_graph(context, test::to_array(test::random_edges(nodes, 2 * nodes, seed)), {}, NodeIndex::range(nodes),
                     options)
      .graph;
}

}  // namespace

TEST_CASE("blocks of columns give the embedding of one run") {
  CHECK(rc::check([] {
    RunContext context;
    const Graph graph = drawn_graph(*rc::gen::inRange<std::size_t>(1, 80), *rc::gen::arbitrary<bool>(),
                                    *rc::gen::arbitrary<std::uint64_t>());
    FastRPOptions options;
    options.dim = *rc::gen::inRange(1, 90);
    options.weights =
        *rc::gen::element(std::vector<float>{1}, std::vector<float>{0, 0, 1, 6.67F}, std::vector<float>{1, 1, 0.5F, 2},
                          std::vector<float>{1, 2, 0, 1, 0.5F, 1}, std::vector<float>{0.5F, 1});
    options.dialect = *rc::gen::element(FastRPDialect::adjoin, FastRPDialect::paper, FastRPDialect::gtmac,
                                        FastRPDialect::gds, FastRPDialect::fastrp_rs);
    options.direction = *rc::gen::element(NeighborDirection::out, NeighborDirection::in, NeighborDirection::both);
    options.isolated = *rc::gen::element(FastRPIsolated::zero, FastRPIsolated::own);
    options.self_influence = *rc::gen::element(0.0F, 0.75F);
    const std::size_t block = 16 * *rc::gen::inRange<std::size_t>(1, 7);
    const Matrix expected = fastrp(context, graph, options).embedding;
    const Matrix found = in_blocks(context, graph, options, block);
    for (std::size_t i = 0; i < expected.rows(); ++i) {
      for (std::size_t j = 0; j < expected.columns(); ++j) {
        const double bound = 1e-5 * std::max(1.0, std::abs(static_cast<double>(expected(i, j))));
        RC_ASSERT(std::abs(static_cast<double>(found(i, j)) - static_cast<double>(expected(i, j))) <= bound);
      }
    }
  }));
}

TEST_CASE("a block needs less memory than the embedding, by the number of columns") {
  const Graph graph = drawn_graph(1000, false, 7);
  const FastRPOptions options{.dim = 512};
  const std::uint64_t whole = estimate_fastrp_memory(graph, options);
  const std::uint64_t block = estimate_fastrp_blocks_memory(graph, options, 32);
  CHECK(whole >= 2 * 1000 * 512 * sizeof(float));
  CHECK(block <= 1000 * (2 * 32 + 4 + 3 + 9) * sizeof(float));
}

TEST_CASE("what cannot be computed in blocks is refused in a sentence") {
  const Graph graph = drawn_graph(10, false, 1);
  RunContext context;
  const auto refused = [&](const FastRPOptions& options, std::size_t block, const char* message) {
    CHECK_THROWS_WITH_AS(in_blocks(context, graph, options, block), message, InvalidOption);
  };
  refused({.dim = 32}, 0, "block = 0 is not a multiple of 16");
  refused({.dim = 32}, 24, "block = 24 is not a multiple of 16");
  refused(
      {.dialect = FastRPDialect::tigergraph}, 16,
      "the dialect tigergraph, whose hops need the lengths of those before them, cannot be computed in blocks; leave "
      "--block out");
  refused({.concatenate = true}, 16, "concatenated hops cannot be computed in blocks; leave --block out");
  refused({.precision = FastRPPrecision::bf16}, 16, "hops in bf16 cannot be computed in blocks; leave --block out");
}
