#include "lanes.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>

namespace emulated {
namespace {

constexpr std::size_t stack_bytes = std::size_t{128} << 10;

using Fiber = boost::context::fiber;
using Memory = std::unique_ptr<std::byte[]>;

Memory poisoned(std::size_t bytes) {
  Memory memory(new std::byte[bytes]);
  std::memset(memory.get(), 0xff, bytes);
  return memory;
}

/// Those who wait for one another: a warp's lanes, or a block's threads. Values stand in two halves, used in turn: the
/// slower lanes still read those of the last meeting when the faster ones are at the next.
struct Group {
  unsigned living = 0;
  unsigned arrived = 0;
  std::uint64_t meetings = 0;  // that all have come to
  Meeting meeting{};
  std::array<std::array<std::uint64_t, warp_size>, 2> values{};
  std::array<std::uint32_t, 2> present{};
  std::array<bool, 2> any{};

  void close_if_complete() {
    if (arrived == 0 || arrived < living) return;
    arrived = 0;
    ++meetings;
  }
};

struct Thread {
  Place place{};
  unsigned number = 0;
  bool ended = true;
  Group* waits_at = nullptr;
  std::uint64_t waits_for = 0;  // more meetings than these
  Fiber fiber;
  Fiber scheduler;

  bool can_go_on() const { return !ended && (waits_at == nullptr || waits_at->meetings != waits_for); }
};

/// What runs blocks, one after the other. Its fibers go on from one kernel to the next.
class Multiprocessor {
 public:
  Multiprocessor() = default;
  ~Multiprocessor() { let_go(); }
  Multiprocessor(const Multiprocessor&) = delete;
  Multiprocessor& operator=(const Multiprocessor&) = delete;

  bool run_grid(dim3 grid_size, dim3 block_size, std::size_t dynamic_bytes, const std::function<void()>& kernel);

  const Place& place() const { return running_->place; }

  Exchanged meet_warp(Meeting meeting, std::uint64_t value) {
    Group& warp = warps_[running_->number / warp_size];
    const std::size_t half = come_to(warp, meeting);
    const unsigned lane = running_->number % warp_size;
    warp.values[half][lane] = value;
    warp.present[half] |= 1U << lane;
    wait(warp);
    return {warp.values[half].data(), warp.present[half]};
  }

  bool meet_block(bool value) {
    const std::size_t half = come_to(block_, Meeting::block_barrier);
    block_.any[half] = block_.any[half] || value;
    wait(block_);
    return block_.any[half];
  }

  void* shared(const void* name, std::size_t bytes) {
    Memory& memory = shared_[name];
    if (memory == nullptr) memory = poisoned(bytes);
    return memory.get();
  }

 private:
  /// The half of the group's values that belongs to the meeting which the running thread has come to.
  std::size_t come_to(Group& group, Meeting meeting) {
    const std::size_t half = group.meetings % 2;
    if (group.arrived == 0) {
      group.meeting = meeting;
      group.present[half] = 0;
      group.any[half] = false;
    } else if (group.meeting != meeting) {
      never_.living = 1;
      wait(never_);
    }
    return half;
  }

  void wait(Group& group) {
    const std::uint64_t before = group.meetings;
    if (&group != &never_) ++group.arrived;
    group.close_if_complete();
    if (group.meetings != before) return;
    running_->waits_at = &group;
    running_->waits_for = before;
    leave();
  }

  void leave() {
    Thread& self = *running_;
    self.scheduler = std::move(self.scheduler).resume();
  }

  void end(Thread& thread) {
    thread.ended = true;
    for (Group* const group : {&warps_[thread.number / warp_size], &block_}) {
      --group->living;
      group->close_if_complete();
    }
  }

  Fiber fiber_of(Thread& thread) {
    return {std::allocator_arg, boost::context::protected_fixedsize_stack(stack_bytes),
            [this, &thread](Fiber&& scheduler) {
              thread.scheduler = std::move(scheduler);
              while (kernel_ != nullptr) {
                (*kernel_)();
                end(thread);
                thread.scheduler = std::move(thread.scheduler).resume();
              }
              return std::move(thread.scheduler);
            }};
  }

  /// Fibers between two kernels come to their end; those in the middle of one cannot, and stay where they are for good.
  void let_go() {
    static auto* const stuck = new std::vector<Fiber>();
    kernel_ = nullptr;
    for (const std::unique_ptr<Thread>& thread : threads_) {
      if (!thread->fiber) continue;
      if (thread->ended) {
        thread->fiber = std::move(thread->fiber).resume();
      } else {
        stuck->push_back(std::move(thread->fiber));
      }
    }
    threads_.clear();
  }

