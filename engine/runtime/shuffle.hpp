// An order drawn at random.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include <adjoin/engine/runtime/random.hpp>

namespace adjoin {

/// Puts the values in an order drawn at random, each as likely as any other (Fisher and Yates, from the end; Knuth,
/// volume 2, algorithm P).
template <class Value>
void shuffle(RandomSequence& random, std::span<Value> values) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.next_below(i)]);
}

}  // namespace adjoin
