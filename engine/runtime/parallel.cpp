#include <atomic>

#include <sched.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>

#include <adjoin/engine/runtime/parallel.hpp>

namespace adjoin {

namespace {

/// oneTBB is not built with the thread sanitizer, which therefore does not see that a task begins after the call that
/// made it and ends before that call returns. Under the sanitizer this says so; otherwise it is nothing.
class TaskOrder {
 public:
#ifdef __SANITIZE_THREAD__
  void before_all() noexcept { order_.store(1, std::memory_order_release); }
  void begin() noexcept { order_.load(std::memory_order_acquire); }
  void end() noexcept { order_.fetch_add(1, std::memory_order_acq_rel); }
  void after_all() noexcept { order_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::size_t> order_ = 0;
#else
  void before_all() noexcept {}
  void begin() noexcept {}
  void end() noexcept {}
  void after_all() noexcept {}
#endif
};

}  // namespace

struct Threads::Arena {
  explicit Arena(int count) : tasks(count) {}
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
  TaskOrder order;
  order.before_all();
  arena_->tasks.execute([&] {
    tbb::parallel_for(
        std::size_t{0}, tasks,
        [&](std::size_t task) {
          order.begin();
          body(task);
          order.end();
        },
        tbb::simple_partitioner{});
  });
  order.after_all();
}

int available_processors() noexcept {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return 1;
  return std::max(1, CPU_COUNT(&allowed));
}

}  // namespace adjoin
