// A list of hyperedges, with the options that say how its lines are made.
#include <array>

#include "fuzz_support.hpp"

using namespace adjoin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  constexpr std::array separators{Separator::automatic, Separator::space, Separator::tab, Separator::comma};
  constexpr std::array times{"auto", "none", "first", "last"};
  ReadOptions read;
  read.separator = separators[input.choose(separators.size())];
  read.time_column = times[input.choose(times.size())];
  fuzz::accepted([&] {
    detail::InputFile file = fuzz::in_memory("input.hyperedges", input.bytes);
    detail::hyperedge_list_format.recognizes(file.bytes());
    detail::hyperedge_list_format.estimate(file.path(), file.bytes(), read, {});
    const DatasetFile result = detail::hyperedge_list_format.read(fuzz::context(), file, read, {});
    fuzz::check_everything(result.data);
    fuzz::require(!result.read.details.empty(), "a reader that says nothing of what it read");
  });
  return 0;
}
