#include <cstdint>
#include <cstring>

#include <doctest/doctest.h>

#include <adjoin/engine/runtime/memory.hpp>

using namespace adjoin;

TEST_CASE("the recent peak can be begun anew, and the peak of the process is not forgotten by it") {
  constexpr std::size_t bytes = std::size_t{64} << 20;
  {
    Array<std::uint8_t> large(bytes);
    std::memset(large.data(), 1, bytes);  // so that it is there
    CHECK(recent_peak_bytes() >= bytes);
  }
  const std::uint64_t peak = peak_resident_bytes();
  CHECK(peak >= bytes);
  restart_recent_peak();
  CHECK(peak_resident_bytes() >= peak);
  CHECK(recent_peak_bytes() >= resident_bytes() / 2);
  // Where the system does not forget (no /proc/self/clear_refs), the recent peak is that of the process.
  const std::uint64_t recent = recent_peak_bytes();
  CHECK((recent <= peak - bytes / 2 || recent >= peak));
}
