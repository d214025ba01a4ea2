// A parallel merge sort whose result depends on the values alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/parallel.hpp>

namespace adjoin {

/// Sorts `values` by `less`. Equal values come out in an order that does not depend on the threads (blocks are fixed
/// and merges are stable), but not in the order given: use a total order where that matters. Takes a second copy of the
/// values.
template <class Value, class Less>
void parallel_sort(const Threads& threads, std::span<Value> values, Less less) {
  constexpr std::size_t block = 1 << 16;
  threads.for_chunks(values.size(), block, [&](Chunk chunk) {
    std::sort(values.begin() + static_cast<std::ptrdiff_t>(chunk.begin),
              values.begin() + static_cast<std::ptrdiff_t>(chunk.end), less);
  });
  if (values.size() <= block) return;
  Array<Value> other(values.size());
  Value* from = values.data();
  Value* to = other.data();
  for (std::size_t width = block; width < values.size(); width *= 2) {
    threads.for_chunks(values.size(), 2 * width, [&](Chunk pair) {
      Value* const middle = from + std::min(pair.begin + width, pair.end);
      std::merge(from + pair.begin, middle, middle, from + pair.end, to + pair.begin, less);
    });
    std::swap(from, to);
  }
  if (from != values.data()) {
    threads.for_chunks(values.size(), block, [&](Chunk chunk) {
      std::copy(from + chunk.begin, from + chunk.end, values.data() + chunk.begin);
    });
  }
}

}  // namespace adjoin
