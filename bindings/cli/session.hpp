// What a subcommand is handed: how to run, and how to talk to the user.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/runtime/run_options.hpp>

namespace adjoin::cli {

class ProgressBar;

/// A run that was asked to stop and did, and left something that it can go on from; what() says what (exit 130).
struct StoppedOnTheWay : Error {
  using Error::Error;
};

/// The options of every command. The defaults of threads and device may stand in ADJOIN_THREADS and ADJOIN_DEVICE.
struct CommonOptions {
  RunOptions run;
  bool estimate = false;
  bool json = false;
  bool quiet = false;

  static constexpr auto fields() {
    using O = CommonOptions;
    return std::tuple{option_field("estimate", &O::estimate, "say how much memory the run would take, and stop"),
                      option_field("json", &O::json, "print one JSON object on standard output and nothing else"),
                      option_field("quiet", &O::quiet, "print only errors and what was asked for")};
  }
};

/// Data goes to standard output, everything else to standard error.
class Session {
 public:
  explicit Session(CommonOptions options);

  const CommonOptions& options() const noexcept { return options_; }
  RunContext& context() noexcept { return context_; }

  /// To standard output: what the user asked for. IoError if it cannot be written.
  void print(std::string_view text);
  /// To standard error: what the user may want to know; not with --quiet or --json.
  void note(std::string_view text);
  /// Beside how far the stage in progress is, where that is shown.
  void set_progress_detail(std::string_view text);

  /// Says so where a GPU was asked for by name and nothing that was done has a part for it.
  void tell_unused_device();

  /// Tells the estimated peak in the form that the options ask for. True if that was all the user wanted.
  bool only_estimate(std::uint64_t peak_bytes);
  /// The same, of a run that takes so much beyond what the process holds now.
  bool only_estimate_beyond(std::uint64_t bytes);

 private:
  CommonOptions options_;
  std::shared_ptr<ProgressBar> bar_;  // nullptr where no progress is shown
  RunContext context_;
};

/// From here on Ctrl-C asks the run in progress to stop; a second one ends the process.
void install_interrupt_handler();

/// Writes all of it to standard output; a closed pipe ends the process quietly. IoError(while_running) otherwise.
void write_standard_output(std::string_view text);

}  // namespace adjoin::cli
