#include <cmath>
#include <numbers>

#include <Random123/philox.h>

#include <adjoin/engine/runtime/random.hpp>

namespace adjoin {

RandomWords philox(std::uint64_t seed, RandomStream stream, std::uint64_t key, std::uint32_t counter) noexcept {
  const r123::Philox4x32::ctr_type block{{counter, static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(key),
                                          static_cast<std::uint32_t>(key >> 32)}};
  const r123::Philox4x32::key_type philox_key{
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  const auto words = r123::Philox4x32{}(block, philox_key);
  return {words[0], words[1], words[2], words[3]};
}

std::uint32_t RandomSequence::next_word() noexcept {
  if (used_ == words_.size()) {
    words_ = philox(seed_, stream_, key_, counter_++);
    used_ = 0;
  }
  return words_[used_++];
}

std::uint64_t RandomSequence::next_word64() noexcept {
  const std::uint64_t high = next_word();
  return high << 32 | next_word();
}

double RandomSequence::next_uniform() noexcept {
  return static_cast<double>(next_word64() >> 11) * 0x1.0p-53;
}

std::uint64_t RandomSequence::next_below(std::uint64_t bound) noexcept {
  __extension__ using Wide = unsigned __int128;
  while (true) {
    const Wide product = Wide{next_word64()} * bound;
    const auto low = static_cast<std::uint64_t>(product);
    // Words below 2^64 mod bound would be drawn once too often. That is below the bound, so it is hardly ever divided.
    if (low >= bound || low >= -bound % bound) return static_cast<std::uint64_t>(product >> 64);
  }
}

double RandomSequence::next_normal() noexcept {
  if (has_spare_normal_) {
    has_spare_normal_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2.0 * std::log1p(-next_uniform()));  // 1 - u is in (0, 1]
  const double angle = 2.0 * std::numbers::pi * next_uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_normal_ = true;
  return radius * std::cos(angle);
}

std::uint32_t sparse_sign_threshold(double s) noexcept {
  return static_cast<std::uint32_t>(std::llround(std::min(0x1.0p31, 0x1.0p31 / s)));
}

int RandomSequence::next_sparse_sign(double s) noexcept {
  const std::uint32_t threshold = sparse_sign_threshold(s);
  const std::uint32_t word = next_word();
  if (word < threshold) return 1;
  return word >= 0U - threshold ? -1 : 0;
}

}  // namespace adjoin
