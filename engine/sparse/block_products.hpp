// Sparse matrices of doubles times a few dense columns at a time.
//
// Columns lie side by side, block_width in a row, so that one pass over the matrix serves all of them and a row of a
// block fills two cache lines. Each column's sums are its own: what stands beside it changes no bit.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// A sparse matrix of doubles: where its entries are, and what, values[e] for entry e. Weights of `pattern` play no
/// part.
struct DoubleCsrView {
  CsrView pattern;
  std::span<const double> values;
};

/// Columns of a block.
inline constexpr std::size_t block_width = 16;

/// Y = scale A X + keep Y, on the calling thread. a: n x m; x: m * block_width numbers; y: n * block_width, not
/// overlapping x, finite also where keep is 0.
/// Reads 12 bytes an entry and 128 a row of y, gathers 128 an entry, writes 128 a row.
void multiply_block(const DoubleCsrView& a, double scale, std::span<const double> x, double keep,
                    std::span<double> y) noexcept;

/// A number for each column of a block.
using BlockNumbers = std::array<double, block_width>;

/// Dot products of the columns of X with those of Y, each summed in the order of rows.
BlockNumbers dot_columns(std::span<const double> x, std::span<const double> y) noexcept;

/// X += D diag(steps), R -= P diag(steps); returns the squared lengths of the columns of R then. One pass over all
/// four.
BlockNumbers step_block(const BlockNumbers& steps, std::span<const double> d, std::span<const double> p,
                        std::span<double> x, std::span<double> r) noexcept;

/// D = R + D diag(ratios).
void turn_block(const BlockNumbers& ratios, std::span<const double> r, std::span<double> d) noexcept;

}  // namespace adjoin
