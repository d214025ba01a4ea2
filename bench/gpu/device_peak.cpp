#include "device_peak.hpp"

#include <cuda_runtime_api.h>

namespace gpu_bench {

using namespace adjoin;

namespace {

/// Products and sums in float32 that a multiprocessor begins each cycle: CUDA C++ Programming Guide, arithmetic
/// instructions. 0 for what came after it was written down.
int lanes_of(int compute_capability) {
  switch (compute_capability) {
    case 70:
    case 75:
    case 80:
      return 64;
    case 86:
    case 89:
    case 90:
    case 100:
    case 103:
    case 120:
      return 128;
    default:
      return 0;
  }
}

}  // namespace

double peak_clock(const CudaContext& device) {
  int kilohertz = 0;
  if (cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, device.ordinal()) != cudaSuccess) return 0;
  return 1e3 * static_cast<double>(kilohertz);
}

double float32_peak(const CudaContext& device, int compute_capability) {
  return 2.0 * device.multiprocessors() * lanes_of(compute_capability) * peak_clock(device);
}

}  // namespace gpu_bench
