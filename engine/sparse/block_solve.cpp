#include <algorithm>
#include <cmath>

#include <adjoin/engine/sparse/block_solve.hpp>

namespace adjoin {
BlockSolution solve_block(const RunContext& context, const DoubleCsrView& a, std::span<double> residual,
                          std::span<double> x, const BlockNumbers& goals, std::uint64_t max_iterations,
                          const BlockSolveScratch& scratch) {
  const auto& [direction, product] = scratch;
  std::ranges::fill(x, 0.0);
  std::ranges::fill(product, 0.0);
  std::ranges::copy(residual, direction.begin());
  BlockNumbers squares = dot_columns(residual, residual);
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
    const BlockNumbers curvatures = dot_columns(direction, product);
    BlockNumbers steps{};
    for (std::size_t k = 0; k < block_width; ++k) {
      if (done[k]) continue;
      if (curvatures[k] > 0) {
        steps[k] = squares[k] / curvatures[k];
      } else {  // what is left has no part in the image, or one that rounding has made
        done[k] = true;
        solution.converged = false;
      }
    }
    const BlockNumbers next = step_block(steps, direction, product, x, residual);
    BlockNumbers ratios{};
    for (std::size_t k = 0; k < block_width; ++k) {
      if (done[k]) continue;
      ratios[k] = next[k] / squares[k];
      squares[k] = next[k];
    }
    turn_block(ratios, residual, direction);
  }
}

}  // namespace adjoin
