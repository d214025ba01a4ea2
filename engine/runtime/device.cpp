#include <fmt/format.h>

#include <adjoin/engine/runtime/cuda/devices.hpp>
#include <adjoin/engine/runtime/device.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {

Device parse_device(std::string_view text) {
  if (text == "auto") return {DeviceKind::automatic, 0};
  if (text == "cpu") return {DeviceKind::cpu, 0};
  if (text == "cuda") return {DeviceKind::cuda, 0};
  constexpr std::string_view prefix = "cuda:";
  if (text.starts_with(prefix)) {
    const auto ordinal = parse_unsigned(text.substr(prefix.size()));
    if (ordinal && *ordinal < 1024) return {DeviceKind::cuda, static_cast<int>(*ordinal)};
  }
  throw InvalidOption(
      fmt::format("device = {} is not a device; use auto, cpu, cuda or cuda:N", quote_for_message(text)));
}

std::string to_string(Device device) {
  switch (device.kind) {
    case DeviceKind::automatic:
      return "auto";
    case DeviceKind::cpu:
      return "cpu";
    case DeviceKind::cuda:
      return fmt::format("cuda:{}", device.ordinal);
  }
  return "unknown";
}

Device resolve_device(Device device) {
  if (device.kind == DeviceKind::cpu) return {DeviceKind::cpu, 0};
  const bool asked_for = device.kind == DeviceKind::cuda;
  if (asked_for && !cuda::is_built_in()) {
    throw DeviceError(fmt::format("device {}: this build of adjoin has no CUDA; use --device cpu", to_string(device)));
  }
  const auto count = static_cast<int>(cuda::devices().size());
  if (!asked_for) return count > 0 ? Device{DeviceKind::cuda, 0} : Device{DeviceKind::cpu, 0};
  if (count == 0) {
    throw DeviceError(fmt::format("device {}: {}; use --device cpu", to_string(device), cuda::why_no_devices()));
  }
  if (device.ordinal >= count) {
    throw DeviceError(fmt::format("device {}: this machine has {} GPU{}, from cuda:0 on", to_string(device), count,
                                  count == 1 ? "" : "s"));
  }
  return device;
}

}  // namespace adjoin
