// Random matrices that need not be kept: every entry is a function of (seed, its row's key, its column).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Fills row i with magnitude * row_scale[i] * r, where r_j is +1 or -1 with probability 1/(2s) each and else 0: entry
/// j is drawn from word j mod 4 of philox(seed, RandomStream::projection, row_key(i), j / 4) by
/// sparse_sign_threshold(s). (Achlioptas 2003; Li, Hastie, Church 2006.) out: n x d; row_scale: size n, or empty for
/// ones; s >= 1; row_key is called once for each row, from several threads. Compulsory bytes: writes 4*n*d.
void fill_sparse_signs(RunContext& context, FunctionRef<std::uint64_t(std::size_t)> row_key, double s, float magnitude,
                       std::span<const float> row_scale, MatrixView<float> out);

}  // namespace adjoin
