// Help texts, from the descriptions of the commands.
#pragma once

#include <string>
#include <vector>

#include <adjoin/bindings/cli/command.hpp>

namespace adjoin::cli {

/// "--dim N", "--dialect adjoin|paper|gtmac", "-o, --output TEXT".
std::string option_usage(const Option& option);

/// The option's help with its range and default.
std::string option_help(const Option& option);

/// "adjoin embed GRAPH [options]".
std::string usage_line(const std::string& path, const Command& command);

/// What `adjoin` alone and `adjoin --help` print.
std::string overview(const std::vector<Command>& commands);

/// What `adjoin COMMAND --help` prints. path: "adjoin embed".
std::string command_help(const std::string& path, const Command& command);

}  // namespace adjoin::cli
