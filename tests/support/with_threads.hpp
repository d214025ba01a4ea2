// A run on so many threads, with nothing else out of the ordinary.
#pragma once

#include <cstdint>

#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::test {

inline RunContext with_threads(int threads, std::uint64_t seed = RunSettings{}.seed) {
  RunSettings settings;
  settings.threads = threads;
  settings.seed = seed;
  return RunContext(settings);
}

}  // namespace adjoin::test
