// The subcommands of adjoin train.
#pragma once

#include <adjoin/bindings/cli/command.hpp>

namespace adjoin::cli {

Command train_link_command();
Command train_node_command();

}  // namespace adjoin::cli
