#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

/// "1:a,b" for each simplex.
std::vector<std::string> sets_of(const DatasetFile& file) {
  std::vector<std::string> sets;
  const SimplexView simplices = file.data.simplices->view();
  for (std::size_t i = 0; i < simplices.size(); ++i) {
    std::string set = format_time(simplices.times[i], simplices.decimals) + ":";
    for (const NodeId node : simplices.simplex(i)) {
      set += (set.back() == ':' ? "" : ",") + file.data.nodes->name(node);
    }
    sets.push_back(set);
  }
  return sets;
}

using Sets = std::vector<std::string>;

}  // namespace

TEST_CASE("a list of hyperedges is a set of nodes a line, whatever stands between them") {
  for (const char* const text : {"1,2,3\n2,4\n5\n", "# a comment\n1 2 3\n\n2 4\n5", "1;2;3\r\n2;4\r\n5\r\n"}) {
    CAPTURE(text);
    CHECK(sets_of(read_data("x.hyperedges", text)) == Sets{"0:1,2,3", "0:2,4", "0:5"});
  }
  const DatasetFile names = read_data("x.hyperedges", "Ann, of Ely\tBob\nBob\tCy; jr\tDi\n");
  CHECK(sets_of(names) == Sets{"0:Ann, of Ely,Bob", "0:Bob,Cy; jr,Di"});
  CHECK(names.read.sentence() == "list of hyperedges, tab-separated, 4 nodes, 2 simplices without times");
  CHECK(sets_of(read_data("x.hyperedges", "\"a, b\",c,c\n")) == Sets{"0:a, b,c"});
}

TEST_CASE("times of hyperedges stand after a tab, or first or last if that is said") {
  const char* const after_tab = "b,c\t2.5\na,b,c\t-1\n";
  CHECK(sets_of(read_data("x.hyperedges", after_tab)) == Sets{"-1:a,b,c", "2.5:b,c"});
  ReadOptions none;
  none.time_column = "none";
  CHECK(sets_of(read_data("x.hyperedges", after_tab, none)) == Sets{"0:b,c", "0:a,b,c"});
  ReadOptions last;
  last.time_column = "last";
  CHECK(sets_of(read_data("x.hyperedges", after_tab, last)) == Sets{"-1:a,b,c", "2.5:b,c"});
  CHECK(sets_of(read_data("x.hyperedges", "a b 7\nc 3\n", last)) == Sets{"3:c", "7:a,b"});
  ReadOptions first;
  first.time_column = "first";
  const DatasetFile moments = read_data("x.hyperedges", "1970-01-02,a,b\n1970-01-01T00:00:09,c\n", first);
  CHECK(sets_of(moments) == Sets{"9:c", "86400:a,b"});
  CHECK(moments.read.sentence() == "list of hyperedges, comma-separated, times first, 3 nodes, 2 simplices with times");
  // Two numbers that a tab parts are two nodes.
  CHECK(sets_of(read_data("x.hyperedges", "1\t12\n2\t13\n")) == Sets{"0:1,12", "0:2,13"});
}

TEST_CASE("a list of hyperedges that is written reads back as itself, whatever its file is called") {
  const TemporaryFolder folder;
  RunContext context;
  for (const char* const text : {"New York\n", "a b,\"c, d\"\ne,a b\n", "node,time\nnode\n", "b,c\t2.5\na,b,c\t-1\n"}) {
    CAPTURE(text);
    ReadOptions comma;
    comma.separator = Separator::comma;
    const DatasetFile given = read_data("x.hyperedges", text, comma);
    write_dataset(context, given.data, folder.path() / "a.hyperedges");
    write_dataset(context, given.data, folder.path() / "a.hyperedges.gz");
    std::filesystem::rename(folder.path() / "a.hyperedges", folder.path() / "a.dat");
    for (const char* const name : {"a.dat", "a.hyperedges.gz"}) {
      CHECK(sets_of(read_dataset(context, folder.path() / name, {}, {})) == sets_of(given));
    }
  }
  const DatasetFile graph = read_data("x.hif.json", R"({"incidences": [{"edge": 0, "node": "#1"}]})");
  CHECK_THROWS_WITH_AS(write_dataset(context, graph.data, folder.path() / "no.hyperedges"),
                       doctest::Contains("the node name '#1' cannot stand in a list of hyperedges; write .hif.json"),
                       InvalidData);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "no.hyperedges"));
}

TEST_CASE("lists of hyperedges that are not as they should be are refused in a sentence") {
  struct Case {
    const char* text;
    const char* time_column;
    const char* message;
  };
  const std::vector<Case> cases{
      {"", "auto", "x.hyperedges: found an empty file, expected a set of nodes a line"},
      {"# none\n\n", "auto", "x.hyperedges: found nothing but comments, expected a set of nodes a line"},
      {"1,2\n3,,4\n", "auto", "x.hyperedges:2:3: found an empty name, expected the name of a node"},
      {"1,2\n3,\n", "auto", "x.hyperedges:2:3: found an empty name, expected the name of a node"},
      {"1,\"2\n", "auto", "x.hyperedges:1:3: found a quote that is not closed, expected a closing quote on the same"},
      {"1,\"2\"\"3\"\n", "auto", "x.hyperedges:1:3: found a quote inside a quoted name, expected a name without"},
      {"a\x01,b\n", "auto", "x.hyperedges:1:1: found 'a\\x01', expected the name of a node in plain text"},
      {"1 2 then\n", "last", "x.hyperedges:1:5: found 'then', expected a time: a decimal number of at most 9 decimals"},
      {"7\n", "first", "x.hyperedges:1:1: found a time and no node, expected the nodes of a set"},
      {"# node,node,...\ttime\na,b\n", "auto", "x.hyperedges:2:4: found a line without a tab, expected a tab and a"},
      {"a,b\t9000000000000000000\na,b\t0.5\n", "auto",
       "x.hyperedges: a time does not fit 64 bits with the 1 decimals that another one has"},
  };
  for (const Case& c : cases) {
    ReadOptions read;
    read.time_column = c.time_column;
    const std::string message = complaint("x.hyperedges", c.text, read);
    CAPTURE(message);
    CHECK(message.starts_with(c.message));
  }
  ReadOptions second;
  second.time_column = "2";
  CHECK_THROWS_WITH_AS(
      read_data("x.hyperedges", "1 2\n", second),
      "time-column = '2' is not first, last, none or auto, and a list of hyperedges has no other columns",
      InvalidOption);
}
