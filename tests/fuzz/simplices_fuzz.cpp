// ScHoLP's set of files: the parts of the input are sizes, nodes, times and labels; times and labels may be missing.
#include <array>

#include "fuzz_support.hpp"

using namespace adjoin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  constexpr std::array names{"input-nverts.txt", "input-simplices.txt", "input-times.txt", "input-node-labels.txt"};
  const std::vector<std::string_view> parts = fuzz::parts_of(input.bytes, names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i < parts.size()) {
      fuzz::write_scratch(names[i], parts[i]);
    } else {
      fuzz::remove_scratch(names[i]);
    }
  }
  fuzz::accepted([&] {
    const std::filesystem::path path = fuzz::scratch_path(names[0]);
    detail::InputFile file(fuzz::context(), path);
    detail::simplices_format.estimate(path, file.bytes(), {}, {});
    const DatasetFile result = detail::simplices_format.read(fuzz::context(), file, {}, {});
    fuzz::check_everything(result.data);
    fuzz::require(result.data.simplices.has_value(), "no simplices");
  });
  return 0;
}
