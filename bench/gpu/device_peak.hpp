// What the device computes at most.
#pragma once

#include <adjoin/engine/runtime/cuda/cuda_context.hpp>

namespace gpu_bench {

/// Its highest clock, in hertz; 0 where the driver does not say.
double peak_clock(const adjoin::CudaContext& device);

/// Operations a second in float32 outside the tensor cores, a product and a sum being two: multiprocessors, lanes of
/// each and the highest clock. 0 where one of them is not known.
double float32_peak(const adjoin::CudaContext& device, int compute_capability);

}  // namespace gpu_bench
