// Golden values: the non-zeros of ScHoLP's own example; else matrices by definition.
#include <cmath>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/spgemm.hpp>

#include "complex_support.hpp"

using namespace adjoin;
using test::boundaries;
using test::complex_of;
using test::DenseMatrix;
using test::to_dense;

TEST_CASE("the boundary matrices of ScHoLP's example have as many entries as ScHoLP's") {
  const SimplexLog log = test::scholp_example();
  const SimplicialComplex complex = complex_of(log.view());
  CHECK(complex.vertex_count == 9);
  CHECK(complex.edges.size() == 15);
  CHECK(complex.triangles.size() == 7);
  const Boundaries found = boundaries(complex);
  CHECK(found.edges.matrix.view().nonzero_count() == 30);
  CHECK(found.triangles.matrix.view().nonzero_count() == 21);
}

TEST_CASE("edges, triangles and boundary matrices of drawn logs are what their definitions say") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const test::SlowComplex slow = test::slow_complex(drawn.nodes, drawn.simplices);
    const SimplexLog log = drawn.log();
    const SimplicialComplex complex = complex_of(log.view());
    RC_ASSERT(complex.node_count == drawn.nodes);
    std::set<std::size_t> vertices;
    for (const auto& simplex : drawn.simplices) vertices.insert(simplex.begin(), simplex.end());
    RC_ASSERT(complex.vertex_count == vertices.size());
    test::Simplices edges;
    for (const auto& [i, j] : complex.edges) edges.push_back({index(i), index(j)});
    test::Simplices triangles;
    for (const auto& [i, j, k] : complex.triangles) triangles.push_back({index(i), index(j), index(k)});
    RC_ASSERT(edges == slow.edges);
    RC_ASSERT(triangles == slow.triangles);
    for (std::size_t e = 0; e < edges.size(); ++e) {
      RC_ASSERT(complex.edge_of(complex.edges[e].source, complex.edges[e].target) == e);
    }
    const Boundaries found = boundaries(complex);
    RC_ASSERT(to_dense(found.edges.matrix.view()) == slow.edge_boundary);
    RC_ASSERT(to_dense(found.triangles.matrix.view()) == slow.triangle_boundary);
  }));
}

TEST_CASE("the boundary of a boundary is zero, exactly") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const Boundaries found = boundaries(complex_of(log.view()));
    RunContext context = test::with_threads(1);
    const Csr product = spgemm(context, found.edges.matrix.view(), found.triangles.matrix.view());
    RC_ASSERT(std::ranges::all_of(product.weights, [](float value) { return value == 0; }));
  }));
}

TEST_CASE("the Hodge Laplacian of nodes is that of the graph, of edges and triangles the products by definition") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const Projection projection = test::project(log.view());
    RunContext context = test::with_threads(2);
    const SimplicialComplex complex = simplicial_complex(context, projection);
    const Boundaries found = boundaries_of(context, complex);
    const CsrView a = projection.graph.view().out();
    const Csr nodes = hodge_laplacian(context, found, 0);
    DenseMatrix laplacian(drawn.nodes, std::vector<double>(drawn.nodes, 0.0));
    for (std::size_t i = 0; i < drawn.nodes; ++i) {
      laplacian[i][i] = static_cast<double>(a.row_size(i));
      for (const NodeId j : a.row_targets(i)) laplacian[i][index(j)] = -1;
    }
    RC_ASSERT(to_dense(nodes.view()) == laplacian);
    const test::SlowComplex slow = test::slow_complex(drawn.nodes, drawn.simplices);
    const std::size_t m = slow.edges.size();
    DenseMatrix edges = test::product(slow.edge_boundary, slow.edge_boundary, true, m);
    const DenseMatrix up = test::product(slow.triangle_boundary, slow.triangle_boundary, false, m);
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < m; ++j) edges[i][j] += up[i][j];
    }
    const Csr of_edges = hodge_laplacian(context, found, 1);
    RC_ASSERT(to_dense(of_edges.view()) == edges);
    const Csr of_triangles = hodge_laplacian(context, found, 2);
    RC_ASSERT(to_dense(of_triangles.view()) ==
              test::product(slow.triangle_boundary, slow.triangle_boundary, true, slow.triangles.size()));
    for (const Csr* matrix : {&nodes, &of_edges, &of_triangles}) {
      RC_ASSERT(std::ranges::count(matrix->weights, 0.0F) == 0);
    }
  }));
}

TEST_CASE("the product without a matrix is that with it") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const Boundaries found = boundaries(complex_of(log.view()));
    RandomSequence random(*rc::gen::arbitrary<std::uint64_t>(), RandomStream::tests, 0);
    for (int dimension = 0; dimension <= 2; ++dimension) {
      RunContext context = test::with_threads(2);
      const Csr matrix = hodge_laplacian(context, found, dimension);
      const DenseMatrix dense = to_dense(matrix.view());
      std::vector<double> x(dense.size());
      for (double& value : x) value = random.next_normal();
      std::vector<double> y(dense.size());
      multiply_hodge_laplacian(context, found, dimension, x, y);
      for (std::size_t i = 0; i < dense.size(); ++i) {
        double expected = 0;
        for (std::size_t j = 0; j < dense.size(); ++j) expected += dense[i][j] * x[j];
        RC_ASSERT(std::abs(y[i] - expected) < 1e-10);
      }
    }
  }));
}

TEST_CASE("a complex is the same for 1, 2, 3 and 8 threads") {
  const auto data = test::public_set("email-Enron");
  if (!data) return;
  const SimplicialComplex one = complex_of(data->simplices->view(), 1);
  for (const int threads : {2, 3, 8}) {
    const SimplicialComplex other = complex_of(data->simplices->view(), threads);
    CHECK(std::ranges::equal(other.triangles, one.triangles));
    CHECK(std::ranges::equal(other.edges, one.edges, [](const Edge& x, const Edge& y) {
      return x.source == y.source && x.target == y.target;
    }));
  }
}

TEST_CASE("an empty complex has empty matrices, and a Hodge Laplacian of another dimension is refused") {
  const SimplicialComplex complex = complex_of(3, {});
  CHECK(complex.vertex_count == 0);
  const Boundaries found = boundaries(complex);
  RunContext context = test::with_threads(1);
  CHECK(hodge_laplacian(context, found, 0).offsets.size() == 4);
  CHECK(hodge_laplacian(context, found, 1).offsets.size() == 1);
  for (const int dimension : {-1, 3}) {
    CHECK_THROWS_AS(hodge_laplacian(context, found, dimension), InvalidOption);
    CHECK_THROWS_AS(multiply_hodge_laplacian(context, found, dimension, {}, {}), InvalidOption);
  }
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  const SimplexLog log = test::log_of(3, {{0, 1, 2}});
  const Projection projection = test::project(log.view());
  CHECK_THROWS_AS(simplicial_complex(small, projection), BudgetExceeded);
  CHECK_THROWS_AS(boundaries_of(small, complex_of(3, {{0, 1, 2}})), BudgetExceeded);
}
