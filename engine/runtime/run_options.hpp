// The settings of a run as options: what every command and every call from another language lets its users choose.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

struct RunOptions {
  int threads = 0;
  std::uint64_t seed = 42;
  std::string device = "auto";
  std::string memory;
  std::string device_memory;

  static constexpr auto fields() {
    using O = RunOptions;
    return std::tuple{
        option_field("threads", &O::threads, {0, 4096}, "worker threads; 0 means one for each processor"),
        option_field("seed", &O::seed, {0, UINT64_MAX}, "seed of every random number"),
        option_field("device", &O::device, "auto, cpu, cuda or cuda:N"),
        option_field("memory", &O::memory, "most memory to use, such as 8GiB; default: nine tenths of what is free"),
        option_field("device-memory", &O::device_memory,
                     "most memory to use on a GPU; default: nine tenths of what is free there")};
  }
};

/// The settings that the texts stand for; progress and stopping are the caller's to add. InvalidOption for a text that
/// is no device or no amount of memory.
RunSettings run_settings(const RunOptions& options);

}  // namespace adjoin
