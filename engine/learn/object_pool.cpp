#include <algorithm>
#include <cstring>

#include <adjoin/engine/learn/object_pool.hpp>

namespace adjoin::learn {

void* ObjectPool::allocate(std::size_t bytes, std::size_t alignment) {
  const std::size_t begin = (used_ + alignment - 1) / alignment * alignment;
  if (block_ < blocks_.size() && begin + bytes <= blocks_[block_].size()) {
    used_ = begin + bytes;
    return blocks_[block_].data() + begin;
  }
  if (block_ < blocks_.size()) ++block_;
  // A block from an earlier recording that is too small for a large object is passed over, and used next time.
  while (block_ < blocks_.size() && blocks_[block_].size() < bytes) ++block_;
  if (block_ == blocks_.size()) blocks_.emplace_back(std::max(bytes, block_bytes));
  used_ = bytes;
  return blocks_[block_].data();
}

std::string_view ObjectPool::copy(std::string_view text) {
  if (text.empty()) return {};
  char* const memory = static_cast<char*>(allocate(text.size(), 1));
  std::memcpy(memory, text.data(), text.size());
  return {memory, text.size()};
}

void ObjectPool::clear() noexcept {
  block_ = 0;
  used_ = 0;
}

}  // namespace adjoin::learn
