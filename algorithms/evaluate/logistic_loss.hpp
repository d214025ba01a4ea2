// The logistic loss of many classes at once, and its derivative: a private part of logistic_regression.
#pragma once

#include <cstddef>

#include <adjoin/engine/dense/matrix_view.hpp>

namespace adjoin::detail {

/// For rows that have none of the classes: adds bias[k] to every score s of the run of rows, writes c / (1 + exp(-s))
/// in its place, and sets losses[k] to the sum of c * log(1 + exp(s)) and slopes[k] to that of the new values. scores:
/// columns a multiple of narrow_columns. On the calling thread, for at most some hundreds of rows: the sums are floats.
void logistic_loss(MatrixView<float> scores, std::size_t begin, std::size_t end, float c, const float* bias,
                   float* losses, float* slopes) noexcept;

}  // namespace adjoin::detail
