#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <stop_token>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <adjoin/bindings/cli/progress_bar.hpp>
#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

std::stop_source& interrupt_source() {
  static std::stop_source source;
  return source;
}

std::shared_ptr<ProgressBar> bar_of(const CommonOptions& options) {
  return !options.quiet && !options.json && terminal_shows_progress() ? std::make_shared<ProgressBar>() : nullptr;
}

RunSettings settings_of(const CommonOptions& options, const std::shared_ptr<ProgressBar>& bar) {
  RunSettings settings = run_settings(options.run);
  settings.stop = interrupt_source().get_token();
  if (bar != nullptr) settings.on_progress = [bar](const Progress& progress) { (*bar)(progress); };
  return settings;
}

}  // namespace

Session::Session(CommonOptions options)
    : options_(std::move(options)), bar_(bar_of(options_)), context_(settings_of(options_, bar_)) {}

void Session::print(std::string_view text) {
  write_standard_output(text);
}

void Session::note(std::string_view text) {
  if (options_.quiet || options_.json) return;
  std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

void Session::set_progress_detail(std::string_view text) {
  if (bar_ != nullptr) bar_->set_detail(std::string(text));
}

void Session::tell_unused_device() {
  if (options_.run.device.starts_with("cuda") && !context_.used_device()) {
    note("The GPU was not used: nothing in this run has a part for it.");
  }
}

bool Session::only_estimate(std::uint64_t peak_bytes) {
  if (!options_.estimate) return false;
  if (options_.json) {
    print(nlohmann::ordered_json{{"estimated_peak_bytes", peak_bytes}}.dump(
              2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
          "\n");
  } else {
    print(fmt::format("estimated peak memory: {} ({} bytes)\n", format_bytes(peak_bytes), peak_bytes));
  }
  return true;
}

bool Session::only_estimate_beyond(std::uint64_t bytes) {
  return only_estimate(std::max(peak_resident_bytes(), resident_bytes() + bytes));
}

void install_interrupt_handler() {
  // A handler may not call request_stop (it takes a lock), so a thread that waits for signals does.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::thread([stop_signals] {
    int signal = 0;
    sigwait(&stop_signals, &signal);
    interrupt_source().request_stop();
    sigwait(&stop_signals, &signal);
    ::_exit(128 + signal);
  }).detach();
  std::signal(SIGPIPE, SIG_IGN);
}

void write_standard_output(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      if (errno == EPIPE) ::_exit(0);  // the reader has seen enough
      throw IoError("standard output", "write", errno, IoError::When::while_running);
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace adjoin::cli
