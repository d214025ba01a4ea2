#include <thread>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/runtime/cpu_features.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {
namespace {

constexpr int most_threads = 4096;

int checked_threads(int threads) {
  if (threads < 0 || threads > most_threads) {
    throw InvalidOption(fmt::format("threads = {} is outside 0 to {}", threads, most_threads));
  }
  return threads;
}

}  // namespace

RunContext::RunContext(RunSettings settings)
    : settings_(std::move(settings)),
      device_(settings_.device.kind == DeviceKind::automatic ? settings_.device : resolve_device(settings_.device)),
      threads_(checked_threads(settings_.threads)),
      budget_(settings_.memory_budget.value_or(available_memory_bytes() / 10 * 9)) {
  select_cpu_level();
}

void RunContext::require_memory(std::uint64_t peak_bytes, const std::string& knob) {
  if (peak_bytes > budget_) throw BudgetExceeded(peak_bytes, budget_, knob);
  estimated_peak_ = std::max(estimated_peak_, peak_bytes);
}

Device RunContext::device() const {
  if (device_.kind == DeviceKind::automatic) device_ = resolve_device(device_);
  return device_;
}

void RunContext::use_cpu(const std::string& why) {
  if (settings_.device.kind == DeviceKind::cuda) throw DeviceError(why + "; use --device cpu");
  device_ = {DeviceKind::cpu, 0};
}

void RunContext::begin_stage(std::string_view name, std::string_view unit, std::uint64_t total) {
  end_stage();
  check_cancelled();
  stages_.push_back({std::string(name), 0});
  unit_ = unit;
  total_ = total;
  done_ = 0;
  in_stage_ = true;
  stage_began_ = Clock::now();
  report(0);
}

void RunContext::end_stage() {
  if (!in_stage_) return;
  stages_.back().seconds = std::chrono::duration<double>(Clock::now() - stage_began_).count();
  report(total_);
  in_stage_ = false;
}

void RunContext::report(std::uint64_t done) const {
  if (settings_.on_progress) settings_.on_progress({stages_.back().name, unit_, std::min(done, total_), total_});
}

void RunContext::for_tasks(std::size_t tasks, FunctionRef<void(std::size_t)> body,
                           FunctionRef<std::uint64_t(std::size_t)> weigh) {
  check_cancelled();
  const auto caller = std::this_thread::get_id();
  std::atomic<bool> stopped = false;
  threads_.for_tasks(tasks, [&](std::size_t task) {
    if (stopped.load(std::memory_order_relaxed)) return;
    if (settings_.stop.stop_requested()) {
      stopped.store(true, std::memory_order_relaxed);
      return;
    }
    body(task);
    if (!in_stage_) return;
    const std::uint64_t done = done_.fetch_add(weigh(task), std::memory_order_relaxed) + weigh(task);
    if (std::this_thread::get_id() == caller) report(done);
  });
  if (stopped) throw Cancelled();
}

void RunContext::for_tasks(std::size_t tasks, FunctionRef<void(std::size_t)> body) {
  for_tasks(tasks, body, [](std::size_t) { return std::uint64_t{1}; });
}

void RunContext::for_chunks(std::size_t items, std::size_t grain, FunctionRef<void(Chunk)> body) {
  const auto chunk_of = [&](std::size_t task) {
    return Chunk{task * grain, std::min(items, (task + 1) * grain), task};
  };
  for_tasks(
      chunk_count(items, grain), [&](std::size_t task) { body(chunk_of(task)); },
      [&](std::size_t task) { return std::uint64_t{chunk_of(task).size()}; });
}

void RunContext::advance(std::uint64_t units) {
  check_cancelled();
  if (in_stage_) report(done_.fetch_add(units, std::memory_order_relaxed) + units);
}

void RunContext::check_cancelled() const {
  if (settings_.stop.stop_requested()) throw Cancelled();
}

void RunContext::without_progress(FunctionRef<void()> body) {
  const bool counted = std::exchange(in_stage_, false);
  try {
    body();
  } catch (...) {
    in_stage_ = counted;
    throw;
  }
  in_stage_ = counted;
}

void RunContext::add_input(std::string file, std::string read_as) {
  inputs_.push_back({std::move(file), std::move(read_as)});
}

RunRecord RunContext::record(std::string algorithm, std::vector<OptionValue> options) {
  end_stage();
  RunRecord record;
  record.algorithm = std::move(algorithm);
  record.inputs = inputs_;
  record.options = std::move(options);
  record.seed = settings_.seed;
  // A run that could have used a GPU and did not is one of the processor.
  record.device = device_state_ == nullptr ? to_string(Device{DeviceKind::cpu, 0}) : to_string(device_);
  record.device_peak_bytes = device_peak_;
  record.cpu_level = cpu_level();
  record.threads = threads_.count();
  for (const StageTime& stage : stages_) {
    record.seconds += stage.seconds;
    const auto same = std::ranges::find(record.stages, stage.name, &StageTime::name);
    if (same == record.stages.end()) {
      record.stages.push_back(stage);
    } else {
      same->seconds += stage.seconds;
    }
  }
  record.estimated_peak_bytes = estimated_peak_;
  record.peak_bytes = peak_resident_bytes();
  return record;
}

}  // namespace adjoin
