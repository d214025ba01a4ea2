// A private part of linkpred: neighbourhood scores of pairs with a GPU. A build without CUDA has a stand-in that is
// never called.
#pragma once

#include <span>

#include <adjoin/algorithms/linkpred/common_neighbors.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin::detail {

/// Writes row i of `result`, the scores of pairs[i], as neighborhood_scores does: the GPU finds what the pairs'
/// neighbourhoods share, and the host makes scores of it. Moves the stage in progress on by the pairs. False, and
/// nothing done but RunContext::use_cpu, where the device has not room for the graph. context: its device is cuda.
/// rows: of each node its neighbours.
bool score_pairs_on_cuda(RunContext& context, const CsrView& rows, const NeighborhoodDegrees& degrees,
                         std::span<const Edge> pairs, std::span<const NeighborhoodScore> scores, bool use_weights,
                         MatrixView<float> result);

}  // namespace adjoin::detail
