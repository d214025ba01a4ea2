// The progress line on a terminal: "propagate  [#####-----]  51%  12.3 M rows/s  0.8 s left".
#pragma once

#include <chrono>
#include <string>

#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::cli {

/// The line for a stage that has run for `seconds`, at most `width` characters.
std::string progress_line(const Progress& progress, double seconds, std::size_t width);

/// Standard error is a terminal that can redraw a line.
bool terminal_shows_progress();

/// A ProgressSink: redraws at most ten times a second, shows only stages that last, and clears its line when a stage
/// ends.
class ProgressBar {
 public:
  void operator()(const Progress& progress);

 private:
  using Clock = std::chrono::steady_clock;
  std::string stage_;
  Clock::time_point began_{};
  Clock::time_point drawn_{};
  bool visible_ = false;
};

}  // namespace adjoin::cli
