// The store. Its checksums would stop nearly every input at the door, so that most options mend them first: what then
// arrives is a store that somebody made on purpose.
#include <algorithm>
#include <cstring>

#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/io/store.hpp>

#include "fuzz_support.hpp"

using namespace adjoin;

namespace {

constexpr std::size_t header_bytes = 64;
constexpr std::size_t entry_bytes = 64;

// Places in the header and in an entry of the table, as docs/formats/store.md has them.
constexpr std::size_t section_count_at = 12;
constexpr std::size_t file_bytes_at = 16;
constexpr std::size_t table_checksum_at = 24;
constexpr std::size_t header_checksum_at = 32;
constexpr std::size_t entry_offset_at = 32;
constexpr std::size_t entry_size_at = 40;
constexpr std::size_t entry_checksum_at = 48;

template <class Value>
Value value_at(const std::string& bytes, std::size_t at) {
  Value value{};
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}
template <class Value>
void put(std::string& bytes, std::size_t at, Value value) {
  std::memcpy(bytes.data() + at, &value, sizeof(value));
}
std::uint64_t checksum(const std::string& bytes, std::size_t begin, std::size_t count) {
  return hash_bytes(std::as_bytes(std::span(bytes).subspan(begin, count)));
}

void mend_checksums(std::string& bytes) {
  if (bytes.size() < header_bytes) return;
  const std::size_t entries = value_at<std::uint32_t>(bytes, section_count_at);
  if (entries > (bytes.size() - header_bytes) / entry_bytes) return;
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = header_bytes + i * entry_bytes;
    const auto offset = value_at<std::uint64_t>(bytes, entry + entry_offset_at);
    const auto count = value_at<std::uint64_t>(bytes, entry + entry_size_at);
    if (offset > bytes.size() || count > bytes.size() - offset) continue;
    put(bytes, entry + entry_checksum_at, checksum(bytes, offset, count));
  }
  put(bytes, file_bytes_at, std::uint64_t{bytes.size()});
  put(bytes, table_checksum_at, checksum(bytes, header_bytes, entries * entry_bytes));
  put(bytes, header_checksum_at, checksum(bytes, 0, header_checksum_at));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  std::string bytes(input.bytes);
  if (input.choose(4) != 1) mend_checksums(bytes);
  const std::filesystem::path path = fuzz::write_scratch("input.adjoin", bytes);
  fuzz::accepted([&] {
    const Store store(path);
    fuzz::require(store.summary().bytes == bytes.size(), "a summary with another size");
    RunContext& context = fuzz::context();
    const bool good = fuzz::accepted([&] { store.verify(context); });
    fuzz::accepted([&] {
      const Graph graph = store.graph(context);
      fuzz::require(graph.view().edge_count() == store.summary().edges, "a wrong number of edges");
      if (good) fuzz::check_graph(graph.view());
    });
    if (!good) {
      fuzz::accepted([&] { store.dataset(context); });
      return;
    }
    fuzz::must_accept("a store that is good and cannot be read", [&] {
      const Dataset dataset = store.dataset(context);
      fuzz::check_everything(dataset);
      fuzz::require(dataset.nodes->size() == store.summary().nodes, "a wrong number of nodes");
    });
  });
  return 0;
}
