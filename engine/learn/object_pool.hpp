// Memory for what a tape records: many small objects, forgotten together.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin::learn {

/// Memory for small objects that are all forgotten at once. Blocks are kept.
class ObjectPool {
 public:
  void* allocate(std::size_t bytes, std::size_t alignment);
  std::string_view copy(std::string_view text);
  void clear() noexcept;

 private:
  static constexpr std::size_t block_bytes = 1 << 16;
  std::vector<Array<std::byte>> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

}  // namespace adjoin::learn
