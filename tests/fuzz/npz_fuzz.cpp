// SciPy matrices: as an archive, damaged or not, and as the arrays that an archive would hold, so that no checksum
// stands in the way.
#include <array>

#include <adjoin/io/zip_file.hpp>

#include "fuzz_support.hpp"

using namespace adjoin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  if (input.choose(2) == 0) return fuzz::fuzz_format(detail::npz_format, "input.npz", input);
  constexpr std::array names{"format.npy", "shape.npy", "data.npy", "indices.npy", "indptr.npy", "row.npy", "col.npy"};
  const std::vector<std::string_view> parts = fuzz::parts_of(input.bytes, names.size());
  std::vector<std::pair<std::string, std::string>> files;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].empty()) files.emplace_back(names[i], parts[i]);
  }
  if (files.empty()) return 0;
  const std::string archive = detail::zip(files);
  input.bytes = archive;
  return fuzz::fuzz_format(detail::npz_format, "input.npz", input);
}
