// Columns of (I - gamma A)^-1 for a symmetric matrix A, many at a time: what sums over walks of any length, Katz's and
// PageRank's among them, come down to.
//
// Source.  1 / (1 - gamma x) = sum over l of c_l T_l(x) on [-1, 1], with c_l = 2 q^l / sqrt(1 - gamma^2), half of that
//          for l = 0, and q = (1 - sqrt(1 - gamma^2)) / gamma (Rivlin: The Chebyshev Polynomials, 1974). Summed from
//          the last term to the first: Clenshaw: A note on the summation of Chebyshev series, 1955.
// Method.  What is left out is known beforehand, so a fixed number of terms gives every entry within a stated error;
//          it takes half to a third of the products that the power series would. A few columns are carried side by
//          side, so that one pass over A serves all of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/block_products.hpp>

namespace adjoin {

/// The terms of the expansion that are taken.
struct ResolventSeries {
  std::vector<double> coefficients;  // of T_0, T_1, ...: at least two
  double error = 0;                  // the sum of the others: no entry of the inverse is further off, but for rounding
};

/// As many terms as it takes for `error`. gamma: 0 to below 1; error: above 0. InvalidOption for others.
ResolventSeries resolvent_series(double gamma, double error);

/// A product with a block of columns (block_products.hpp): Y = scale A X - Y.
using BlockProduct = FunctionRef<void(double scale, std::span<const double> x, std::span<double> y)>;

/// The columns named of the inverse, at most block_width of them: row i of the k-th is block[i * block_width + k]; what
/// is beside them is 0. On the calling thread. a: symmetric, no eigenvalue outside [-1, 1] but for rounding.
/// block, scratch: rows * block_width numbers.
/// Cost.    A product a term.
/// Errors.  Cancelled.
void resolvent_columns(const RunContext& context, BlockProduct a, const ResolventSeries& series,
                       std::span<const NodeId> columns, std::span<double> block, std::span<double> scratch);

/// The same of a sparse matrix, for any number of columns: visit(part, block) is called for each part of them, on any
/// thread; the k-th column of the block is columns[part.begin + k].
/// Cost.    terms * nnz * columns products; 256 bytes a row on each thread. Progress in columns.
/// Errors.  Cancelled.
/// Repeat.  The same bits for any number of threads, and for any company that a column has.
void visit_resolvent_columns(RunContext& context, const DoubleCsrView& a, const ResolventSeries& series,
                             std::span<const NodeId> columns,
                             FunctionRef<void(Chunk part, std::span<const double> block)> visit);

/// Bytes of visit_resolvent_columns on so many threads.
std::uint64_t estimate_resolvent_memory(std::size_t row_count, std::size_t column_count, int threads) noexcept;

}  // namespace adjoin
