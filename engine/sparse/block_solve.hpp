// Symmetric systems with several right sides at a time, by conjugate gradients.
//
// Source.  Hestenes, Stiefel: Methods of conjugate gradients for solving linear systems, J. Res. NBS 49 (1952). Every
//          column has its own steps; columns only share the passes over the matrix.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/block_products.hpp>

namespace adjoin {

/// What a solver works in: a block each.
struct BlockSolveScratch {
  std::span<double> direction;
  std::span<double> product;
};

struct BlockSolution {
  std::uint64_t iterations = 0;  // of the slowest column
  bool converged = true;         // all of them reached their goals
};

/// Solves A X = B for X, from 0; on the calling thread.
/// Input.   a: symmetric, no eigenvalue below 0; it may be singular where the right sides are in its image, and X is
///          the shortest solution then. residual: B at first, B - A X at the end; a column is done when that is at most
///          goals[k] long.
/// Cost.    A product an iteration.
/// Errors.  Cancelled.
/// Repeat.  A column's bits do not depend on those beside it.
BlockSolution solve_block(const RunContext& context, const DoubleCsrView& a, std::span<double> residual,
                          std::span<double> x, const BlockNumbers& goals, std::uint64_t max_iterations,
                          const BlockSolveScratch& scratch);

}  // namespace adjoin
