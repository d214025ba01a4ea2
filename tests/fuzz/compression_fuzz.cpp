// gzip and zstd: damaged data are refused, and what is packed is unpacked to the same bytes.
#include <adjoin/io/compression.hpp>

#include "fuzz_support.hpp"

using namespace adjoin;

namespace {

std::string packed(std::string_view bytes, detail::Compression compression) {
  detail::Packer packer(compression);
  std::string result(packer.pack(bytes));
  result += packer.finish();
  return result;
}

void unpack_damaged(std::string_view bytes) {
  if (detail::compression_of(bytes) == detail::Compression::none) return;
  fuzz::accepted([&] { detail::unpack(fuzz::context(), "input", bytes); });
}

/// Packs the parts as members or frames of one file.
void pack_and_unpack(std::string_view bytes, detail::Compression compression) {
  std::string whole;
  std::string expected;
  for (const std::string_view part : fuzz::parts_of(bytes, 3)) {
    whole += packed(part, compression);
    expected += part;
  }
  if (detail::compression_of(std::string_view(expected)) != detail::Compression::none) return;  // packed twice
  fuzz::must_accept("packed data that are not unpacked", [&] {
    fuzz::require(detail::unpack(fuzz::context(), "input", whole) == expected, "other bytes than were packed");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.choose(8)) {
    case 1:
      pack_and_unpack(input.bytes, detail::Compression::gzip);
      break;
    case 2:
      pack_and_unpack(input.bytes, detail::Compression::zstd);
      break;
    default:
      unpack_damaged(input.bytes);
  }
  return 0;
}
