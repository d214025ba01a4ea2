// Eigen's threads and vector width would be set by whoever compiles it; here it is one thread at the build's own level.
#define EIGEN_DONT_PARALLELIZE
#define EIGEN_MPL2_ONLY
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/eigen_positions.hpp>
#include <adjoin/algorithms/linkpred/katz_exact.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include <Eigen/LU>

namespace adjoin::detail {
namespace {

using Square = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic>;
using Column = Eigen::VectorXd;

/// An estimate from below, for a message: n steps of a walk on A + I, which unlike A has one largest eigenvalue, grow
/// by the spectral radius and 1.
double spectral_radius(const CsrView& a) {
  constexpr int steps = 1000;
  std::vector<double> now(a.row_count(), 1.0);
  std::vector<double> next(a.row_count());
  double growth = 1;
  for (int i = 0; i < steps; ++i) {
    double largest = 0;
    for (std::size_t row = 0; row < a.row_count(); ++row) {
      double sum = now[row];
      for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e)
        sum += walk_weight(a, e) * now[index(a.targets[e])];
      next[row] = sum;
      largest = std::max(largest, sum);
    }
    growth = largest;
    for (double& value : next) value /= largest;
    std::swap(now, next);
  }
  return growth - 1;
}

/// A matrix without negative entries has a spectral radius below 1 / beta exactly if (I - beta A) z = 1 has a positive
/// solution (Berman, Plemmons 1994, chapter 6, theorem 2.3), which is then at least 1 and grows without bound
/// towards that limit.
bool sum_has_an_end(const Eigen::PartialPivLU<Eigen::Ref<Square>>& factors) {
  constexpr double beyond_rounding = 1e12;
  const Column z = factors.solve(Column::Ones(factors.rows()));
  return std::all_of(z.begin(), z.end(), [](double value) { return value > 0.5 && value < beyond_rounding; });
}

}  // namespace

Array<double> exact_katz(RunContext& context, const WalkMatrix& matrix, const SourceGroups& groups, double beta) {
  const std::size_t n = matrix.rows.row_count();
  Array<double> scores(groups.question_count());
  if (n == 0) return scores;
  context.begin_stage("factorize", "rows", n);
  // Transposed, because the row of a source is wanted: column x of the inverse of I - beta A^T.
  Square m = Square::Identity(position(n), position(n));
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t e = matrix.rows.row_begin(row); e < matrix.rows.row_end(row); ++e) {
      m(position(index(matrix.rows.targets[e])), position(row)) -= beta * walk_weight(matrix.rows, e);
    }
  }
  const Eigen::PartialPivLU<Eigen::Ref<Square>> factors(m);
  if (!sum_has_an_end(factors)) {
    throw InvalidOption(
        fmt::format("beta = {} is not below 1 / spectral radius of the graph, about {:.6g}, so that Katz's sum over "
                    "walks of any length has no end; lower --beta, or take --method truncated",
                    beta, 1 / spectral_radius(matrix.rows)));
  }
  context.begin_stage("katz", "source nodes", groups.count());
  context.for_tasks(groups.count(), [&](std::size_t group) {
    const Column inverse_row = factors.solve(Column::Unit(position(n), position(index(groups.source(group)))));
    groups.for_questions(group, [&](std::size_t question, NodeId target) {
      scores[question] = std::max(0.0, inverse_row[position(index(target))]);  // rounding may go below
    });
  });
  context.end_stage();
  return scores;
}

std::uint64_t estimate_exact_katz_memory(std::size_t node_count, std::size_t pair_count, int threads) {
  const std::uint64_t columns = 2 * (static_cast<std::uint64_t>(threads) + 1);  // of solves, each with a copy
  return pair_count * sizeof(double) + (node_count + columns) * node_count * sizeof(double);
}

}  // namespace adjoin::detail
