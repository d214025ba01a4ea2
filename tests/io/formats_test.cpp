// All formats by the one door: what is written reads back as itself, packed files, and hostile ones.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <tuple>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/compression.hpp>
#include <adjoin/io/dataset_file.hpp>

#include "random_graphs.hpp"
#include "temporary_folder.hpp"

using namespace adjoin;

namespace {

using NamedSet = std::set<std::tuple<std::string, std::string, std::string>>;

NamedSet edges_of(GraphView graph) {
  NamedSet edges;
  const CsrView a = graph.out();
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      if (!graph.directed() && index(a.targets[e]) < row) continue;
      edges.insert({graph.nodes().name(node_id(row)), graph.nodes().name(a.targets[e]),
                    a.weighted() ? format_number(a.weights[e]) : ""});
    }
  }
  return edges;
}

GraphFile read_text(const std::string& name, const std::string& text, const ReadOptions& read = {},
                    const BuildOptions& build = {}) {
  const test::TemporaryFolder folder;
  RunContext context;
  return read_graph(context, folder.write(name, text), read, build);
}

/// The message from the file's name on.
std::string complaint(const std::string& name, const std::string& text, const ReadOptions& read = {}) {
  try {
    read_text(name, text, read);
  } catch (const Error& error) {
    const std::string message = error.what();
    return message.substr(std::min(message.find(name), message.size()));
  }
  return "no complaint";
}

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

const std::string banner = "%%MatrixMarket matrix coordinate ";

}  // namespace

TEST_CASE("a graph that is written reads back as itself, in every format") {
  CHECK(rc::check([] {
    const test::TemporaryFolder folder;
    RunContext context;
    BuildOptions options;
    options.directed = *rc::gen::arbitrary<bool>();
    options.self_loops = SelfLoops::keep;
    const auto nodes = *rc::gen::inRange<std::size_t>(1, 50);
    const std::vector<Edge> edges =
        test::random_edges(nodes, *rc::gen::inRange<std::size_t>(1, 120), *rc::gen::arbitrary<std::uint64_t>());
    std::vector<float> weights;
    if (*rc::gen::arbitrary<bool>()) {
      for (std::size_t e = 0; e < edges.size(); ++e) weights.push_back(static_cast<float>(1 + e % 9) / 7);
    }
    Array<std::uint64_t> names(nodes);
    for (std::size_t i = 0; i < nodes; ++i) names[i] = i + 1;  // those of a MatrixMarket file
    Dataset data;
    data.graph = build_graph(context, test::to_array(edges), test::to_array(weights),
                             NodeIndex::from_numbers(std::move(names)), options)
                     .graph;
    data.nodes = data.graph->view().shared_nodes();
    for (const char* const file : {"g.tsv", "g.mtx", "g.adjoin"}) {
      write_dataset(context, data, folder.path() / file);
      const GraphFile again = read_graph(context, folder.path() / file, {}, options);
      RC_ASSERT(edges_of(again.graph.view()) == edges_of(data.graph->view()));
      RC_ASSERT(again.graph.view().directed() == options.directed);
      // An edge list has no isolated nodes; the others keep them.
      if (std::string_view(file) != "g.tsv") RC_ASSERT(again.graph.view().node_count() == nodes);
    }
  }));
}

TEST_CASE("MatrixMarket files are graphs: symmetric and twin entries undirected, other general ones directed") {
  const GraphFile symmetric = read_text("a.mtx", banner + "pattern symmetric\n% a comment\n\n4 4 3\n2 1\n3 1\n3 2\n");
  CHECK_FALSE(symmetric.graph.view().directed());
  CHECK(symmetric.graph.view().node_count() == 4);
  CHECK(edges_of(symmetric.graph.view()) == NamedSet{{"1", "2", ""}, {"1", "3", ""}, {"2", "3", ""}});

  const GraphFile twins = read_text("a.mtx", banner + "real general\n3 3 4\n1 2 0.5\n2 1 0.5\n2 3 2\n3 2 2\n");
  CHECK_FALSE(twins.graph.view().directed());
  CHECK(twins.graph.view().edge_count() == 2);
  CHECK(edges_of(twins.graph.view()) == NamedSet{{"1", "2", "0.5"}, {"2", "3", "2"}});
  CHECK(twins.read.sentence() == "MatrixMarket file, 3 by 3, with weights, found symmetric, so undirected");

  const GraphFile general = read_text("a.mtx", banner + "integer general\n3 3 2\n1 2 7\n2 3 1\n");
  CHECK(general.graph.view().directed());
  CHECK(edges_of(general.graph.view()) == NamedSet{{"1", "2", "7"}, {"2", "3", "1"}});

  BuildOptions directed;
  directed.directed = true;
  const GraphFile asked = read_text("a.mtx", banner + "pattern general\n2 2 2\n1 2\n2 1\n", {}, directed);
  CHECK(asked.graph.view().directed());
  const GraphFile by_content = read_text("a.txt", banner + "pattern symmetric\n2 2 1\n2 1\n");
  CHECK(by_content.graph.view().edge_count() == 1);
}

