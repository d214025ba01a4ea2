// A private part of gnn: distinct whole numbers at random.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/runtime/random.hpp>

namespace adjoin::gnn {

/// Draws subsets, again and again, in memory that grows to the largest. One for each task.
class DistinctDraws {
 public:
  /// `count` distinct numbers below `bound`, increasing; every subset of that size is as likely as any other (Bentley,
  /// Floyd: A sample of brilliance, 1987). count <= bound; all of them need no draw. Valid until the next call.
  /// O(count^2) for a few, O(count + bound / 64) for more.
  std::span<const std::size_t> draw(RandomSequence random, std::size_t count, std::size_t bound);

 private:
  std::vector<std::size_t> numbers_;
  std::vector<std::uint64_t> taken_;  // a bit for each number
};

}  // namespace adjoin::gnn
