// Simplices of a HIF or XGI file, written in a format that holds them and read again: the same simplices, or a refusal
// to write them. The length of the input chooses the format.
#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include <adjoin/io/dataset_file.hpp>

#include "fuzz_support.hpp"

using namespace adjoin;

namespace {

struct NamedSimplex {
  std::string time;
  std::vector<std::string> nodes;
  bool operator==(const NamedSimplex&) const = default;
};

/// With `numbers`, the nodes' ids in place of their names.
std::vector<NamedSimplex> named(const Dataset& dataset, bool numbers) {
  std::vector<NamedSimplex> result;
  const SimplexView simplices = dataset.simplices->view();
  for (std::size_t i = 0; i < simplices.size(); ++i) {
    NamedSimplex simplex{format_time(simplices.times[i], simplices.decimals), {}};
    for (const NodeId node : simplices.simplex(i)) {
      simplex.nodes.push_back(numbers ? std::to_string(index(node) + 1) : dataset.nodes->name(node));
    }
    std::ranges::sort(simplex.nodes);
    result.push_back(std::move(simplex));
  }
  return result;
}

std::optional<Dataset> again(const Dataset& dataset, const char* name) {
  fuzz::clear_scratch();
  const std::filesystem::path path = fuzz::scratch_path(name);
  if (!fuzz::accepted([&] { write_dataset(fuzz::context(), dataset, path); })) {
    fuzz::require(std::filesystem::is_empty(path.parent_path()), "a refusal that leaves a file");
    return std::nullopt;
  }
  std::optional<Dataset> result;
  fuzz::must_accept(name, [&] { result = read_dataset(fuzz::context(), path, {}, {}).data; });
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const detail::Format& format = input.choose(2) == 0 ? detail::hif_format : detail::xgi_format;
  std::optional<DatasetFile> original;
  fuzz::accepted([&] {
    detail::InputFile file = fuzz::in_memory("input.json", input.bytes);
    original = format.read(fuzz::context(), file, {}, {});
  });
  if (!original || !original->data.simplices) return 0;
  const Dataset& dataset = original->data;
  constexpr std::array formats{"s.hif.json", "s.xgi.json", "s.adjoin", "s-simplices.txt", "s.hyperedges"};
  const std::string name = formats[input.bytes.size() % formats.size()];
  const std::optional<Dataset> found = again(dataset, name.c_str());
  const bool list = name == "s.hyperedges";  // lines hold neither every name nor anything but simplices
  if (list && !found) return 0;
  fuzz::require(found.has_value(), name + " refuses simplices");
  if (name == "s-simplices.txt") {  // names nodes by numbers; names that are none become labels
    const bool numbers = !dataset.nodes->name_offsets().empty();
    fuzz::require(named(*found, false) == named(dataset, numbers), name + " holds other simplices");
    return 0;
  }
  fuzz::require(named(*found, false) == named(dataset, false), name + " holds other simplices");
  if (list) return 0;
  fuzz::require(found->nodes->size() == dataset.nodes->size(), name + " holds other nodes");
  fuzz::require(found->metadata == dataset.metadata, name + " holds other metadata");
  return 0;
}
