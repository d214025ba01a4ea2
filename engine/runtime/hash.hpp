// The one hash of adjoin: XXH3, 64 bits. Node names are hashed by it to key their random numbers, so its values are
// part of what docs/determinism.md promises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace adjoin {

std::uint64_t hash_bytes(std::span<const std::byte> bytes) noexcept;
std::uint64_t hash_name(std::string_view name) noexcept;

}  // namespace adjoin
