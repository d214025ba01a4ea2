// Products of a tall matrix, a row a node, with a narrow one, a column a class: what a linear model does at every step.
#pragma once

#include <cstddef>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/parallel.hpp>

namespace adjoin {

/// The narrow matrices of this file have a multiple of this many columns, whatever the width of a register; whoever
/// fills them leaves the last ones 0.
inline constexpr std::size_t narrow_columns = 16;

constexpr std::size_t round_up_to_narrow(std::size_t columns) noexcept {
  return (columns + narrow_columns - 1) / narrow_columns * narrow_columns;
}

/// out = X W. x: n x d; w: d x k; out: n x k; k a multiple of narrow_columns. 2*n*d*k operations; reads 4*n*d bytes,
/// and 4*d*k from the cache for every four rows. The same bits for any number of threads.
void tall_product(const Threads& threads, MatrixView<const float> x, MatrixView<const float> w, MatrixView<float> out);

/// out = X^T R. x: n x d; r: n x k; out: d x k; k a multiple of narrow_columns. As above: every sum goes over the rows
/// in their order, and threads share the columns of x.
void tall_product_transposed(const Threads& threads, MatrixView<const float> x, MatrixView<const float> r,
                             MatrixView<float> out);

}  // namespace adjoin
