// A matrix of normal random numbers, each row keyed on its own.
#pragma once

#include <cstdint>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Row i becomes what RandomSequence(seed, stream, row_key(i)).next_normal() gives, up to the rounding of floats:
/// columns 2c and 2c+1 are drawn from counter c, so a wider matrix begins with the columns of a narrower one. row_key
/// is called once for each row, from several threads.
void fill_with_normals(RunContext& context, FunctionRef<std::uint64_t(std::size_t)> row_key, RandomStream stream,
                       MatrixView<float> x);

}  // namespace adjoin
