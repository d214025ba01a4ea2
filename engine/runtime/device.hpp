// Which device a run asks for, and which it gets.
#pragma once

#include <string>
#include <string_view>

namespace adjoin {

/// automatic: the GPU when this build and this machine have one, else the CPU.
enum class DeviceKind { automatic, cpu, cuda };

struct Device {
  DeviceKind kind = DeviceKind::automatic;
  int ordinal = 0;  // which GPU, for cuda
  bool operator==(const Device&) const = default;
};

/// "auto", "cpu", "cuda", "cuda:1"; InvalidOption for anything else.
Device parse_device(std::string_view text);
std::string to_string(Device device);

/// Turns `automatic` into what this machine has. DeviceError if a GPU is asked for that cannot be used here.
Device resolve_device(Device device);

}  // namespace adjoin
