// Blocks of conjugate gradients against systems whose solutions are known.
#include <cmath>
#include <stop_token>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/block_solve.hpp>
#include <adjoin/engine/sparse/spgemm.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

#include "matrices.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using test::random_numbers;

namespace {

/// A = C C^T, of any rank, in whole numbers, so that rounding gives it no eigenvalue below 0.
struct Gram {
  Csr pattern;
  std::vector<double> values;
  DoubleCsrView view() const { return {pattern.view(), values}; }
};

Gram random_gram(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  RunContext context;
  const Csr c = test::random_csr(rows, columns, 0.3, false, seed);
  const Csr transposed = transpose(context, c.view());
  Gram gram{spgemm(context, c.view(), transposed.view()), {}};
  gram.values.assign(gram.pattern.weights.begin(), gram.pattern.weights.end());
  return gram;
}

struct Solved {
  BlockSolution status;
  std::vector<double> x;
  std::vector<double> residual;
};

Solved solve(const Gram& a, const std::vector<double>& b, const BlockNumbers& goals, std::uint64_t most = 10'000) {
  RunContext context;
  Solved solved{{}, std::vector<double>(b.size()), b};
  std::vector<double> direction(b.size());
  std::vector<double> product(b.size());
  solved.status = solve_block(context, a.view(), solved.residual, solved.x, goals, most, {direction, product});
  return solved;
}

BlockNumbers all_goals(double goal) {
  BlockNumbers goals{};
  goals.fill(goal);
  return goals;
}

/// A right side that has a solution.
std::vector<double> in_image(const Gram& a, std::uint64_t seed) {
  const std::size_t size = a.pattern.column_count * block_width;
  const std::vector<double> x = random_numbers(size, seed, 3);
  std::vector<double> b(size, 0.0);
  multiply_block(a.view(), 1, x, 0, b);
  return b;
}

}  // namespace

TEST_CASE("a block of systems is solved, also where the matrix is singular") {
  CHECK(rc::check([] {
    const auto rows = *rc::gen::inRange<std::size_t>(1, 25);
    const auto columns = *rc::gen::inRange<std::size_t>(1, 25);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const Gram a = random_gram(rows, columns, seed);
    const std::vector<double> b = in_image(a, seed);
    const Solved solved = solve(a, b, all_goals(1e-9));
    RC_ASSERT(solved.status.converged);
    std::vector<double> left = b;
    multiply_block(a.view(), -1, solved.x, 1, left);
    for (const double value : left) RC_ASSERT(std::abs(value) < 1e-7);
    const BlockNumbers squares = dot_columns(solved.residual, solved.residual);
    for (const double square : squares) RC_ASSERT(std::sqrt(square) <= 1e-9 * (1 + 1e-12));
  }));
}

TEST_CASE("a column has the same bits whatever is beside it, and one that is done waits") {
  const Gram a = random_gram(40, 80, 5);
  std::vector<double> b = in_image(a, 5);
  for (std::size_t row = 0; row < 40; ++row) b[row * block_width + 1] = 0;  // done at once
  BlockNumbers goals = all_goals(1e-8);
  goals[2] = 1e3;  // done at once as well
  const Solved together = solve(a, b, goals);
  for (std::size_t row = 0; row < 40; ++row) {
    CHECK(together.x[row * block_width + 1] == 0);
    CHECK(together.x[row * block_width + 2] == 0);
  }
  std::vector<double> alone(b.size(), 0.0);
  for (std::size_t row = 0; row < 40; ++row) alone[row * block_width + 7] = b[row * block_width + 7];
  const Solved one = solve(a, alone, goals);
  CHECK(one.status.iterations <= together.status.iterations);
  for (std::size_t row = 0; row < 40; ++row) {
    CHECK(one.x[row * block_width + 7] == together.x[row * block_width + 7]);
  }
}

TEST_CASE("steps that run out are told, and a run that is to stop stops") {
  const Gram a = random_gram(40, 80, 5);
  const std::vector<double> b = in_image(a, 5);
  const Solved cut = solve(a, b, all_goals(1e-8), 2);
  CHECK(!cut.status.converged);
  CHECK(cut.status.iterations == 2);
  // What is not in the image is left, and told.
  const Gram nothing{{1, Array<EdgeOffset>(2, EdgeOffset{0}), {}, {}}, {}};
  CHECK(!solve(nothing, std::vector<double>(block_width, 1.0), all_goals(1e-8)).status.converged);
  std::stop_source stop;
  stop.request_stop();
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext context(settings);
  std::vector<double> residual = b;
  std::vector<double> x(b.size());
  std::vector<double> direction(b.size());
  std::vector<double> product(b.size());
  CHECK_THROWS_AS(solve_block(context, a.view(), residual, x, all_goals(1e-8), 10, {direction, product}), Cancelled);
}
