// Golden values: email-Enron by a program of NumPy that inverts M and projects by singular vectors, and shares no code
// with adjoin; else S by elimination, and its parts by Gram and Schmidt.
#include <cmath>
#include <stop_token>

#include <adjoin/algorithms/simplicial/open_triangles.hpp>
#include <adjoin/algorithms/simplicial/simplicial_pagerank.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "complex_support.hpp"

using namespace adjoin;
using test::DenseMatrix;
using test::project;

namespace {

using Vector = std::vector<double>;

SimplicialPageRank pagerank_scores_of(const Projection& projection, const std::vector<NodeTriple>& triples,
                                      int threads = 2, const SimplicialPageRankOptions& options = {}) {
  RunContext context = test::with_threads(threads);
  return simplicial_pagerank_scores(context, projection, triples, options);
}

std::vector<NodeTriple> all_triples(std::size_t nodes) {
  std::vector<NodeTriple> triples;
  for (std::size_t a = 0; a < nodes; ++a) {
    for (std::size_t b = a + 1; b < nodes; ++b) {
      for (std::size_t c = b + 1; c < nodes; ++c) triples.push_back({node_id(a), node_id(b), node_id(c)});
    }
  }
  return triples;
}

double dot(const Vector& x, const Vector& y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
  return sum;
}

/// An orthonormal basis of what vectors span, each taken twice so that rounding leaves no trace.
DenseMatrix basis_of(const DenseMatrix& vectors) {
  DenseMatrix basis;
  for (Vector v : vectors) {
    for (int twice = 0; twice < 2; ++twice) {
      for (const Vector& b : basis) {
        const double along = dot(v, b);
        for (std::size_t i = 0; i < v.size(); ++i) v[i] -= along * b[i];
      }
    }
    const double length = std::sqrt(dot(v, v));
    if (length < 1e-9) continue;
    for (double& value : v) value /= length;
    basis.push_back(v);
  }
  return basis;
}

/// The part of each column of S that lies in the span of a basis.
DenseMatrix part_of(const DenseMatrix& s, const DenseMatrix& basis) {
  const std::size_t m = s.size();
  DenseMatrix part(m, Vector(m, 0.0));
  for (std::size_t f = 0; f < m; ++f) {
    for (const Vector& b : basis) {
      double along = 0;
      for (std::size_t e = 0; e < m; ++e) along += b[e] * s[e][f];
      for (std::size_t e = 0; e < m; ++e) part[e][f] += along * b[e];
    }
  }
  return part;
}

DenseMatrix transposed(const DenseMatrix& a, std::size_t columns) {
  DenseMatrix result(columns, Vector(a.size()));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < columns; ++j) result[j][i] = a[i][j];
  }
  return result;
}

/// S and its gradient, curl and harmonic parts.
std::array<DenseMatrix, 4> slow_matrices(const test::DrawnLog& drawn, const test::SlowComplex& complex, double alpha) {
  const std::size_t m = complex.edges.size();
  const double b = 1 / alpha - 1;
  DenseMatrix matrix = test::product(complex.edge_boundary, complex.edge_boundary, true, m);
  const DenseMatrix up = test::product(complex.triangle_boundary, complex.triangle_boundary, false, m);
  for (std::size_t f = 0; f < m; ++f) {
    double scale = up[f][f];  // closed triangles
    for (const std::size_t end : complex.edges[f]) {
      for (std::size_t v = 0; v < drawn.nodes; ++v) {
        scale += v != end && test::shared(drawn.simplices, {v, end}) > 0 ? 1 : 0;
      }
    }
    for (std::size_t e = 0; e < m; ++e) matrix[e][f] = (e == f ? b : 0) + (matrix[e][f] + up[e][f]) / scale;
  }
  std::array<DenseMatrix, 4> result;
  result[0] = test::inverse_of(matrix);
  for (Vector& row : result[0]) {
    for (double& value : row) value *= b;
  }
  result[1] = part_of(result[0], basis_of(complex.edge_boundary));
  result[2] = part_of(result[0], basis_of(transposed(complex.triangle_boundary, complex.triangles.size())));
  result[3] = result[0];
  for (std::size_t e = 0; e < m; ++e) {
    for (std::size_t f = 0; f < m; ++f) result[3][e][f] -= result[1][e][f] + result[2][e][f];
  }
  return result;
}

std::array<const Array<double>*, 4> parts_of(const SimplicialPageRank& scores) {
  return {&scores.combined, &scores.gradient, &scores.curl, &scores.harmonic};
}

}  // namespace

TEST_CASE("scores of any three nodes are sums of the dense matrices, whole and part by part") {
  CHECK(rc::check([] {
    test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const Projection projection = project(log.view());
    const test::SlowComplex complex = test::slow_complex(drawn.nodes, drawn.simplices);
    SimplicialPageRankOptions options;
    options.alpha = *rc::gen::element(0.1, 0.85, 0.99);
    const auto matrices = slow_matrices(drawn, complex, options.alpha);
    const std::vector<NodeTriple> triples = all_triples(drawn.nodes);
    const SimplicialPageRank found = pagerank_scores_of(projection, triples, 2, options);
    RC_ASSERT(found.not_converged == 0);
    for (std::size_t part = 0; part < 4; ++part) {
      RC_ASSERT(parts_of(found)[part]->size() == triples.size());
      for (std::size_t t = 0; t < triples.size(); ++t) {
        const auto [a, b, c] = triples[t];
        double expected = 0;
        for (std::size_t e = 0; e < complex.edges.size(); ++e) {
          for (std::size_t f = 0; f < complex.edges.size(); ++f) {
            const auto inside = [&](std::size_t edge) {
              return std::ranges::all_of(complex.edges[edge], [&](std::size_t end) {
                return end == index(a) || end == index(b) || end == index(c);
              });
            };
            if (e != f && inside(e) && inside(f)) expected += std::abs(matrices[part][e][f]);
          }
        }
        RC_ASSERT(std::abs((*parts_of(found)[part])[t] - expected) < 1e-9);
      }
    }
  }));
}

