#include "repository.hpp"

#include <cstdlib>

namespace adjoin::test {

std::filesystem::path repository() {
  return ADJOIN_SOURCE_DIR;
}

std::filesystem::path data_folder() {
  const char* const wish = std::getenv("ADJOIN_DATA");
  return wish != nullptr ? wish : repository() / ".." / "shared" / "data";
}

}  // namespace adjoin::test
