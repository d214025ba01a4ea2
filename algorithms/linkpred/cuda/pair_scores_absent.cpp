// A build without a CUDA toolkit: no run has a GPU, so nobody calls this.
#include <adjoin/algorithms/linkpred/cuda/pair_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::detail {

bool score_pairs_on_cuda(RunContext& /*context*/, const CsrView& /*rows*/, const NeighborhoodDegrees& /*degrees*/,
                         std::span<const Edge> /*pairs*/, std::span<const NeighborhoodScore> /*scores*/,
                         bool /*use_weights*/, MatrixView<float> /*result*/) {
  throw DeviceError("this build of adjoin has no CUDA; use --device cpu");
}

}  // namespace adjoin::detail