TEST_CASE("scores have the same bits for 1, 2, 3 and 8 threads, and in any order of triples and of their nodes") {
  const auto data = test::public_set("email-Enron");
  if (!data) return;
  const SimplexView all = data->simplices->view();
  const Projection projection = project(simplices_until(all, time_quantile(all, 0.3)));
  RunContext context = test::with_threads(2);
  const Incidence later = incidence_of(context, simplices_between(all, 0, 0));
  const OpenTriangles open = open_triangles(context, projection, later);
  std::vector<NodeTriple> triples(open.triples.begin(), open.triples.end());
  REQUIRE(triples.size() > 100);
  const SimplicialPageRank one = pagerank_scores_of(projection, triples, 1);
  for (const int threads : {2, 3, 8}) {
    const SimplicialPageRank other = pagerank_scores_of(projection, triples, threads);
    for (std::size_t part = 0; part < 4; ++part) {
      CHECK(std::ranges::equal(*parts_of(other)[part], *parts_of(one)[part]));
    }
  }
  std::vector<NodeTriple> turned;
  for (const auto& [a, b, c] : triples) turned.push_back({c, a, b});
  std::ranges::reverse(turned);
  const SimplicialPageRank other = pagerank_scores_of(projection, turned);
  for (std::size_t part = 0; part < 4; ++part) {
    CHECK(std::ranges::equal(std::vector<double>(parts_of(other)[part]->begin(), parts_of(other)[part]->end()),
                             std::vector<double>(std::make_reverse_iterator(parts_of(one)[part]->end()),
                                                 std::make_reverse_iterator(parts_of(one)[part]->begin()))));
  }
  SimplicialPageRankOptions whole;
  whole.parts = false;
  const SimplicialPageRank combined = pagerank_scores_of(projection, triples, 2, whole);
  CHECK(std::ranges::equal(combined.combined, one.combined));
  CHECK(combined.gradient.empty());
}

TEST_CASE("what cannot be scored is refused with what there is, and a run that is to stop stops") {
  const SimplexLog log = test::log_of(4, {{0, 1, 2}, {1, 3}, {0, 3}});
  const Projection projection = project(log.view());
  CHECK(pagerank_scores_of(projection, {}).combined.empty());
  CHECK_THROWS_WITH_AS(pagerank_scores_of(projection, {{NodeId{0}, NodeId{1}, NodeId{4}}}),
                       "triple 0 has node 4, and the graph has 4 nodes", InvalidData);
  SimplicialPageRankOptions options;
  options.alpha = 1;
  CHECK_THROWS_AS(pagerank_scores_of(projection, {}, 1, options), InvalidOption);
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  const std::vector<NodeTriple> triples{{NodeId{0}, NodeId{1}, NodeId{3}}};
  CHECK_THROWS_AS(simplicial_pagerank_scores(small, projection, triples), BudgetExceeded);
  options = {};
  options.max_iterations = 1;
  const SimplicialPageRank cut = pagerank_scores_of(projection, triples, 1, options);
  CHECK(cut.not_converged == 1);
  CHECK(cut.record.remarks.size() == 1);
  std::stop_source stop;
  settings = {};
  settings.stop = stop.get_token();
  settings.on_progress = [&](const Progress& progress) {
    if (progress.stage == "simplicial pagerank") stop.request_stop();
  };
  RunContext stopped(settings);
  CHECK_THROWS_AS(simplicial_pagerank_scores(stopped, projection, triples), Cancelled);
}

TEST_CASE("the estimate is what the scores take at their peak, and little more") {
  if (!test::memory_is_as_asked) return;
  // A strip of triangles i, i + 1, i + 2, closed, with an open one at its end: few columns, of many rows.
  constexpr std::size_t nodes = 40'000;
  test::Simplices simplices;
  for (std::size_t i = 0; i + 2 < nodes; ++i) simplices.push_back({i, i + 1, i + 2});
  const SimplexLog log = test::log_of(nodes, simplices);
  const Projection projection = project(log.view());
  RunContext context = test::with_threads(1);
  const SimplicialComplex complex = simplicial_complex(context, projection);
  const std::vector<NodeTriple> triples{complex.triangles[0], complex.triangles[1]};
  SimplicialPageRankOptions options;
  options.max_iterations = 1;
  const std::uint64_t estimate = estimate_simplicial_pagerank_memory(complex.size(), triples.size(), true, 1);
  restart_recent_peak();
  const std::uint64_t before = resident_bytes();
  const SimplicialPageRank scores = simplicial_pagerank_scores(context, projection, triples, options);
  const std::uint64_t taken = recent_peak_bytes() - before;
  CHECK(scores.columns == 5);
  CHECK(taken <= estimate + complex.triangles.bytes() + complex.edges.bytes() + (8 << 20));
  CHECK(taken >= estimate / 2);
}
