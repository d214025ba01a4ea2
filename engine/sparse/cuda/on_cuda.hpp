// Whether a build has the CUDA side is asked here and nowhere else in what is compiled.
#pragma once

#include <utility>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

#ifdef ADJOIN_HAS_CUDA

#include <adjoin/engine/sparse/cuda/cuda_backend.hpp>

namespace adjoin {

/// Calls body with the backend of the run's GPU.
template <class CpuBackend, class Body>
decltype(auto) on_cuda(RunContext& context, Body&& body) {
  return std::forward<Body>(body)(CudaBackend(context));
}

}  // namespace adjoin

#else

namespace adjoin {

/// There is none: no run has a device of a kind that its build cannot use, so nobody gets here.
template <class CpuBackend, class Body>
auto on_cuda(RunContext& context, Body&& body) -> decltype(body(std::declval<CpuBackend>())) {
  throw DeviceError("device " + to_string(context.device()) + ": this build of adjoin has no CUDA; use --device cpu");
}

}  // namespace adjoin

#endif
