#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <adjoin/bindings/cli/progress_bar.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

constexpr std::size_t bar_cells = 24;

std::string rate_text(double units_per_second, std::string_view unit) {
  if (unit == "bytes") return format_bytes(static_cast<std::uint64_t>(units_per_second)) + "/s";
  constexpr std::array scales{"", " k", " M", " G"};
  std::size_t scale = 0;
  while (units_per_second >= 999.5 && scale + 1 < scales.size()) {
    units_per_second /= 1000;
    ++scale;
  }
  return fmt::format("{:.3g}{} {}/s", units_per_second, scales[scale], unit);
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string progress_line(const Progress& progress, double seconds, std::size_t width, std::string_view detail) {
  const double share = progress.total == 0
                           ? 1.0
                           : std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
  const auto cells = static_cast<std::size_t>(share * bar_cells);
  std::string line = fmt::format("{:<12}[{}{}] {:3.0f}%", progress.stage, std::string(cells, '#'),
                                 std::string(bar_cells - cells, '-'), std::min(100.0, 100 * share));
  if (progress.done > 0 && seconds > 0) {
    const double rate = static_cast<double>(progress.done) / seconds;
    line += fmt::format("  {}", rate_text(rate, progress.unit));
    if (share < 1) line += fmt::format("  {} left", format_seconds(seconds / share - seconds));
  }
  if (!detail.empty()) line += fmt::format("  {}", detail);
  return line.substr(0, width);
}

bool terminal_shows_progress() {
  const char* const terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

void ProgressBar::operator()(const Progress& progress) {
  constexpr auto redraw_every = std::chrono::milliseconds(100);
  const auto now = Clock::now();
  if (progress.stage != stage_ || progress.done == 0) {
    stage_ = progress.stage;
    detail_.clear();
    began_ = now;
    drawn_ = now;
  }
  const bool ended = progress.done >= progress.total;
  if (ended && visible_) {
    std::fputs("\r\033[K", stderr);
    visible_ = false;
  } else if (!ended && now - drawn_ >= redraw_every) {
    const double seconds = std::chrono::duration<double>(now - began_).count();
    std::fprintf(stderr, "\r\033[K%s", progress_line(progress, seconds, terminal_width() - 1, detail_).c_str());
    visible_ = true;
    drawn_ = now;
  }
}

}  // namespace adjoin::cli
