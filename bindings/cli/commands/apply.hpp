// adjoin apply.
#pragma once

#include <adjoin/bindings/cli/command.hpp>

namespace adjoin::cli {

Command apply_command();

}  // namespace adjoin::cli
