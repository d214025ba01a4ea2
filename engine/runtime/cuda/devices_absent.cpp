// A build without a CUDA toolkit: there are no devices.
#include <adjoin/engine/runtime/cuda/devices.hpp>

namespace adjoin::cuda {

bool is_built_in() noexcept {
  return false;
}

std::vector<DeviceInfo> devices() {
  return {};
}

std::string why_no_devices() {
  return "this build of adjoin has no CUDA";
}

}  // namespace adjoin::cuda
