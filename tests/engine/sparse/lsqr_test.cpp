// LSQR by what defines its solution: the normal equations, and no part in the kernel.
#include <cmath>
#include <set>
#include <stop_token>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/lsqr.hpp>
#include <adjoin/engine/sparse/spmv.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

#include "matrices.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using test::random_numbers;

namespace {

LeastSquares solve(RunContext& context, const Csr& a, std::span<const double> b, const LsqrOptions& options = {}) {
  const Csr transposed = transpose(context, a.view());
  return lsqr(
      context, [&](std::span<const double> x, std::span<double> y) { spmv(context, a.view(), x, y); },
      [&](std::span<const double> x, std::span<double> y) { spmv(context, transposed.view(), x, y); }, a.column_count,
      b, options);
}

/// Large, with `per_row` entries in each row; random_csr would look at every place.
Csr sparse_rows(std::size_t rows, std::size_t columns, std::size_t per_row, std::uint64_t seed) {
  RandomSequence random(seed, RandomStream::tests, 3);
  Csr a{columns, Array<EdgeOffset>(rows + 1, EdgeOffset{0}), {}, Array<float>(rows * per_row)};
  std::vector<NodeId> targets;
  for (std::size_t i = 0; i < rows; ++i) {
    std::set<std::size_t> places;
    while (places.size() < per_row) places.insert(random.next_below(columns));
    for (const std::size_t place : places) targets.push_back(node_id(place));
    a.offsets[i + 1] = edge_offset(targets.size());
  }
  a.targets = test::to_array(targets);
  for (float& weight : a.weights) weight = static_cast<float>(random.next_normal());
  return a;
}

}  // namespace

TEST_CASE("least squares solve the normal equations, of tall and wide matrices of any rank") {
  CHECK(rc::check([] {
    const auto rows = *rc::gen::inRange<std::size_t>(1, 30);
    const auto columns = *rc::gen::inRange<std::size_t>(1, 15);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const Csr a = test::random_csr(rows, columns, 0.3, true, seed);
    const std::vector<double> b = random_numbers(rows, seed, 1);
    RunContext context;
    const LeastSquares found = solve(context, a, b);
    RC_ASSERT(found.converged);
    std::vector<double> residual(rows);
    spmv(context, a.view(), std::span<const double>(found.x.span()), std::span<double>(residual));
    for (std::size_t i = 0; i < rows; ++i) residual[i] = b[i] - residual[i];
    double squares = 0;
    for (const double value : residual) squares += value * value;
    RC_ASSERT(std::abs(std::sqrt(squares) - found.residual_norm) < 1e-9);
    const Csr transposed = transpose(context, a.view());
    std::vector<double> gradient(columns);
    spmv(context, transposed.view(), std::span<const double>(residual), std::span<double>(gradient));
    for (const double value : gradient) RC_ASSERT(std::abs(value) < 1e-9);
  }));
}

TEST_CASE("the solution of a system without full rank has no part in the kernel") {
  // x0 + x1 = 2 and x2 = 3 among four unknowns: the shortest is (1, 1, 3, 0).
  RunContext context;
  const Csr a{4,
              test::to_array<EdgeOffset>({EdgeOffset{0}, EdgeOffset{2}, EdgeOffset{3}}),
              test::to_array<NodeId>({NodeId{0}, NodeId{1}, NodeId{2}}),
              {}};
  const LeastSquares found = solve(context, a, std::vector<double>{2, 3});
  const std::array<double, 4> expected{1, 1, 3, 0};
  for (std::size_t i = 0; i < 4; ++i) CHECK(found.x[i] == doctest::Approx(expected[i]).epsilon(1e-12));
  CHECK(found.residual_norm < 1e-12);
}

TEST_CASE("nothing on the right gives nothing, and so does what is at right angles to the image") {
  RunContext context;
  const Csr a{1,
              test::to_array<EdgeOffset>({EdgeOffset{0}, EdgeOffset{1}, EdgeOffset{2}}),
              test::to_array<NodeId>({NodeId{0}, NodeId{0}}),
              {}};
  const LeastSquares zero = solve(context, a, std::vector<double>{0, 0});
  CHECK(zero.x[0] == 0);
  CHECK(zero.iterations == 0);
  const LeastSquares across = solve(context, a, std::vector<double>{5, -5});
  CHECK(across.x[0] == 0);
  CHECK(across.residual_norm == doctest::Approx(std::sqrt(50.0)));
}

TEST_CASE("steps that run out are told, a tolerance of nothing is refused, and a run that is to stop stops") {
  const Csr a = test::random_csr(200, 100, 0.1, true, 5);
  const std::vector<double> b = random_numbers(200, 5, 1);
  RunContext context;
  LsqrOptions options;
  options.max_iterations = 3;
  const LeastSquares cut = solve(context, a, b, options);
  CHECK(!cut.converged);
  CHECK(cut.iterations == 3);
  options.tolerance = 0;
  CHECK_THROWS_AS(solve(context, a, b, options), InvalidOption);
  std::stop_source stop;
  stop.request_stop();
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext stopped(settings);
  CHECK_THROWS_AS(lsqr(
                      stopped, [&](std::span<const double> x, std::span<double> y) { spmv(context, a.view(), x, y); },
                      [](std::span<const double>, std::span<double> y) { std::ranges::fill(y, 1.0); }, 100, b),
                  Cancelled);
}

TEST_CASE("least squares have the same bits for 1, 2, 3 and 8 threads") {
  const Csr a = sparse_rows(40'000, 20'000, 6, 9);
  const std::vector<double> b = random_numbers(40'000, 9, 1);
  const auto on = [&](int threads) {
    RunSettings settings;
    settings.threads = threads;
    RunContext context(settings);
    LsqrOptions options;
    options.max_iterations = 30;
    return solve(context, a, b, options);
  };
  const LeastSquares one = on(1);
  for (const int threads : {2, 3, 8}) CHECK(std::ranges::equal(on(threads).x, one.x));
}
