// The GPUs of this machine, whether or not this build can use them. Nothing here needs a CUDA toolkit to compile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace adjoin::cuda {

/// Whether this build of adjoin can use a GPU at all.
bool is_built_in() noexcept;

struct DeviceInfo {
  std::string name;            // "NVIDIA H100 80GB HBM3"
  int compute_capability = 0;  // 90 for 9.0
  std::uint64_t memory_bytes = 0;
};

/// What a program can use, in the order of their numbers; empty where there is no GPU, no driver, or a driver that is
/// too old.
std::vector<DeviceInfo> devices();

/// Why there are none, for people: "no NVIDIA driver"; empty where there are some.
std::string why_no_devices();

}  // namespace adjoin::cuda
