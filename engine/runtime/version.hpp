#pragma once

#include <string_view>

namespace adjoin {

/// "0.1.0": the version of the library that is running.
std::string_view version() noexcept;

}  // namespace adjoin
