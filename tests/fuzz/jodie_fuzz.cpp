#include "fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return adjoin::fuzz::fuzz_format(adjoin::detail::jodie_format, "input.csv", {data, size});
}
