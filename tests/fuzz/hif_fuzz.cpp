#include "fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return adjoin::fuzz::fuzz_format(adjoin::detail::hif_format, "input.hif.json", {data, size});
}
