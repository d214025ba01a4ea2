#include <algorithm>
#include <numeric>

#include <adjoin/engine/learn/buffer_plan.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin::learn {
namespace {

constexpr std::size_t aligned(std::size_t bytes) {
  return (bytes + cache_line_bytes - 1) / cache_line_bytes * cache_line_bytes;
}

}  // namespace

std::size_t BufferPlan::place(std::span<Buffer> buffers) {
  by_size_.resize(buffers.size());
  std::iota(by_size_.begin(), by_size_.end(), 0U);
  std::ranges::sort(by_size_, [&](std::uint32_t a, std::uint32_t b) {
    return buffers[a].bytes != buffers[b].bytes ? buffers[a].bytes > buffers[b].bytes : a < b;
  });
  by_offset_.clear();
  std::size_t total = 0;
  for (const std::uint32_t k : by_size_) {
    Buffer& buffer = buffers[k];
    if (buffer.bytes == 0) break;  // and so are all that follow
    std::size_t offset = 0;
    for (const std::uint32_t other : by_offset_) {
      const Buffer& placed = buffers[other];
      if (placed.first > buffer.last || placed.last < buffer.first) continue;
      if (placed.offset >= offset + buffer.bytes) break;
      offset = std::max(offset, aligned(placed.offset + placed.bytes));
    }
    buffer.offset = offset;
    total = std::max(total, aligned(offset + buffer.bytes));
    const auto place =
        std::ranges::upper_bound(by_offset_, offset, {}, [&](std::uint32_t i) { return buffers[i].offset; });
    by_offset_.insert(place, k);
  }
  return total;
}

}  // namespace adjoin::learn
