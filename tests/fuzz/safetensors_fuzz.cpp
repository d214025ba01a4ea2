// Arrays in a safetensors file: what is accepted lies within the bytes, covers them, and survives being written.
#include <algorithm>

#include <adjoin/io/safetensors.hpp>

#include "fuzz_support.hpp"

using namespace adjoin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  const std::vector<char> exact(input.bytes.begin(), input.bytes.end());  // the address sanitizer sees a read past them
  const std::string_view bytes(exact.data(), exact.size());
  SafetensorsFile file;
  if (!fuzz::accepted([&] { file = parse_safetensors(bytes, "input.safetensors"); })) return 0;
  const char* place = bytes.data() + bytes.size();
  for (std::size_t k = file.tensors.size(); k-- > 0;) {
    const NamedTensor& tensor = file.tensors[k];
    fuzz::require(file.find(tensor.name) == &tensor, "a name that is not found");
    place -= tensor.values.size();
    fuzz::require(reinterpret_cast<const char*>(tensor.values.data()) == place, "a gap between arrays");
  }
  fuzz::require(place >= bytes.data() + 8, "values in the header");
  const auto path = fuzz::scratch_path("copy.safetensors");
  fuzz::must_accept("what was read is written", [&] { write_safetensors(path, file.tensors, file.metadata); });
  fuzz::must_accept("what was written is read", [&] {
    const SafetensorsFile copy = read_safetensors(path);
    fuzz::require(copy.tensors.size() == file.tensors.size() && copy.metadata == file.metadata, "something was lost");
    for (const NamedTensor& tensor : file.tensors) {
      const NamedTensor& found = copy.require(tensor.name, tensor.type, tensor.shape);
      fuzz::require(std::ranges::equal(found.values, tensor.values), "other values");
    }
  });
  fuzz::remove_scratch("copy.safetensors");
  return 0;
}
