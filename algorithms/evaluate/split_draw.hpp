// A private part of evaluate: what decides which part of a split an item falls into.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/algorithms/evaluate/split_nodes.hpp>

namespace adjoin::detail {

/// InvalidOption unless each share is at least 0 and both together are below 1.
void check_shares(SplitShares shares);

/// round(share * whole).
std::size_t part_of(double share, std::size_t whole);

/// A number that decides the part of what has this key: the items with the smallest numbers are held out.
std::uint64_t split_number(std::uint64_t seed, std::uint64_t key, std::uint32_t round);

/// Splits the items by their numbers into test, validation and the rest, each part in the order of `less`.
template <class Item, class Less>
void order_parts(std::vector<Item>& items, std::size_t test, std::size_t validation, Less less) {
  const auto at = [&](std::size_t place) { return items.begin() + static_cast<std::ptrdiff_t>(place); };
  const auto smaller = [&](const Item& a, const Item& b) {
    return a.number != b.number ? a.number < b.number : less(a, b);
  };
  if (test < items.size()) std::nth_element(items.begin(), at(test), items.end(), smaller);
  if (test + validation < items.size()) std::nth_element(at(test), at(test + validation), items.end(), smaller);
  std::sort(items.begin(), at(test), less);
  std::sort(at(test), at(test + validation), less);
  std::sort(at(test + validation), items.end(), less);
}

}  // namespace adjoin::detail
