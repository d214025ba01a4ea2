// A dense matrix as a sparse one.
#pragma once

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

/// The entries of x that are not zero. Reads x twice; 8 bytes an entry and 8 a row.
Csr sparse_of(RunContext& context, MatrixView<const float> x);

}  // namespace adjoin
