// A decomposition is checked by what defines it: each part in its own image or kernel, all at right angles.
#include <cmath>
#include <limits>
#include <numeric>

#include <adjoin/algorithms/simplicial/hodge_decomposition.hpp>
#include <adjoin/algorithms/simplicial/homology.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/spmv.hpp>

#include "complex_support.hpp"

using namespace adjoin;

namespace {

std::vector<double> normals(std::size_t size, std::uint64_t seed) {
  RandomSequence random(seed, RandomStream::tests, 2);
  std::vector<double> values(size);
  for (double& value : values) value = random.next_normal();
  return values;
}

HodgeDecomposition decompose(const SimplicialComplex& complex, const std::vector<double>& flow, int threads = 2) {
  RunContext context = test::with_threads(threads);
  return hodge_decomposition(context, complex, boundaries_of(context, complex), flow);
}

double dot(const Array<double>& x, const Array<double>& y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

std::vector<double> product(const Csr& a, std::span<const double> x) {
  RunContext context = test::with_threads(1);
  std::vector<double> y(a.view().row_count());
  spmv(context, a.view(), x, std::span<double>(y));
  return y;
}

double largest(std::span<const double> x) {
  double most = 0;
  for (const double value : x) most = std::max(most, std::abs(value));
  return most;
}

double largest_difference(std::span<const double> x, std::span<const double> y) {
  double most = 0;
  for (std::size_t i = 0; i < x.size(); ++i) most = std::max(most, std::abs(x[i] - y[i]));
  return most;
}

/// Every property of the decomposition of a flow whose numbers are about 1.
void check(const SimplicialComplex& complex, const std::vector<double>& flow, const HodgeDecomposition& parts,
           double tolerance) {
  const Boundaries boundaries = test::boundaries(complex);
  RC_ASSERT(parts.converged);
  for (std::size_t e = 0; e < flow.size(); ++e) {
    RC_ASSERT(std::abs(parts.gradient[e] + parts.curl[e] + parts.harmonic[e] - flow[e]) <= tolerance);
  }
  RC_ASSERT(largest_difference(product(boundaries.edges.transpose, parts.potential.span()), parts.gradient.span()) <=
            tolerance);
  RC_ASSERT(largest_difference(product(boundaries.triangles.matrix, parts.circulation.span()), parts.curl.span()) <=
            tolerance);
  RC_ASSERT(largest(product(boundaries.edges.matrix, parts.harmonic.span())) <= tolerance);
  RC_ASSERT(largest(product(boundaries.triangles.transpose, parts.harmonic.span())) <= tolerance);
  RC_ASSERT(std::abs(dot(parts.gradient, parts.curl)) <= tolerance);
  RC_ASSERT(std::abs(dot(parts.gradient, parts.harmonic)) <= tolerance);
  RC_ASSERT(std::abs(dot(parts.curl, parts.harmonic)) <= tolerance);
}

}  // namespace

TEST_CASE("the parts of any flow add up to it, are at right angles, and are what they are called") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const SimplicialComplex complex = test::complex_of(log.view());
    const std::vector<double> flow = normals(complex.edges.size(), *rc::gen::arbitrary<std::uint64_t>());
    check(complex, flow, decompose(complex, flow), 1e-10);
  }));
}

TEST_CASE("a harmonic part is there exactly where homology has a cycle") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const SimplicialComplex complex = test::complex_of(log.view());
    const HodgeDecomposition parts = decompose(complex, normals(complex.edges.size(), 3));
    RunContext context = test::with_threads(1);
    const bool cycles = homology(context, complex).betti[1] > 0;
    const double harmonic = largest(parts.harmonic.span());
    RC_ASSERT((cycles ? harmonic > 1e-6 : harmonic < 1e-10));
  }));
}

TEST_CASE("a flow around a hole is harmonic, around a triangle curl, and downhill a gradient") {
  const SimplicialComplex hexagon = test::complex_of(6, test::hexagon());
  // Edges 01, 05, 12, 23, 34, 45: once around against 05.
  const HodgeDecomposition around = decompose(hexagon, {1, -1, 1, 1, 1, 1});
  CHECK(largest(around.gradient.span()) < 1e-12);
  CHECK(largest(around.curl.span()) == 0);
  const SimplicialComplex triangle = test::complex_of(3, {{0, 1, 2}});
  const HodgeDecomposition curl = decompose(triangle, {1, -1, 1});
  CHECK(curl.circulation[0] == doctest::Approx(1).epsilon(1e-12));
  CHECK(largest(curl.gradient.span()) < 1e-12);
  CHECK(largest(curl.harmonic.span()) < 1e-12);
  const HodgeDecomposition downhill = decompose(triangle, {1, 3, 2});  // of the potential -4/3, -1/3, 5/3
  CHECK(downhill.potential[0] == doctest::Approx(-4.0 / 3).epsilon(1e-12));
  CHECK(downhill.potential[2] == doctest::Approx(5.0 / 3).epsilon(1e-12));
  CHECK(largest(downhill.curl.span()) < 1e-12);
}

TEST_CASE("flows of a public set come apart to 1e-8, with the same bits for 1, 2, 3 and 8 threads") {
  const auto data = test::public_set("email-Enron");
  if (!data) return;
  const SimplicialComplex complex = test::complex_of(data->simplices->view());
  const std::vector<double> flow = normals(complex.edges.size(), 1);
  const HodgeDecomposition one = decompose(complex, flow, 1);
  CHECK(rc::check([&] { check(complex, flow, one, 1e-8); }));
  for (const int threads : {2, 3, 8}) {
    const HodgeDecomposition other = decompose(complex, flow, threads);
    CHECK(std::ranges::equal(other.gradient, one.gradient));
    CHECK(std::ranges::equal(other.curl, one.curl));
  }
}

TEST_CASE("a flow that is none is refused, and so is too little memory") {
  const SimplicialComplex complex = test::complex_of(3, {{0, 1, 2}});
  CHECK_THROWS_WITH_AS(decompose(complex, {1, 2}), "the flow has 2 numbers, and the complex has 3 edges", InvalidData);
  CHECK_THROWS_WITH_AS(decompose(complex, {1, 2, std::numeric_limits<double>::infinity()}),
                       "the flow along edge 2 is inf; every edge needs a number", InvalidData);
  CHECK(decompose(test::complex_of(2, {}), {}).gradient.empty());
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  CHECK_THROWS_AS(hodge_decomposition(small, complex, test::boundaries(complex), std::vector<double>{1, 2, 3}),
                  BudgetExceeded);
}
