#include <algorithm>
#include <bit>
#include <numeric>

#include <adjoin/algorithms/gnn/distinct_draws.hpp>

namespace adjoin::gnn {
namespace {

/// Up to here a short list is looked through faster than bits are cleared.
constexpr std::size_t most_in_list = 32;

}  // namespace

std::span<const std::size_t> DistinctDraws::draw(RandomSequence random, std::size_t count, std::size_t bound) {
  numbers_.clear();
  if (count == bound) {
    numbers_.resize(count);
    std::iota(numbers_.begin(), numbers_.end(), std::size_t{0});
    return numbers_;
  }
  if (count <= most_in_list) {
    for (std::size_t last = bound - count; last < bound; ++last) {
      const std::size_t drawn = random.next_below(last + 1);
      const auto at = std::ranges::lower_bound(numbers_, drawn);
      if (at == numbers_.end() || *at != drawn) {
        numbers_.insert(at, drawn);
      } else {
        numbers_.push_back(last);  // larger than all before it
      }
    }
    return numbers_;
  }
  taken_.assign((bound + 63) / 64, 0);
  for (std::size_t last = bound - count; last < bound; ++last) {
    const std::size_t drawn = random.next_below(last + 1);
    const bool again = (taken_[drawn / 64] >> (drawn % 64) & 1) != 0;
    const std::size_t chosen = again ? last : drawn;
    taken_[chosen / 64] |= std::uint64_t{1} << (chosen % 64);
  }
  for (std::size_t word = 0; word < taken_.size(); ++word) {
    for (std::uint64_t rest = taken_[word]; rest != 0; rest &= rest - 1) {
      numbers_.push_back(64 * word + static_cast<std::size_t>(std::countr_zero(rest)));
    }
  }
  return numbers_;
}

}  // namespace adjoin::gnn
