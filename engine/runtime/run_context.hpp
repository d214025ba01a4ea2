// What a run is given beside its data and its options, and what it leaves behind beside its result.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/engine/runtime/device.hpp>
#include <adjoin/engine/runtime/parallel.hpp>
#include <adjoin/engine/runtime/run_record.hpp>

namespace adjoin {

/// How far a stage is. Units are the stage's own (rows, bytes, lines); `done` never falls and ends at `total`.
struct Progress {
  std::string_view stage;
  std::string_view unit;
  std::uint64_t done;
  std::uint64_t total;
};
using ProgressSink = std::function<void(const Progress&)>;

/// The caller's wishes; every field has a default that works.
struct RunSettings {
  int threads = 0;  // 0: one for each processor
  Device device{};
  std::uint64_t seed = 42;
  std::optional<std::uint64_t> memory_budget;  // bytes the process may hold; default: nine tenths of what is available
  std::optional<std::uint64_t> device_memory;  // bytes the run may hold on a GPU; default: nine tenths of what is free
  std::stop_token stop;                        // ask it to stop and the run throws Cancelled
  ProgressSink on_progress;                    // called from the calling thread only
};

/// One run: its threads, device, seed, cancellation, progress, memory budget and the times of its stages.
/// Not for use by two threads at once.
class RunContext {
 public:
  /// DeviceError if the device cannot be used; InvalidOption if ADJOIN_CPU or the number of threads makes no sense.
  explicit RunContext(RunSettings settings = {});

  const Threads& threads() const noexcept { return threads_; }
  std::uint64_t seed() const noexcept { return settings_.seed; }
  /// Where the run's work is done. One that is to be chosen automatically is looked for at the first call, since asking
  /// a driver takes a while.
  Device device() const;
  std::uint64_t memory_budget() const noexcept { return budget_; }
  std::optional<std::uint64_t> device_memory() const noexcept { return settings_.device_memory; }

  /// What the run keeps of its device from one operation to the next: engine/runtime/cuda/cuda_context.hpp's.
  std::shared_ptr<void>& device_state() noexcept { return device_state_; }
  bool used_device() const noexcept { return device_state_ != nullptr; }
  /// Tells the record the most that the run has held on its GPU so far.
  void set_device_peak(std::uint64_t bytes) noexcept { device_peak_ = bytes; }

  /// Throws BudgetExceeded if a run whose process would hold `peak_bytes` at its peak is over the budget.
  /// knob: what the user can do about it ("lower --dim").
  void require_memory(std::uint64_t peak_bytes, const std::string& knob);

  /// Begins the next stage of the run: its time goes into the record, its progress to the sink.
  void begin_stage(std::string_view name, std::string_view unit, std::uint64_t total);
  /// Ends the stage in progress, if there is one.
  void end_stage();

  /// Threads::for_chunks with cancellation asked once a chunk, and the stage in progress moved on by the chunk's size.
  void for_chunks(std::size_t items, std::size_t grain, FunctionRef<void(Chunk)> body);
  /// The same over tasks that weigh(task) units each.
  void for_tasks(std::size_t tasks, FunctionRef<void(std::size_t)> body, FunctionRef<std::uint64_t(std::size_t)> weigh);
  void for_tasks(std::size_t tasks, FunctionRef<void(std::size_t)> body);

  /// For work that only the processor can do, or that the GPU has no room for: a run whose device was chosen
  /// automatically goes on on the processor; DeviceError with `why` where the GPU was asked for by name.
  void use_cpu(const std::string& why);

  /// Moves the stage in progress on, between parallel regions; throws Cancelled if the caller asked for it.
  void advance(std::uint64_t units);
  /// Throws Cancelled if the caller asked for it.
  void check_cancelled() const;

  /// Calls body; the parallel work in it can be cancelled, but does not move the stage in progress on. For work whose
  /// unit is larger than its parts: a step of training, say.
  void without_progress(FunctionRef<void()> body);

  /// Notes what the run read, for its record.
  void add_input(std::string file, std::string read_as);

  /// A record of the run so far with everything the context knows, stages of one name as one; the algorithm adds its
  /// own remarks.
  RunRecord record(std::string algorithm, std::vector<OptionValue> options);

 private:
  using Clock = std::chrono::steady_clock;

  void report(std::uint64_t done) const;

  RunSettings settings_;
  mutable Device device_;
  std::shared_ptr<void> device_state_;
  std::uint64_t device_peak_ = 0;
  Threads threads_;
  std::uint64_t budget_;
  std::uint64_t estimated_peak_ = 0;
  std::vector<InputRecord> inputs_;
  std::vector<StageTime> stages_;
  bool in_stage_ = false;
  std::string unit_;
  std::uint64_t total_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  Clock::time_point stage_began_{};
};

}  // namespace adjoin
