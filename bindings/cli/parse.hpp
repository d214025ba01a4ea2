// From the words of the command line to a command that is ready to run.
#pragma once

#include <string>
#include <vector>

#include <adjoin/bindings/cli/command.hpp>

namespace adjoin::cli {

struct Parsed {
  const Command* command = nullptr;  // nullptr: `text` is all there is to print
  CommonOptions common;
  std::string text;
};

/// path: set to what is being parsed ("adjoin generate rmat"), also when an error is thrown. arguments: without the
/// program's name. Options are stored where the commands bound them. InvalidOption, with a suggestion where a name is
/// nearly right, for anything that cannot be run.
Parsed parse_command_line(const std::vector<Command>& commands, std::vector<std::string> arguments, std::string& path);

}  // namespace adjoin::cli
