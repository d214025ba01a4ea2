// The threads of one block of a kernel, run by one thread of the processor.
//
// Each is a fiber, which runs until it has to wait for others: at a barrier, or where a warp's lanes exchange values.
// The order in which threads get to run is left open by the language and a setting here: a kernel whose answer depends
// on it has a race.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include <vector_types.h>

namespace emulated {

constexpr unsigned warp_size = 32;
constexpr unsigned most_threads = 1024;
constexpr std::size_t most_shared_bytes = 227 * 1024;    // that a block may ask for
constexpr std::size_t shared_bytes_unasked = 48 * 1024;  // that it has without asking

/// Where the running thread stands in its grid.
struct Place {
  uint3 thread;
  uint3 block;
  dim3 block_size;
  dim3 grid_size;
};
const Place& place();

/// What threads wait for one another at. All that have not ended must come to the same one.
enum class Meeting : std::uint8_t { exchange, vote, block_barrier };

/// Waits for the warp's other lanes, each with a value. What a lane gave that had already ended is not to be used.
struct Exchanged {
  const std::uint64_t* values;  // of 32 lanes; until the lane's next meeting
  std::uint32_t present;        // a bit for each that gave one
};
Exchanged meet_warp(Meeting meeting, std::uint64_t value);

/// Waits for the block's other threads; whether any gave true.
bool meet_block(bool value);

/// The block's own memory of this name, the same for all of its threads, and set to bytes of 0xff when the block
/// begins.
void* shared(const void* name, std::size_t bytes);
void* dynamic_shared();

/// The order in which threads of a block, and blocks, begin and go on: shuffled, another time otherwise, unless
/// ADJOIN_EMULATED_ORDER has another's name.
enum class Order : std::uint8_t { forward, backward, shuffled };
void set_order(Order order);

/// Calls thread() for every thread of every block. False, with a line on standard error, where threads wait for others
/// that never come, or are at another operation; what the kernel has done by then stays done.
bool run_grid(dim3 grid_size, dim3 block_size, std::size_t dynamic_shared_bytes, const std::function<void()>& thread);

}  // namespace emulated
