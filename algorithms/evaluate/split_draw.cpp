#include <cmath>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/split_draw.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace adjoin::detail {

void check_shares(SplitShares shares) {
  const auto check_share = [](double share, const char* part) {
    if (share >= 0 && share < 1) return;  // written so that NaN fails
    throw InvalidOption(fmt::format("the {} share {} is outside 0 to below 1", part, share));
  };
  check_share(shares.validation, "validation");
  check_share(shares.test, "test");
  if (shares.validation + shares.test < 1) return;
  throw InvalidOption(fmt::format("the shares {} and {} of validation and test leave nothing to train on",
                                  shares.validation, shares.test));
}

std::size_t part_of(double share, std::size_t whole) {
  return static_cast<std::size_t>(std::llround(share * static_cast<double>(whole)));
}

std::uint64_t split_number(std::uint64_t seed, std::uint64_t key, std::uint32_t round) {
  const RandomWords words = philox(seed, RandomStream::split, key, round);
  return std::uint64_t{words[0]} << 32 | words[1];
}

}  // namespace adjoin::detail
