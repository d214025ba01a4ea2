#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include <nanobind/stl/string.h>

#include <adjoin/bindings/python/module/call.hpp>

namespace adjoin::python {
namespace {

constexpr std::chrono::milliseconds between_looks{50};

struct HowFar {
  std::string stage;
  std::string unit;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

/// What the two threads share.
class Exchange {
 public:
  void tell(const Progress& progress) {
    const std::lock_guard lock(mutex_);
    how_far_ = HowFar{std::string(progress.stage), std::string(progress.unit), progress.done, progress.total};
  }
  void finish(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    error_ = std::move(error);
    changed_.notify_one();
  }
  /// True if the run is over; else after a while.
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, between_looks, [&] { return finished_; });
  }
  /// News since the last call.
  std::optional<HowFar> news() {
    const std::lock_guard lock(mutex_);
    return std::exchange(how_far_, std::nullopt);
  }
  const std::exception_ptr& error() const noexcept { return error_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool finished_ = false;
  std::exception_ptr error_;
  std::optional<HowFar> how_far_;
};

void tell(const nb::object& progress, Exchange& exchange) {
  if (progress.is_none()) return;
  if (const auto news = exchange.news()) progress(news->stage, news->done, news->total, news->unit);
}

}  // namespace

void call(const RunOptions& options, const nb::object& progress, FunctionRef<void(RunContext&)> body) {
  RunSettings settings = run_settings(options);
  std::stop_source stop;
  Exchange exchange;
  settings.stop = stop.get_token();
  if (!progress.is_none()) settings.on_progress = [&](const Progress& how_far) { exchange.tell(how_far); };
  std::thread worker([&] {
    std::exception_ptr error;
    try {
      RunContext context(settings);
      body(context);
    } catch (...) {
      error = std::current_exception();
    }
    exchange.finish(std::move(error));
  });
  std::exception_ptr pressed;  // what Python threw at us while we waited
  for (bool over = false; !over;) {
    {
      const nb::gil_scoped_release released;
      over = exchange.wait();
    }
    if (pressed != nullptr) continue;
    try {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      tell(progress, exchange);
    } catch (...) {
      pressed = std::current_exception();
      stop.request_stop();
    }
  }
  worker.join();
  if (pressed != nullptr) std::rethrow_exception(pressed);
  if (exchange.error() != nullptr) std::rethrow_exception(exchange.error());
}

}  // namespace adjoin::python
