// The progress line on a terminal: "propagate  [#####-----]  51%  12.3 M rows/s  0.8 s left".
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::cli {

/// The line for a stage that has run for `seconds`, at most `width` characters. detail: what else is told of the stage,
/// at the end.
std::string progress_line(const Progress& progress, double seconds, std::size_t width, std::string_view detail = {});

/// Standard error is a terminal that can redraw a line.
bool terminal_shows_progress();

/// A ProgressSink: redraws at most ten times a second, shows only stages that last, and clears its line when a stage
/// ends.
class ProgressBar {
 public:
  void operator()(const Progress& progress);
  /// What is told of the stage in progress beside how far it is: the loss of a training, say.
  void set_detail(std::string detail) { detail_ = std::move(detail); }

 private:
  using Clock = std::chrono::steady_clock;
  std::string stage_;
  std::string detail_;
  Clock::time_point began_{};
  Clock::time_point drawn_{};
  bool visible_ = false;
};

}  // namespace adjoin::cli
