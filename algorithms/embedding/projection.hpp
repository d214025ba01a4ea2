// The random matrix under FastRP: never kept, because every entry is a function of (seed, name of the row's node,
// column).
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Fills row i with magnitude * row_scale[i] * r, where r_j is +1 or -1 with probability 1/(2s) each and else 0: entry
/// j is drawn from word j mod 4 of philox(seed, RandomStream::projection, name_hash(i), j / 4) by
/// sparse_sign_threshold(s). (Achlioptas 2003; Li, Hastie, Church 2006.) out: n x d; row_scale: size n, or empty for
/// ones. Compulsory bytes: writes 4*n*d.
void fill_projection(RunContext& context, const NodeIndex& nodes, double s, float magnitude,
                     std::span<const float> row_scale, MatrixView<float> out);

}  // namespace adjoin
