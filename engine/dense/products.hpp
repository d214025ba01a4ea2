// Products of dense rows.
#pragma once

#include <cstddef>
#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>

namespace adjoin {

/// out[i] = the dot product of row begin + i of x with `vector`. vector: size x.columns(); out: size of the run of
/// rows. On the calling thread, for use inside chunks. Reads 4*d bytes a row.
void dot_rows(MatrixView<const float> x, std::size_t begin, std::span<const float> vector,
              std::span<float> out) noexcept;

/// The dot product of two arrays of `count` floats, at the instruction level in use, for a library that wants a
/// function of its own to call.
using DotFunction = float (*)(const float* a, const float* b, std::size_t count);
DotFunction dot_function() noexcept;

}  // namespace adjoin
