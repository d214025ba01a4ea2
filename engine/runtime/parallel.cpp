#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include <sched.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>

#include <adjoin/engine/runtime/parallel.hpp>

namespace adjoin {

#ifdef __SANITIZE_THREAD__
namespace {

/// oneTBB is not built with the thread sanitizer, which does not see what its queues order and reports races that are
/// none. Under the sanitizer the same tasks run on plain threads, so that what it reports is ours.
void run_on_plain_threads(int threads, std::size_t tasks, FunctionRef<void(std::size_t)> body) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr error;
  const auto work = [&] {
    for (std::size_t task = next++; task < tasks; task = next++) {
      try {
        body(task);
      } catch (...) {
        const std::scoped_lock lock(mutex);
        if (!error) error = std::current_exception();
        next = tasks;
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (int i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  helpers.clear();
  if (error) std::rethrow_exception(error);
}

}  // namespace
#endif

namespace {

/// oneTBB makes no more workers than the process is allowed, and complains on standard error when asked for more.
int arena_size(int count) {
  const auto most = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  return std::min(count, static_cast<int>(most));
}

}  // namespace

struct Threads::Arena {
  explicit Arena(int count) : tasks(arena_size(count)) {}
  tbb::task_arena tasks;
};

Threads::Threads(int count)
    : arena_(std::make_unique<Arena>(count > 0 ? count : available_processors())),
      count_(count > 0 ? count : available_processors()) {}
Threads::~Threads() = default;
Threads::Threads(Threads&&) noexcept = default;
Threads& Threads::operator=(Threads&&) noexcept = default;

void Threads::for_tasks(std::size_t tasks, FunctionRef<void(std::size_t)> body) const {
  if (tasks == 0) return;
  if (count_ == 1 || tasks == 1) {
    for (std::size_t task = 0; task < tasks; ++task) body(task);
    return;
  }
#ifdef __SANITIZE_THREAD__
  run_on_plain_threads(count_, tasks, body);
#else
  arena_->tasks.execute([&] {
    tbb::parallel_for(std::size_t{0}, tasks, [&](std::size_t task) { body(task); }, tbb::simple_partitioner{});
  });
#endif
}

int available_processors() noexcept {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return 1;
  return std::max(1, CPU_COUNT(&allowed));
}

}  // namespace adjoin
