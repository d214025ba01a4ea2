#include <atomic>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

#include <adjoin/engine/runtime/parallel.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;

TEST_CASE("every item is in exactly one chunk") {
  for (const std::size_t items : {0UL, 1UL, 7UL, 64UL, 1000UL}) {
    for (const std::size_t grain : {1UL, 3UL, 64UL, 5000UL}) {
      std::vector<std::atomic<int>> seen(items);
      Threads(3).for_chunks(items, grain, [&](Chunk chunk) {
        CHECK(chunk.index == chunk.begin / grain);
        for (std::size_t i = chunk.begin; i < chunk.end; ++i) ++seen[i];
      });
      for (const auto& count : seen) CHECK(count == 1);
    }
  }
}

TEST_CASE("an ordered sum of floats has the same bits for 1, 2, 3 and 8 threads") {
  std::vector<float> values(300'000);
  RandomSequence random(1, RandomStream::tests, 0);
  for (float& value : values) value = static_cast<float>(random.next_normal()) * 1e3F;
  const auto sum_with = [&](int threads) {
    return Threads(threads).reduce_ordered(
        values.size(), 1000, 0.0F,
        [&](Chunk chunk) {
          float sum = 0;
          for (std::size_t i = chunk.begin; i < chunk.end; ++i) sum += values[i];
          return sum;
        },
        [](float a, float b) { return a + b; });
  };
  const float one = sum_with(1);
  for (const int threads : {2, 3, 8}) {
    for (int repeat = 0; repeat < 5; ++repeat) CHECK(sum_with(threads) == one);
  }
}

TEST_CASE("chunks really run on several threads") {
  std::atomic<int> inside = 0;
  std::atomic<bool> together = false;
  Threads(2).for_tasks(2, [&](std::size_t) {
    ++inside;
    for (int wait = 0; wait < 2000 && !together; ++wait) {
      if (inside == 2) together = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  CHECK(together);
}

TEST_CASE("an exception inside a chunk reaches the caller and the threads stay usable") {
  const Threads threads(4);
  CHECK_THROWS_WITH_AS(threads.for_tasks(100,
                                         [](std::size_t task) {
                                           if (task == 37) throw std::runtime_error("task 37");
                                         }),
                       "task 37", std::runtime_error);
  std::atomic<int> ran = 0;
  threads.for_tasks(10, [&](std::size_t) { ++ran; });
  CHECK(ran == 10);
}
