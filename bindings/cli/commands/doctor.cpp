#include <array>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/cpu_features.hpp>
#include <adjoin/engine/runtime/cuda/devices.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/runtime/version.hpp>

namespace adjoin::cli {
namespace {

/// What follows `key` in the line that begins with it, without quotes; the first line whole for an empty key.
std::string line_of(const char* path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    if (key.empty()) return line;
    const auto begin = line.find_first_not_of(" \t:=\"", key.size());
    return begin == std::string::npos ? "" : line.substr(begin, line.find_last_not_of('"') + 1 - begin);
  }
  return "unknown";
}

std::string cuda_line() {
  if (!cuda::is_built_in()) return "not in this build";
  std::string line;
  for (const cuda::DeviceInfo& device : cuda::devices()) {
    line +=
        fmt::format("{}{}, {}, compute capability {}.{}", line.empty() ? "" : "; ", device.name,
                    format_bytes(device.memory_bytes), device.compute_capability / 10, device.compute_capability % 10);
  }
  return line.empty() ? fmt::format("in this build, but {}", cuda::why_no_devices()) : line;
}

void run_doctor(Session& session) {
  if (session.only_estimate(resident_bytes())) return;
  std::vector<std::pair<std::string, std::string>> rows{
      {"adjoin", std::string(version())},
      {"processor", line_of("/proc/cpuinfo", "model name")},
      {"instructions", fmt::format("{} (this machine has {})", cpu_level(), fmt::join(available_cpu_levels(), ", "))},
      {"threads", fmt::format("{} of {} processors", session.context().threads().count(), available_processors())},
      {"device", to_string(session.context().device())},
      {"cuda", cuda_line()},
      {"memory", fmt::format("{} available, {} for this run", format_bytes(available_memory_bytes()),
                             format_bytes(session.context().memory_budget()))},
      {"huge pages", line_of("/sys/kernel/mm/transparent_hugepage/enabled", "")},
      {"system", line_of("/etc/os-release", "PRETTY_NAME=")}};
  for (const char* name : {"ADJOIN_CPU", "ADJOIN_THREADS", "ADJOIN_DEVICE", "ADJOIN_DATA"}) {
    const char* const value = std::getenv(name);
    rows.emplace_back(name, value == nullptr ? "not set" : value);
  }
  if (session.options().json) {
    Json json;
    for (const auto& [name, value] : rows) json[name] = value;
    session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  session.print(two_columns(rows));
  session.note("Paste these lines into a report of a problem.");
}

}  // namespace

Command doctor_command() {
  Command command;
  command.name = "doctor";
  command.summary = "say what adjoin finds on this machine";
  command.description = "Prints version, processor, instruction level, threads, memory and settings.";
  command.examples = {{"doctor", ""}};
  command.run = [](Session& session) { run_doctor(session); };
  return command;
}

}  // namespace adjoin::cli
