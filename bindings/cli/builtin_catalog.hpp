// data/catalog.json as it was when the command was built; CMakeLists.txt writes the source.
#pragma once

#include <string_view>

namespace adjoin::cli {

std::string_view builtin_catalog();

}  // namespace adjoin::cli
