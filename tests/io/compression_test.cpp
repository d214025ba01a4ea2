#include <doctest/doctest.h>

#include <adjoin/io/compression.hpp>
#include <adjoin/io/output_file.hpp>

#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

std::string packed(const std::string& text, detail::Compression compression) {
  detail::Packer packer(compression);
  std::string bytes(packer.pack(text));
  bytes += packer.finish();
  return bytes;
}
std::string gzipped(const std::string& text) {
  return packed(text, detail::Compression::gzip);
}
std::string zstandard(const std::string& text) {
  return packed(text, detail::Compression::zstd);
}

}  // namespace

TEST_CASE("packed files are unpacked by what they hold, not by their suffix") {
  const NamedEdges expected{{"1", "2", ""}, {"2", "3", ""}};
  for (const auto& [name, bytes] : {std::pair<std::string, std::string>{"g.txt.gz", gzipped("1 2\n2 3\n")},
                                    {"g.txt.zst", zstandard("1 2\n2 3\n")},
                                    {"g.txt", gzipped("1 2\n2 3\n")},
                                    {"members.gz", gzipped("1 2\n") + gzipped("2 3\n")},
                                    {"frames.zst", zstandard("1 2\n") + zstandard("2 3\n")}}) {
    CAPTURE(name);
    const GraphFile file = read_text(name, bytes);
    CHECK(edges_of(file.graph.view()) == expected);
    CHECK(file.read.sentence().find("-packed edge list, space-separated") != std::string::npos);
  }
  const GraphFile matrix =
      read_text("g.mtx.gz", gzipped("%%MatrixMarket matrix coordinate pattern symmetric\n2 2 1\n2 1\n"));
  CHECK(matrix.graph.view().edge_count() == 1);
  std::string large;
  for (int i = 0; i < 2'000'000; ++i) large += std::to_string(i) + "\t" + std::to_string(i * 7 % 2'000'000) + "\n";
  const GraphFile many = read_text("large.gz", gzipped(large));
  CHECK(many.graph.view().node_count() == 2'000'000);
}

TEST_CASE("packed files that are damaged, cut off or packed twice are refused") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + " " + std::to_string(i * 31 % 5000) + "\n";
  for (const std::string& whole : {gzipped(text), zstandard(text)}) {
    const std::string cut = complaint("g.gz", whole.substr(0, whole.size() / 2));
    CHECK(cut.find("data that are damaged or break off, expected a whole file") != std::string::npos);
  }
  std::string flipped = gzipped(text);
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 0x10);
  CHECK(complaint("g.gz", flipped).starts_with("g.gz"));
  CHECK(complaint("g.gz", gzipped(gzipped("1 2\n"))) ==
        "g.gz: found gzip data inside gzip data, expected a file packed once; unpack it once");
  CHECK(complaint("g.gz", "\x1f\x8b") ==
        "g.gz: found gzip data that are damaged or break off, expected a whole file; make or fetch it again");
}

TEST_CASE("what is written under a packed name is packed, the same bytes for the same text") {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + " " + std::to_string(i * 7 % 1000) + "\n";
  RunContext context;
  for (const char* const name : {"g.tsv.gz", "g.tsv.zst"}) {
    for (const char* const copy : {"", "again-"}) {
      OutputFile file(folder.path() / (std::string(copy) + name));
      for (std::size_t at = 0; at < text.size(); at += 100'000) file.write(std::string_view(text).substr(at, 100'000));
      file.commit();
    }
    const std::string bytes = read_file(folder.path() / name);
    CHECK(bytes.size() < text.size() / 2);
    CHECK(bytes == read_file(folder.path() / ("again-" + std::string(name))));
    CHECK(detail::unpack(context, name, bytes) == text);
  }
}
