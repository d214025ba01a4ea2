// How long the device takes for work queued on a run's stream, by its own clock.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <cuda_runtime_api.h>

#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>

namespace gpu_bench {

/// How often a measured thing runs.
struct Repeats {
  int warmups = 3;
  int runs = 11;
};

/// Seconds of each run.
struct Times {
  std::vector<double> seconds;

  double median() const {
    std::vector<double> sorted = seconds;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
  double least() const { return *std::min_element(seconds.begin(), seconds.end()); }
  double most() const { return *std::max_element(seconds.begin(), seconds.end()); }
};

class Event {
 public:
  Event() { adjoin::cuda::check("cudaEventCreate", cudaEventCreate(&event_)); }
  ~Event() {
    if (event_ != nullptr) adjoin::cuda::ignore(cudaEventDestroy(event_));
  }
  Event(Event&& other) noexcept : event_(other.event_) { other.event_ = nullptr; }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  Event& operator=(Event&&) = delete;

  void record(adjoin::CudaContext::Stream stream) {
    adjoin::cuda::check("cudaEventRecord", cudaEventRecord(event_, stream));
  }
  double seconds_since(const Event& begin) const {
    float milliseconds = 0;
    adjoin::cuda::check("cudaEventElapsedTime", cudaEventElapsedTime(&milliseconds, begin.event_, event_));
    return 1e-3 * static_cast<double>(milliseconds);
  }

 private:
  cudaEvent_t event_ = nullptr;
};

/// Queues body() `warmups` times, then `runs` times between events, and waits only after the last: the device is never
/// without work, so that what is timed does not hold the time in which the host queues it.
template <class Body>
Times measure(adjoin::CudaContext& device, const Repeats& repeats, Body&& body) {
  const auto runs = static_cast<std::size_t>(repeats.runs);
  std::vector<Event> begins(runs);
  std::vector<Event> ends(runs);
  for (int warmup = 0; warmup < repeats.warmups; ++warmup) body();
  for (std::size_t run = 0; run < runs; ++run) {
    begins[run].record(device.stream());
    body();
    ends[run].record(device.stream());
  }
  device.wait();
  Times times;
  for (std::size_t run = 0; run < runs; ++run) times.seconds.push_back(ends[run].seconds_since(begins[run]));
  return times;
}

}  // namespace gpu_bench
