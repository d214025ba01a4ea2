// A build without a CUDA toolkit: no run has a GPU, so this is never called.
#include <adjoin/algorithms/embedding/cuda/exact_search_cuda.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {

bool search_on_cuda(RunContext&, const RowsOnHost&, std::span<const ExactSearch::Query>, std::size_t,
                    std::shared_ptr<void>&, NeighborLists&) {
  throw DeviceError("this build of adjoin has no CUDA; use --device cpu");
}

}  // namespace adjoin
