#define XXH_INLINE_ALL
#include <xxhash.h>

#include <adjoin/engine/runtime/hash.hpp>

namespace adjoin {

std::uint64_t hash_bytes(std::span<const std::byte> bytes) noexcept {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::uint64_t hash_name(std::string_view name) noexcept {
  return XXH3_64bits(name.data(), name.size());
}

}  // namespace adjoin