TEST_CASE("MatrixMarket files that are not graphs are refused in a sentence") {
  struct Case {
    std::string text;
    const char* message;
  };
  const std::vector<Case> cases{
      {banner, "a.mtx:1: found entries of kind '', expected real, integer or pattern"},
      {"%%MatrixMarket matrix array real general\n2 2\n1\n",
       "a.mtx:1: found 'matrix array', expected matrix coordinate; a dense matrix (array) is not a graph's"},
      {banner + "complex general\n1 1 0\n",
       "a.mtx:1: found entries of kind 'complex', expected real, integer or pattern"},
      {banner + "real hermitian\n1 1 0\n", "a.mtx:1: found symmetry 'hermitian', expected general or symmetric"},
      {banner + "pattern general\n% nothing\n",
       "a.mtx:2: found the end of the file, expected a line with rows, columns and entries"},
      {banner + "pattern general\n2 3 1\n1 2\n",
       "a.mtx: found 2 rows and 3 columns, expected as many rows as columns, one for each node; features of "
       "nodes are given with --features"},
      {banner + "pattern general\nx 3 1\n1 2\n", "a.mtx:2: found 'x 3 1', expected rows, columns and entries"},
      {banner + "pattern general\n99999999999 99999999999 1\n1 2\n",
       "a.mtx:2: found 99999999999 rows, expected at most 4,294,967,295"},
      {banner + "pattern general\n3 3 2\n1 2\n", "a.mtx: found 1 entries, expected 2 as its line of sizes says"},
      {banner + "pattern general\n3 3 1\n1 2\n1 3\n", "a.mtx: found 2 entries, expected 1 as its line of sizes says"},
      {banner + "pattern general\n3 3 1\n1 4\n",
       "a.mtx: found entry 1 at row 1, column 4, expected rows from 1 to 3, columns from 1 to 3"},
      {banner + "pattern general\n3 3 1\n0 1\n",
       "a.mtx: found entry 1 at row 0, column 1, expected rows from 1 to 3, columns from 1 to 3"},
      {banner + "pattern general\n3 3 1\na 1\n",
       "a.mtx: found a row or column that is not a whole number, expected rows from 1 to 3, columns from 1 to 3"},
      {banner + "pattern general\n3 3 1\n1 2 0.5\n",
       "a.mtx:3:1: found 3 columns, expected 2 columns as in the first line"},
      {banner + "real general\n3 3 1\n1 2 nan\n",
       "a.mtx:3:5: found 'nan', expected a weight, which is a finite number of 0 or more; --weight-column none reads "
       "the edges without weights"},
      {banner + "pattern general\n3 3 1000000000\n1 2\n1 3\n2 3\n",
       "a.mtx: found 3 entries, expected 1,000,000,000 as its line of sizes says"},
  };
  for (const Case& test : cases) CHECK(complaint("a.mtx", test.text) == test.message);
}

TEST_CASE("packed files are unpacked by what they hold, not by their suffix") {
  const NamedSet expected{{"1", "2", ""}, {"2", "3", ""}};
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
  const GraphFile matrix = read_text("g.mtx.gz", gzipped(banner + "pattern symmetric\n2 2 1\n2 1\n"));
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

TEST_CASE("a format that is named is the one that is read, and a suffix that says nothing is not written") {
  ReadOptions read;
  read.format = FileFormat::matrix_market;
  CHECK(complaint("g.txt", "1 2\n", read).starts_with("g.txt:1: found"));
  read.format = FileFormat::store;
  CHECK(complaint("g.txt", "1 2\n", read)
            .starts_with("g.txt: found other bytes at the beginning, expected an adjoin store"));
  const test::TemporaryFolder folder;
  RunContext context;
  CHECK_THROWS_AS(write_dataset(context, Dataset{}, folder.path() / "g.xyz"), InvalidOption);
  CHECK_THROWS_AS(write_dataset(context, Dataset{}, folder.path() / "g.mtx"), InvalidData);
  CHECK(std::filesystem::is_empty(folder.path()));
}
