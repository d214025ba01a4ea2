// The nearest rows of drawn vectors by cosine, exactly, on the GPU and on the processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sides.hpp"

namespace gpu_bench {

struct NearestSettings {
  std::size_t vectors = std::size_t{1} << 20;
  std::size_t width = 128;
  std::size_t queries = 4096;  // vectors that are no rows
  std::size_t top = 10;
  std::uint64_t seed = 1;
  std::string write;  // a folder for rows.npy and queries.npy, for peers.py; empty: not wanted
};

/// Prints a record for each side: whole searches by the wall clock. With a GPU the rows stay there after the first
/// search, whose time is first_seconds; queries go there and lists come back in every one. of_peak is the rate of the
/// 2 * queries * vectors * width operations as a share of the device's float32 peak, where that is known.
void nearest_task(const Sides& sides, const NearestSettings& settings);

}  // namespace gpu_bench