  void begin_block(uint3 block, dim3 grid_size, dim3 block_size, std::size_t dynamic_bytes);
  bool run_block();

  std::vector<std::unique_ptr<Thread>> threads_;  // of the largest block yet
  Thread* running_ = nullptr;
  std::vector<unsigned> order_;  // in which threads get to run
  std::array<Group, most_threads / warp_size> warps_;
  Group block_;
  Group never_;  // where those wait who have come to the wrong operation
  std::map<const void*, Memory> shared_;
  const std::function<void()>* kernel_ = nullptr;
};

thread_local Multiprocessor multiprocessor;

Order named_order() {
  const char* const name = std::getenv("ADJOIN_EMULATED_ORDER");
  if (name == nullptr || name == std::string_view("shuffled")) return Order::shuffled;
  if (name == std::string_view("forward")) return Order::forward;
  if (name == std::string_view("backward")) return Order::backward;
  std::cerr << "ADJOIN_EMULATED_ORDER is " << name << "; it can be forward, backward or shuffled\n";
  std::exit(2);
}

Order& order() {
  static Order chosen = named_order();
  return chosen;
}

/// Numbers 0 .. size-1 in the order that was asked for.
void put_in_order(std::vector<unsigned>& numbers) {
  thread_local std::mt19937 random;  // the same orders in every run
  std::iota(numbers.begin(), numbers.end(), 0U);
  if (order() == Order::backward) std::reverse(numbers.begin(), numbers.end());
  if (order() == Order::shuffled) std::shuffle(numbers.begin(), numbers.end(), random);
}

void Multiprocessor::begin_block(uint3 block, dim3 grid_size, dim3 block_size, std::size_t dynamic_bytes) {
  const unsigned count = block_size.x * block_size.y * block_size.z;
  shared_.clear();
  shared_[nullptr] = poisoned(dynamic_bytes);
  warps_.fill({});
  block_ = {};
  block_.living = count;
  order_.resize(count);
  put_in_order(order_);
  for (unsigned number = 0; number < count; ++number) {
    ++warps_[number / warp_size].living;
    if (number == threads_.size()) threads_.push_back(std::make_unique<Thread>());
    Thread& thread = *threads_[number];
    const uint3 at{number % block_size.x, number / block_size.x % block_size.y, number / block_size.x / block_size.y};
    thread.place = {at, block, block_size, grid_size};
    thread.number = number;
    thread.ended = false;
    thread.waits_at = nullptr;
    if (!thread.fiber) thread.fiber = fiber_of(thread);
  }
}

bool Multiprocessor::run_block() {
  std::size_t left = order_.size();
  while (left > 0) {
    bool moved = false;
    for (const unsigned number : order_) {
      Thread& thread = *threads_[number];
      if (!thread.can_go_on()) continue;
      moved = true;
      running_ = &thread;
      thread.fiber = std::move(thread.fiber).resume();
      if (thread.ended) --left;
    }
    if (moved) continue;
    std::cerr << "emulated GPU: " << left << " threads of a block wait for others that never come"
              << (never_.living > 0 ? ", or are at another operation" : "") << '\n';
    let_go();
    return false;
  }
  return true;
}

bool Multiprocessor::run_grid(dim3 grid_size, dim3 block_size, std::size_t dynamic_bytes,
                              const std::function<void()>& kernel) {
  kernel_ = &kernel;
  never_ = {};
  std::vector<unsigned> blocks(std::size_t{grid_size.x} * grid_size.y * grid_size.z);
  put_in_order(blocks);
  for (const unsigned number : blocks) {
    const uint3 block{number % grid_size.x, number / grid_size.x % grid_size.y, number / grid_size.x / grid_size.y};
    begin_block(block, grid_size, block_size, dynamic_bytes);
    if (!run_block()) return false;
  }
  return true;
}

}  // namespace

const Place& place() {
  return multiprocessor.place();
}

Exchanged meet_warp(Meeting meeting, std::uint64_t value) {
  return multiprocessor.meet_warp(meeting, value);
}

bool meet_block(bool value) {
  return multiprocessor.meet_block(value);
}

void* shared(const void* name, std::size_t bytes) {
  return multiprocessor.shared(name, bytes);
}

void* dynamic_shared() {
  return multiprocessor.shared(nullptr, 0);
}

void set_order(Order chosen) {
  order() = chosen;
}

bool run_grid(dim3 grid_size, dim3 block_size, std::size_t dynamic_shared_bytes, const std::function<void()>& thread) {
  return multiprocessor.run_grid(grid_size, block_size, dynamic_shared_bytes, thread);
}

}  // namespace emulated
