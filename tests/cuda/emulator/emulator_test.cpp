// What the emulated GPU is trusted with: that it does what a GPU does, and tells what a GPU does not.
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "device_code.hpp"

using emulated::Launch;

namespace {

constexpr unsigned all_lanes = 0xffffffffU;

/// The number that each of `threads` threads of a block gives.
template <class Kernel>
std::vector<unsigned> numbers_of(unsigned threads, const Kernel& kernel) {
  std::vector<unsigned> numbers(threads, 0xdeadU);
  Launch(1, threads, 0, nullptr).run([&] { numbers[threadIdx.x] = kernel(); });
  REQUIRE(cudaGetLastError() == cudaSuccess);
  return numbers;
}

/// Each thread writes its number to a place of the block's memory and reads its neighbour's.
std::vector<unsigned> numbers_of_neighbors(bool with_barrier) {
  static const char name = 0;
  constexpr unsigned threads = 100;
  return numbers_of(threads, [&] {
    auto* const places = static_cast<unsigned*>(emulated::shared(&name, threads * sizeof(unsigned)));
    places[threadIdx.x] = threadIdx.x;
    if (with_barrier) __syncthreads();
    return places[(threadIdx.x + 1) % threads];
  });
}

}  // namespace

TEST_CASE("every thread of every block of an emulated grid runs once, at its place") {
  std::vector<int> runs(2 * 3 * 4 * 5 * 6);
  Launch(dim3(2, 3), dim3(4, 5, 6), 0, nullptr).run([&] {
    const unsigned block = blockIdx.y * gridDim.x + blockIdx.x;
    const unsigned thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    ++runs[block * 120 + thread];
  });
  CHECK(cudaGetLastError() == cudaSuccess);
  CHECK(runs == std::vector<int>(runs.size(), 1));
}

TEST_CASE("lanes of an emulated warp exchange values, in warps of fewer than 32 as well") {
  for (const unsigned threads : {1U, 7U, 32U, 33U, 96U}) {
    CAPTURE(threads);
    const auto from_first = numbers_of(threads, [] { return __shfl_sync(all_lanes, threadIdx.x, 0); });
    const auto votes =
        numbers_of(threads, [] { return static_cast<unsigned>(__all_sync(all_lanes, threadIdx.x != 40)); });
    for (unsigned thread = 0; thread < threads; ++thread) {
      CHECK(from_first[thread] == thread / 32 * 32);
      CHECK(votes[thread] == (threads > 40 && thread / 32 == 1 ? 0 : 1));
    }
  }
  const auto sums = numbers_of(64, [] {
    unsigned sum = threadIdx.x;
    for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_xor_sync(all_lanes, sum, offset);
    return sum;
  });
  CHECK(sums[5] == 31 * 32 / 2);
  CHECK(sums[60] == 31 * 32 / 2 + 32 * 32);
}

TEST_CASE("lanes that have ended are not waited for, and what is read of them is not by chance right") {
  const auto numbers = numbers_of(32, [] {
    if (threadIdx.x >= 16) return 0U;
    return __shfl_sync(all_lanes, threadIdx.x, static_cast<int>(threadIdx.x + 8));
  });
  CHECK(numbers[7] == 15);
  CHECK(numbers[8] == 0xa5a5a5a5U);
}

TEST_CASE("a barrier of an emulated block is one, and without it the order of threads shows") {
  for (const auto order : {emulated::Order::forward, emulated::Order::backward, emulated::Order::shuffled}) {
    emulated::set_order(order);
    const auto numbers = numbers_of_neighbors(true);
    for (unsigned thread = 0; thread < numbers.size(); ++thread)
      CHECK(numbers[thread] == (thread + 1) % numbers.size());
  }
  emulated::set_order(emulated::Order::backward);
  const auto backward = numbers_of_neighbors(false);
  emulated::set_order(emulated::Order::forward);
  CHECK(numbers_of_neighbors(false) != backward);
}

TEST_CASE("a vote of an emulated block is heard by all") {
  const auto votes = numbers_of(200, [] {
    const int first = __syncthreads_or(threadIdx.x == 150 ? 1 : 0);
    const int second = __syncthreads_or(0);
    return static_cast<unsigned>(10 * first + second);
  });
  CHECK(votes == std::vector<unsigned>(200, 10));
}

TEST_CASE("threads that wait for what never comes end an emulated kernel, and the next one runs") {
  const auto at_two_barriers = [] {
    if (threadIdx.x % 2 == 0) {
      __syncthreads();
    } else {
      __shfl_sync(all_lanes, 1, 0);
    }
  };
  const auto at_two_operations = [] {
    if (threadIdx.x % 2 == 0) {
      __all_sync(all_lanes, 1);
    } else {
      __shfl_sync(all_lanes, 1, 0);
    }
  };
  Launch(3, 64, 0, nullptr).run(at_two_barriers);
  CHECK(cudaGetLastError() == cudaErrorLaunchFailure);
  Launch(3, 64, 0, nullptr).run(at_two_operations);
  CHECK(cudaGetLastError() == cudaErrorLaunchFailure);
  CHECK(numbers_of(64, [] { return threadIdx.x; })[63] == 63);
}

TEST_CASE("memory of an emulated block is the block's own and begins as no number") {
  static const char name = 0;
  std::vector<float> first_seen(6);
  Launch(6, 32, 64, nullptr).run([&] {
    auto* const value = static_cast<float*>(emulated::shared(&name, sizeof(float)));
    auto* const dynamic = static_cast<float*>(emulated::dynamic_shared());
    if (threadIdx.x == 0) first_seen[blockIdx.x] = *value + dynamic[15];
    __syncthreads();
    *value = dynamic[15] = 1;
  });
  for (const float value : first_seen) CHECK(std::isnan(value));
}

TEST_CASE("memory of the emulated GPU begins as no number, and counts") {
  std::size_t before = 0;
  std::size_t after = 0;
  std::size_t total = 0;
  void* memory = nullptr;
  REQUIRE(cudaMemGetInfo(&before, &total) == cudaSuccess);
  REQUIRE(cudaMallocAsync(&memory, 1000, nullptr) == cudaSuccess);
  REQUIRE(cudaMemGetInfo(&after, &total) == cudaSuccess);
  CHECK(before - after == 1000);
  CHECK(reinterpret_cast<std::uintptr_t>(memory) % 256 == 0);
  CHECK(std::isnan(static_cast<const float*>(memory)[249]));
  CHECK(cudaFreeAsync(memory, nullptr) == cudaSuccess);
  CHECK(cudaMallocAsync(&memory, total + 1, nullptr) == cudaErrorMemoryAllocation);
  CHECK(cudaGetLastError() == cudaErrorMemoryAllocation);
}

TEST_CASE("a launch that a GPU refuses is refused") {
  const auto error_of = [](dim3 grid, dim3 block, std::size_t shared_bytes) {
    Launch(grid, block, shared_bytes, nullptr).run([] {});
    return cudaGetLastError();
  };
  CHECK(error_of(1, 1024, 48 << 10) == cudaSuccess);
  CHECK(error_of(0, 32, 0) == cudaErrorInvalidConfiguration);
  CHECK(error_of(1, 0, 0) == cudaErrorInvalidConfiguration);
  CHECK(error_of(1, 1025, 0) == cudaErrorInvalidConfiguration);
  CHECK(error_of(dim3(1, 65'536), 32, 0) == cudaErrorInvalidConfiguration);
  CHECK(error_of(1, 32, (48 << 10) + 1) == cudaErrorInvalidValue);
}
