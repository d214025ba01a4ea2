// Tests that need a GPU say so in one line and pass where there is none.
#pragma once

#include <iostream>
#include <string>

#include <adjoin/engine/runtime/cuda/devices.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::test {

/// False, and one line on standard output by which CTest knows a skipped test, where no GPU can be used.
inline bool has_gpu() {
  if (!cuda::devices().empty()) return true;
  std::cout << "skipped: no GPU (" << cuda::why_no_devices() << ")\n";
  return false;
}

/// For tests that have a GPU (has_gpu): the first size, or the second where the processor emulates it, as a test takes
/// thousands of times as long there.
template <class Size>
Size size_on_gpu(Size size, Size emulated) {
  return cuda::devices().front().name.find("emulated") == std::string::npos ? size : emulated;
}

inline RunSettings on_gpu() {
  RunSettings settings;
  settings.device = {DeviceKind::cuda, 0};
  return settings;
}

inline RunSettings on_cpu() {
  RunSettings settings;
  settings.device = {DeviceKind::cpu, 0};
  return settings;
}

}  // namespace adjoin::test
