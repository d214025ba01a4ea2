#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/runtime/cuda/devices.hpp>

namespace adjoin::cuda {

bool is_built_in() noexcept {
  return true;
}

namespace {

struct Found {
  std::vector<DeviceInfo> devices;
  std::string why_none;
};

Found look() {
  Found found;
  int count = 0;
  if (const cudaError_t status = cudaGetDeviceCount(&count); status != cudaSuccess) {
    ignore(cudaGetLastError());  // it would be reported by the next call otherwise
    int driver = 0;
    ignore(cudaDriverGetVersion(&driver));
    found.why_none = status != cudaErrorInsufficientDriver ? cudaGetErrorString(status)
                     : driver == 0                         ? "this machine has no NVIDIA driver"
                                                           : "the NVIDIA driver is too old for this build of adjoin";
    return found;
  }
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    cudaDeviceProp properties{};
    check("cudaGetDeviceProperties", cudaGetDeviceProperties(&properties, ordinal));
    found.devices.push_back({properties.name, 10 * properties.major + properties.minor, properties.totalGlobalMem});
  }
  if (count == 0) found.why_none = "this machine has no GPU that CUDA can use";
  return found;
}

/// A driver's answer takes a while, and stays the same.
const Found& found_once() {
  static const Found found = look();
  return found;
}

}  // namespace

std::vector<DeviceInfo> devices() {
  return found_once().devices;
}

std::string why_no_devices() {
  return found_once().why_none;
}

}  // namespace adjoin::cuda
