// Threads, without showing the library that carries them.
//
// Chunk boundaries are a function of the data alone, never of the number of threads: what a chunk computes, and the
// order in which results of chunks are joined, is the same on one core and on sixty-four (docs/determinism.md, promise
// A).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <adjoin/engine/runtime/function_ref.hpp>

namespace adjoin {

/// A run of items [begin, end), and its number among the chunks.
struct Chunk {
  std::size_t begin;
  std::size_t end;
  std::size_t index;
  std::size_t size() const noexcept { return end - begin; }
};

constexpr std::size_t chunk_count(std::size_t items, std::size_t grain) noexcept {
  return (items + grain - 1) / grain;
}

/// Workers of one run, in an arena of their own: two runs with different thread counts do not disturb one another, and
/// no process-wide setting is touched.
class Threads {
 public:
  /// count: worker threads including the caller; 0 means one for each processor this process may use.
  explicit Threads(int count = 0);
  ~Threads();
  Threads(Threads&&) noexcept;
  Threads& operator=(Threads&&) noexcept;

  int count() const noexcept { return count_; }

  /// Calls body(k) once for each k in [0, tasks), in any order, on any of the threads. An exception of a body stops the
  /// tasks not yet begun and is rethrown to the caller.
  void for_tasks(std::size_t tasks, FunctionRef<void(std::size_t)> body) const;

  /// Calls body once for each chunk of `grain` items (the last may be shorter).
  void for_chunks(std::size_t items, std::size_t grain, FunctionRef<void(Chunk)> body) const {
    for_tasks(chunk_count(items, grain),
              [&](std::size_t task) { body(Chunk{task * grain, std::min(items, (task + 1) * grain), task}); });
  }

  /// Maps each chunk to a value and joins the values from the first chunk to the last: the same bits for any thread
  /// count.
  template <class Value, class Map, class Join>
  Value reduce_ordered(std::size_t items, std::size_t grain, Value initial, Map&& map, Join&& join) const {
    std::vector<Value> partial(chunk_count(items, grain), initial);
    for_chunks(items, grain, [&](Chunk chunk) { partial[chunk.index] = map(chunk); });
    Value result = std::move(initial);
    for (Value& value : partial) result = join(std::move(result), std::move(value));
    return result;
  }

 private:
  struct Arena;
  std::unique_ptr<Arena> arena_;
  int count_;
};

/// Processors this process may run on (its affinity mask), at least 1.
int available_processors() noexcept;

}  // namespace adjoin
