#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/run_options.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

/// Nothing for an empty text.
std::optional<std::uint64_t> memory_of(std::string_view option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto bytes = parse_bytes(text);
  if (bytes) return bytes;
  throw InvalidOption(
      fmt::format("{} = {} is not an amount of memory; write it like 8GiB or 500MiB", option, quote_for_message(text)));
}

}  // namespace

RunSettings run_settings(const RunOptions& options) {
  RunSettings settings;
  settings.threads = options.threads;
  settings.seed = options.seed;
  settings.device = parse_device(options.device);
  settings.memory_budget = memory_of("memory", options.memory);
  settings.device_memory = memory_of("device-memory", options.device_memory);
  return settings;
}

}  // namespace adjoin
