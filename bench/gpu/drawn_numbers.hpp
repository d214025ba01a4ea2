// The numbers that products are made of: the same at the same place every time, on the device and on the host.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/parallel.hpp>

namespace gpu_bench {

/// Scatters consecutive numbers: what one round of multiplying leaves in order, the second breaks up.
constexpr std::uint32_t scattered(std::uint64_t value) {
  std::uint64_t mixed = (value + 1) * 0x9e37'79b9'7f4a'7c15ULL;
  mixed = (mixed ^ (mixed >> 29)) * 0xd6e8'feb8'6659'fd93ULL;
  return static_cast<std::uint32_t>(mixed >> 32);
}

/// From 0.5 to 1.5: sums of them do not cancel, so that relative differences of two sums say something.
constexpr float drawn_number(std::uint64_t place) {
  return 0.5F + static_cast<float>(scattered(place) >> 8) * 0x1p-24F;
}

/// A matrix of them in the host's memory, element (i, j) that of place i * columns + j.
inline adjoin::Matrix drawn_matrix(const adjoin::Threads& threads, std::size_t rows, std::size_t columns) {
  adjoin::Matrix x(rows, columns);
  float* const values = x.view().data();
  threads.for_chunks(rows * columns, std::size_t{1} << 20, [&](adjoin::Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) values[i] = drawn_number(i);
  });
  return x;
}

}  // namespace gpu_bench
