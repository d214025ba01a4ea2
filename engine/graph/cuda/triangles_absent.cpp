// A build without a CUDA toolkit: no run has a GPU, so nobody calls these.
#include <adjoin/engine/graph/cuda/triangles.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::cuda {

std::optional<std::uint64_t> count_triangles(RunContext& /*context*/, const CsrView& /*above*/) {
  throw DeviceError("this build of adjoin has no CUDA; use --device cpu");
}

std::optional<Array<std::uint64_t>> triangles_of_ranks(RunContext& /*context*/, const CsrView& /*above*/) {
  throw DeviceError("this build of adjoin has no CUDA; use --device cpu");
}

}  // namespace adjoin::cuda
