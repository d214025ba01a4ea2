// What the command's exit codes mean; `--help` and the man page print this table.
#pragma once

namespace adjoin::cli {

enum ExitCode : int {
  done = 0,
  failed = 1,       // while running: a full disk, no memory left
  bad_request = 2,  // bad input, bad arguments, or something this machine cannot do
  cancelled = 130   // Ctrl-C
};

inline constexpr const char* exit_code_text =
    "0 done; 1 failed while running; 2 bad input, bad arguments or an impossible request; 130 cancelled";

}  // namespace adjoin::cli
