// Sparse matrices of doubles times a few dense columns at a time.
//
// Columns lie side by side, block_width in a row, so that one pass over the matrix serves all of them and a row of a
// block fills two cache lines. Each column's sums are its own: what stands beside it changes no bit.
#pragma once

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

}  // namespace adjoin
