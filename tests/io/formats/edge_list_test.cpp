#include <algorithm>
#include <cstdlib>
#include <set>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/formats/edge_list_parser.hpp>

#include "random_graphs.hpp"
#include "temporary_folder.hpp"

using namespace adjoin;

namespace {

using NamedSet = std::set<std::tuple<std::string, std::string, std::string>>;

/// The graph's edges by name, with weights as text.
NamedSet edges_of(const Graph& owner) {
  const GraphView graph = owner.view();
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

GraphFile read_text(const std::string& text, const ReadOptions& read = {}, const BuildOptions& build = {}) {
  const test::TemporaryFolder folder;
  RunContext context;
  return read_graph(context, folder.write("graph.txt", text), read, build);
}

/// The message without the folder: "graph.txt:2:1: found ...".
std::string complaint(const std::string& text, const ReadOptions& read = {}) {
  const test::TemporaryFolder folder;
  RunContext context;
  try {
    read_graph(context, folder.write("graph.txt", text), read, {});
  } catch (const Error& error) {
    const std::string message = error.what();
    return message.substr(std::min(message.find("graph.txt"), message.size()));
  }
  return "no complaint";
}

std::string sentence(const std::string& text, const ReadOptions& read = {}) {
  return read_text(text, read).read.sentence();
}

}  // namespace

TEST_CASE("edge lists are understood however they are separated, ended and commented") {
  const NamedSet expected{{"1", "2", ""}, {"2", "3", ""}};
  for (const char* text :
       {"1 2\n2 3\n", "1 2\n2 3", "1 2\r\n2 3\r\n", "1\t2\n2\t3\n", "1,2\n2,3\n", "1;2\n2;3\n", "1, 2\n2 ,3\n",
        "  1   2\n\t2 \t 3  \n", "# comment\n1 2\n2 3\n", "% comment\n\n1 2\n# inside\n2 3\n\n",
        "\xef\xbb\xbf"
        "1 2\n2 3\n",
        "source target\n1 2\n2 3\n", "src,dst\n1,2\n2,3\n", "\"1\",\"2\"\n\"2\",\"3\"\n",
        "FromNodeId\tToNodeId\n1\t2\n2\t3\n", "1 2\n2 1\n1 1\n2 3\n"}) {
    CAPTURE(text);
    const GraphFile file = read_text(text);
    CHECK(edges_of(file.graph) == expected);
  }
}

TEST_CASE("names of any kind keep their spelling") {
  CHECK(edges_of(read_text("ann bob\nbob 007\n").graph) == NamedSet{{"007", "bob", ""}, {"ann", "bob", ""}});
  CHECK(edges_of(read_text("7 007\n").graph) == NamedSet{{"007", "7", ""}});
  CHECK(edges_of(read_text("Costa Rica\tPanamá\n").graph) == NamedSet{{"Costa Rica", "Panamá", ""}});
  CHECK(edges_of(read_text("\"Smith, A\",\"Jones, B\"\n").graph) == NamedSet{{"Jones, B", "Smith, A", ""}});
  CHECK(edges_of(read_text("4294967296 5000000000\n").graph) == NamedSet{{"4294967296", "5000000000", ""}});
  CHECK(edges_of(read_text("1 2\n3 4294967296\n").graph) == NamedSet{{"1", "2", ""}, {"3", "4294967296", ""}});
  CHECK(edges_of(read_text("1 2\n3 x\n").graph) == NamedSet{{"1", "2", ""}, {"3", "x", ""}});
  CHECK(edges_of(read_text("x 99999999999999999999\n").graph) == NamedSet{{"99999999999999999999", "x", ""}});
}

TEST_CASE("weights are found by name, by number, or as the third of three numbers, and the report says so") {
  const NamedSet weighted{{"1", "2", "0.5"}, {"2", "3", "2"}};
  CHECK(edges_of(read_text("1 2 0.5\n2 3 2\n").graph) == weighted);
  CHECK(edges_of(read_text("source,target,label,weight\n1,2,a,0.5\n2,3,b,2\n").graph) == weighted);
  ReadOptions fourth;
  fourth.weight_column = "4";
  CHECK(edges_of(read_text("1 2 9 0.5\n2 3 9 2\n", fourth).graph) == weighted);
  ReadOptions none;
  none.weight_column = "none";
  CHECK(edges_of(read_text("1 2 0.5\n2 3 2\n", none).graph) == NamedSet{{"1", "2", ""}, {"2", "3", ""}});
  CHECK(sentence("1 2 0.5\n") ==
        "edge list, space-separated, no header, 3 columns, whole-number node names, weights in column 3");
  CHECK(sentence("1 2 1082040961\n") ==
        "edge list, space-separated, no header, 3 columns, whole-number node names, times in column 3");
  CHECK(sentence("a,b,c,d\n") ==
        "edge list, comma-separated, no header, 4 columns, text node names, 2 columns ignored");
}

TEST_CASE("what cannot be read is refused with its place, what was found and what was expected") {
  CHECK(complaint("") == "graph.txt: found an empty file, expected one edge a line: source and target");
  CHECK(complaint("# nothing\n\n") ==
        "graph.txt: found nothing but comments, expected one edge a line: source and target");
  CHECK(complaint("1 2\n3\n") == "graph.txt:2:1: found 1 column, expected 2 columns as in the first line");
  CHECK(complaint("1 2\n3 4 5\n") == "graph.txt:2:1: found 3 columns, expected 2 columns as in the first line");
  CHECK(complaint("1\n2\n") ==
        "graph.txt:1:1: found 1 column, expected at least 2 columns: source and target; see --separator");
  CHECK(complaint("1,2\n3,\n") == "graph.txt:2:3: found an empty column, expected the name of a node");
  CHECK(complaint("1 2\n3 99999999999999999999\n") ==
        "graph.txt:2:3: found '99999999999999999999', expected a node number that fits 64 bits (at most "
        "18446744073709551615)");
  for (const char* weight : {"nan", "inf", "-1", "x", "1e999", "0x10"}) {
    CHECK(complaint("1 2 1\n2 3 " + std::string(weight) + "\n") ==
          "graph.txt:2:5: found '" + std::string(weight) +
              "', expected a weight, which is a finite number of 0 or more; --weight-column none reads the edges "
              "without weights");
  }
  CHECK(complaint(std::string("1 2\n\0 3\n", 8)) ==
        "graph.txt: found binary data (a zero byte), expected a text file with one edge a line: source and target");
  CHECK(complaint("\x1f\x8b\x08xyz") ==
        "graph.txt: found gzip data that are damaged or break off, expected a whole file; make or fetch it again");
  CHECK(complaint("1 2\n\x01 3\n") ==
        "graph.txt:2:1: found the control character \\x01, expected the name of a node in plain text");
  CHECK(complaint("\"a,b\n") ==
        "graph.txt:1:1: found a quote that is not closed, expected a closing quote on the same line");
  CHECK(complaint("1 2\n" + std::string((1 << 20) + 1, '7') + "\n") ==
        "graph.txt:2:1: found a line of 1.00 MiB, expected lines of at most 1 MiB");
  ReadOptions ninth;
  ninth.weight_column = "9";
  CHECK_THROWS_WITH_AS(read_text("1 2 3\n", ninth),
                       "weight-column = '9' is not one of the columns 1 to 3 (this file has no header to name them)",
                       InvalidOption);
}

TEST_CASE("types of edges are read from their column, each a graph over all nodes") {
  const test::TemporaryFolder folder;
  RunContext context;
  ReadOptions read;
  read.type_column = "3";
  const auto dataset = [&](const std::string& text) {
    return read_dataset(context, folder.write("graph.txt", text), read, {});
  };
  const DatasetFile file = dataset("1 2 likes\n# comment\n2 3 follows\n2 1 likes\n1 2 follows\n");
  CHECK(file.read.sentence() ==
        "edge list, space-separated, no header, 3 columns, whole-number node names, types in column 3");
  REQUIRE(file.data.edge_types.size() == 2);
  CHECK(file.data.edge_types[0].name == "follows");
  CHECK(edges_of(file.data.edge_types[0].graph) == NamedSet{{"1", "2", ""}, {"2", "3", ""}});
  CHECK(edges_of(file.data.edge_types[1].graph) == NamedSet{{"1", "2", ""}});
  CHECK(file.data.edge_types[1].graph.view().node_count() == 3);
  CHECK(edges_of(*file.data.graph) == NamedSet{{"1", "2", ""}, {"2", "3", ""}});
  check_dataset(context, file.data);

  // A number in the column of types is no weight, and the one that is left over is.
  const DatasetFile weighted = dataset("a b 7 0.5\nb c 1 2\n");
  CHECK(weighted.read.weight_column == 4);
  CHECK(edges_of(weighted.data.edge_types[0].graph) == NamedSet{{"b", "c", "2"}});
  CHECK(edges_of(weighted.data.edge_types[1].graph) == NamedSet{{"a", "b", "0.5"}});
  // What could be times is none where edges have types.
  CHECK(dataset("1 2 x 1082040961\n").data.graph);

  CHECK(complaint("1,2,a\n3,4,\n", read) == "graph.txt:2:5: found an empty column, expected the name of a type");
  CHECK(complaint("1 2 a\n3 4\n", read) == "graph.txt:2:1: found 2 columns, expected 3 columns as in the first line");
  std::string many;
  for (int i = 0; i < 1200; ++i) many += "1 2 t" + std::to_string(i) + "\n";
  CHECK(complaint(many, read) == "graph.txt: more than 1,000 types of edges; is this the column of types?");
  read.time_column = "3";
  CHECK_THROWS_WITH_AS(dataset("1 2 3\n"), "events have no types; leave out time-column or type-column", InvalidOption);
}

TEST_CASE("a header that comes again is no edge, wherever it stands") {
  CHECK(complaint("source,target\na,b\nsource,target\nc,d\n") ==
        "graph.txt:3:1: found the header again, expected a header in the first line only");
  std::string text = "# made by hand\nsource\ttarget\r\n";
  for (int i = 0; i < 5000; ++i) text += "a" + std::to_string(i) + "\tb\r\n";
  CHECK(complaint(text + "source\ttarget\r\n") ==
        "graph.txt:5003:1: found the header again, expected a header in the first line only");
  CHECK(complaint(text + "target\tsource\nsource\tb\n") == "no complaint");
  ReadOptions bipartite;
  bipartite.bipartite = true;
  CHECK(complaint(text + "source\ttarget", bipartite) ==
        "graph.txt:5003:1: found the header again, expected a header in the first line only");
}

TEST_CASE("paths that are not files are refused") {
  RunContext context;
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(read_graph(context, folder.path(), {}, {}), IoError);
  CHECK_THROWS_AS(read_graph(context, folder.path() / "absent", {}, {}), IoError);
  CHECK_THROWS_AS(read_graph(context, "/dev/null", {}, {}), IoError);
}

TEST_CASE("parsing does not depend on where chunks end, and counts every line") {
  CHECK(rc::check([] {
    const auto count = *rc::gen::inRange<std::size_t>(1, 80);
    const auto chunk = *rc::gen::inRange<std::size_t>(1, 40);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto ends = *rc::gen::element(std::string("\n"), std::string("\r\n"));
    const auto separator = *rc::gen::element(std::string(" "), std::string("\t"), std::string(","), std::string("   "));
    const bool text_names = *rc::gen::arbitrary<bool>();
    const bool last_end = *rc::gen::arbitrary<bool>();
    const std::vector<Edge> edges = test::random_edges(1000, count, seed);
    std::string text;
    std::size_t lines = 0;
    std::size_t comments = 0;
    std::size_t blanks = 0;
    for (std::size_t e = 0; e < count; ++e) {
      if (e % 7 == 3) text += "# note" + ends, ++comments, ++lines;
      if (e % 11 == 5) text += ends, ++blanks, ++lines;
      const std::string prefix = text_names ? "n" : "";
      text += prefix + std::to_string(index(edges[e].source)) + separator + prefix +
              std::to_string(index(edges[e].target)) + ends;
      ++lines;
    }
    if (!last_end) text.resize(text.size() - ends.size());
    RunContext context;
    const detail::EdgeListDialect dialect = detail::sniff_edge_list("graph", text, {});
    const detail::EdgeListContent content = detail::parse_edge_list(context, "graph", text, dialect, chunk);
    RC_ASSERT(content.lines == lines);
    RC_ASSERT(content.comment_lines == comments);
    RC_ASSERT(content.blank_lines == blanks);
    if (text_names) {
      const auto& parsed = std::get<Array<NamedEdge<std::string_view>>>(content.edges);
      RC_ASSERT(parsed.size() == count);
      for (std::size_t e = 0; e < count; ++e) {
        RC_ASSERT(parsed[e].source == "n" + std::to_string(index(edges[e].source)));
        RC_ASSERT(parsed[e].target == "n" + std::to_string(index(edges[e].target)));
      }
    } else {
      const auto& parsed = std::get<Array<NamedEdge<std::uint32_t>>>(content.edges);
      RC_ASSERT(parsed.size() == count);
      for (std::size_t e = 0; e < count; ++e) {
        RC_ASSERT(parsed[e].source == index(edges[e].source));
        RC_ASSERT(parsed[e].target == index(edges[e].target));
      }
    }
  }));
}

TEST_CASE("the first bad line of the file is the one reported, wherever chunks end") {
  std::string text;
  for (int line = 1; line <= 300; ++line) text += line == 170 || line == 290 ? "1 2 3\n" : "1 2\n";
  for (const std::size_t chunk : {1UL, 7UL, 64UL, 1000UL, 100'000UL}) {
    for (const int threads : {1, 2, 8}) {
      RunSettings settings;
      settings.threads = threads;
      RunContext context(settings);
      const auto dialect = detail::sniff_edge_list("graph", text, {});
      CHECK_THROWS_WITH_AS(detail::parse_edge_list(context, "graph", text, dialect, chunk),
                           "graph:170:1: found 3 columns, expected 2 columns as in the first line", ParseError);
    }
  }
}
