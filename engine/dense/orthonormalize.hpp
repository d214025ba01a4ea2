// The small half of orthonormal columns, for a tall matrix wherever it lies.
#pragma once

#include <cstddef>

#include <adjoin/engine/dense/small_matrix.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>

namespace adjoin {

/// orthonormalize_columns of decompose.hpp for the matrix X of which `gram` gives X^T X and which `multiply` makes X T.
/// Each is called once or a few times, in turn.
std::size_t orthonormalize_with(FunctionRef<SmallMatrix()> gram, FunctionRef<void(const SmallMatrix&)> multiply);

}  // namespace adjoin
