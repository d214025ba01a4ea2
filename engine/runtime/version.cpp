#include <adjoin/engine/runtime/version.hpp>

namespace adjoin {

std::string_view version() noexcept {
  return ADJOIN_VERSION;
}

}  // namespace adjoin
