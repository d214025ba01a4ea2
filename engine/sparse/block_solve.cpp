#include <algorithm>
#include <cmath>

#include <adjoin/engine/sparse/block_solve.hpp>

namespace adjoin {
namespace {

/// Dot products of the columns, each.
BlockNorms dots(std::span<const double> x, std::span<const double> y) noexcept {
  BlockNorms sums{};
  for (std::size_t at = 0; at < x.size(); at += block_width) {
    for (std::size_t k = 0; k < block_width; ++k) sums[k] += x[at + k] * y[at + k];
  }
  return sums;
}

}  // namespace

BlockNorms block_norms(std::span<const double> block) noexcept {
  BlockNorms norms = dots(block, block);
  for (double& norm : norms) norm = std::sqrt(norm);
  return norms;
}

BlockSolution solve_block(const RunContext& context, const DoubleCsrView& a, std::span<double> residual,
                          std::span<double> x, const BlockNorms& goals, std::uint64_t max_iterations,
                          const BlockSolveScratch& scratch) {
  const auto& [direction, product] = scratch;
  std::ranges::fill(x, 0.0);
  std::ranges::fill(product, 0.0);
  std::ranges::copy(residual, direction.begin());
  BlockNorms squares = dots(residual, residual);
  std::array<bool, block_width> done{};
  BlockSolution solution;
  while (true) {
    for (std::size_t k = 0; k < block_width; ++k) done[k] = done[k] || !(std::sqrt(squares[k]) > goals[k]);
    if (std::ranges::all_of(done, [](bool is_done) { return is_done; })) return solution;
    if (solution.iterations == max_iterations) {
      solution.converged = false;
      return solution;
    }
    ++solution.iterations;
    context.check_cancelled();
    multiply_block(a, 1, direction, 0, product);
    const BlockNorms curvatures = dots(direction, product);
    BlockNorms steps{};
    for (std::size_t k = 0; k < block_width; ++k) {
      if (done[k]) continue;
      if (curvatures[k] > 0) {
        steps[k] = squares[k] / curvatures[k];
      } else {  // what is left has no part in the image, or one that rounding has made
        done[k] = true;
        solution.converged = false;
      }
    }
    for (std::size_t at = 0; at < x.size(); at += block_width) {
      for (std::size_t k = 0; k < block_width; ++k) {
        x[at + k] += steps[k] * direction[at + k];
        residual[at + k] -= steps[k] * product[at + k];
      }
    }
    const BlockNorms next = dots(residual, residual);
    BlockNorms ratios{};
    for (std::size_t k = 0; k < block_width; ++k) {
      if (done[k]) continue;
      ratios[k] = next[k] / squares[k];
      squares[k] = next[k];
    }
    for (std::size_t at = 0; at < x.size(); at += block_width) {
      for (std::size_t k = 0; k < block_width; ++k) {
        direction[at + k] = residual[at + k] + ratios[k] * direction[at + k];
      }
    }
  }
}

}  // namespace adjoin
