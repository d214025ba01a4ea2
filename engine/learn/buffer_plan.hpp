// Where buffers stand in one block of memory, so that those that are not needed at the same time share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace adjoin::learn {

/// A buffer that is needed from one moment to another, both included.
struct Buffer {
  std::size_t bytes = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::size_t offset = 0;  // set by the plan, a multiple of 64
};

/// Keeps what it works with, so that a plan no larger than an earlier one allocates nothing.
class BufferPlan {
 public:
  /// Sets the offsets and returns the size of the block. Buffers are placed from the largest to the smallest, each at
  /// the lowest place that is free while it is needed. O(b^2) for b buffers.
  std::size_t place(std::span<Buffer> buffers);

 private:
  std::vector<std::uint32_t> by_size_;
  std::vector<std::uint32_t> by_offset_;
};

}  // namespace adjoin::learn
