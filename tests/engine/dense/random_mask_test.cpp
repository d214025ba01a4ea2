#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/random_mask.hpp>

using namespace adjoin;

TEST_CASE("the bits of a mask are those of Philox, and a row is multiplied by them") {
  for (const std::size_t entries : {0UL, 1UL, 7UL, 8UL, 31UL, 64UL, 100UL, 1433UL}) {
    for (const std::uint32_t threshold : {0U, 1U, 0x5000'0000U, 0xffff'ffffU}) {
      CAPTURE(entries);
      CAPTURE(threshold);
      constexpr std::uint64_t seed = 0x1234'5678'9abc'def0;
      constexpr std::uint64_t key = 0xfedc'ba98'7654'3210;
      std::vector<std::uint8_t> bits(mask_bytes(entries) + 1, 0xa5);
      draw_mask(seed, RandomStream::tests, key, threshold, std::span(bits).first(mask_bytes(entries)));
      std::vector<float> from(entries);
      std::vector<float> set(entries + 1, 7.0F);
      std::vector<float> added(entries + 1, 7.0F);
      for (std::size_t j = 0; j < entries; ++j) from[j] = static_cast<float>(j) - 20.5F;
      multiply_masked(bits.data(), 1.25F, from, false, set.data());
      multiply_masked(bits.data(), 1.25F, from, true, added.data());
      std::size_t wrong = 0;
      for (std::size_t j = 0; j < entries; ++j) {
        const auto counter = static_cast<std::uint32_t>(j / 4);
        const bool kept = philox(seed, RandomStream::tests, key, counter)[j % 4] >= threshold;
        if (((bits[j / 8] >> (j % 8) & 1) != 0) != kept) ++wrong;
        const float expected = kept ? 1.25F * from[j] : 0.0F;
        if (set[j] != expected || added[j] != 7.0F + expected) ++wrong;
      }
      CHECK(wrong == 0);
      CHECK(bits.back() == 0xa5);
      CHECK(set.back() == 7.0F);
      CHECK(added.back() == 7.0F);
    }
  }
}
