// A private part of linkpred: what a search works in, made once for a thread and used for many sources.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace adjoin::detail {

/// Lends scratch to tasks that run at the same time; there is never more than ran at once. Whoever borrows leaves it as
/// it was found, so which one a task gets makes no difference. What a body that throws held is not lent again.
template <class Scratch>
class ScratchPool {
 public:
  /// Calls body(scratch), with a new one of make() if none is free.
  template <class Make, class Body>
  void borrow(Make&& make, Body&& body) {
    std::unique_ptr<Scratch> scratch = take();
    if (scratch == nullptr) scratch = std::make_unique<Scratch>(make());
    body(*scratch);
    const std::scoped_lock lock(mutex_);
    free_.push_back(std::move(scratch));
  }

 private:
  std::unique_ptr<Scratch> take() {
    const std::scoped_lock lock(mutex_);
    if (free_.empty()) return nullptr;
    std::unique_ptr<Scratch> scratch = std::move(free_.back());
    free_.pop_back();
    return scratch;
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

}  // namespace adjoin::detail
