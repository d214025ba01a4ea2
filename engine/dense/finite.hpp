// Data from outside may hold NaN and infinity; nothing that is computed from them means anything.
#pragma once

#include <cstddef>
#include <optional>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// The first row with a value that is NaN or infinite, if there is one. Reads 4*n*d bytes.
std::optional<std::size_t> first_row_not_finite(RunContext& context, MatrixView<const float> x);

}  // namespace adjoin
