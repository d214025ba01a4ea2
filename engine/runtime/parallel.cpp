#include <sched.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>

#include <adjoin/engine/runtime/parallel.hpp>

namespace adjoin {

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
  arena_->tasks.execute([&] {
    tbb::parallel_for(std::size_t{0}, tasks, [&](std::size_t task) { body(task); }, tbb::simple_partitioner{});
  });
}

int available_processors() noexcept {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return 1;
  return std::max(1, CPU_COUNT(&allowed));
}

}  // namespace adjoin
