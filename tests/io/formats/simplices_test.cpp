#include <vector>

#include <doctest/doctest.h>

#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

struct Files {
  std::string sizes;
  std::string nodes;
  std::string times;
  std::string labels;
};

/// What read_dataset says of the set; "" as a file leaves it out.
std::string refusal(const Files& files) {
  const TemporaryFolder folder;
  RunContext context;
  folder.write("s-nverts.txt", files.sizes);
  if (!files.nodes.empty()) folder.write("s-simplices.txt", files.nodes);
  if (!files.times.empty()) folder.write("s-times.txt", files.times);
  try {
    read_dataset(context, folder.path() / "s-nverts.txt", {}, {});
  } catch (const Error& error) {
    const std::string message = error.what();
    return message.substr(std::min(message.find("s-"), message.size()));
  }
  return "no complaint";
}

}  // namespace

TEST_CASE("sets of simplices stand in three files, in any order of time, with gaps between ids and nodes twice") {
  const TemporaryFolder folder;
  RunContext context;
  folder.write("s-nverts.txt", "2\n1\n3\n");
  folder.write("s-simplices.txt", "70\n5\n5\n9\n70\n9\n");
  folder.write("s-times.txt", "3.5\n-2\n3.5\n");
  folder.write("s-node-labels.txt", "5 five, hundred\n9 nine\n70 seventy\n71 nobody\n");
  for (const char* const name : {"s-nverts.txt", "s-simplices.txt", "s-times.txt"}) {
    CAPTURE(name);
    const DatasetFile file = read_dataset(context, folder.path() / name, {}, {});
    REQUIRE(file.data.simplices);
    const SimplexView simplices = file.data.simplices->view();
    REQUIRE(simplices.size() == 3);
    CHECK(simplices.decimals == 1);
    CHECK(simplices.times[0] == -20);
    CHECK(file.data.nodes->name(simplices.simplex(0)[0]) == "5");
    CHECK(simplices.simplex(1).size() == 2);
    CHECK(simplices.simplex(2).size() == 2);
    REQUIRE(file.data.labels);
    CHECK(file.data.labels->names.find("five, hundred"));
    CHECK(file.read.sentence() ==
          "set of simplices, 3 simplices of 3 nodes, with times, labels (1 of nodes in no simplex left out)");
  }
}

TEST_CASE("names are written as labels, but for those of blanks alone, of which a line would hold nothing") {
  const TemporaryFolder folder;
  RunContext context;
  const auto written = [&](const std::string& names) {
    folder.write("given.xgi.json", R"({"edge-dict": {"a": [)" + names + "]}}");
    const Dataset given = read_dataset(context, folder.path() / "given.xgi.json", {}, {}).data;
    write_dataset(context, given, folder.path() / "s-nverts.txt");
    return read_dataset(context, folder.path() / "s-nverts.txt", {}, {}).data;
  };
  const Dataset some = written(R"("label", " ", "two words")");  // a label, and not the heading of labels
  REQUIRE(some.labels);
  CHECK(some.simplices->view().simplex(0).size() == 3);
  CHECK(some.labels->names.size() == 2);
  CHECK(some.labels->names.find("label"));
  CHECK(some.labels->names.find("two words"));
  std::filesystem::remove(folder.path() / "s-node-labels.txt");
  const Dataset none = written(R"(" ", "  ")");
  CHECK(none.simplices->view().simplex(0).size() == 2);
  CHECK(!none.labels);
}

TEST_CASE("sets of simplices that do not fit together are refused in a sentence") {
  CHECK(refusal({"2\n", "1\n2\n", "7\n", ""}) == "no complaint");
  CHECK(refusal({"2\n", "1\n2\n", "", ""}) == "no complaint");
  CHECK(refusal({"2\n", "", "7\n", ""}) == "s-simplices.txt: cannot open: No such file or directory");
  CHECK(refusal({"2\n0\n", "1\n2\n", "7\n8\n", ""}) ==
        "s-nverts.txt:2:1: found '0', expected the number of nodes of a simplex");
  CHECK(refusal({"x\n", "1\n", "7\n", ""}) == "s-nverts.txt:1:1: found 'x', expected the number of nodes of a simplex");
  CHECK(refusal({"2\n", "1\nnan\n", "7\n", ""}) ==
        "s-simplices.txt:2:1: found 'nan', expected the whole number of a node");
  CHECK(refusal({"2\n", "1\n2\n3\n", "7\n", ""}) ==
        "s-simplices.txt: found 3 nodes, expected the 2 that s-nverts.txt adds up to");
  CHECK(refusal({"2\n18446744073709551615\n", "1\n2\n3\n", "7\n8\n", ""}) ==
        "s-simplices.txt: found 3 nodes, expected the more that s-nverts.txt adds up to");
  CHECK(refusal({"2\n", "1\n2\n", "7\n8\n", ""}) == "s-times.txt: found 2 times, expected 1, one for each simplex");
  CHECK(refusal({"2\n", "1\n2\n", "soon\n", ""}) ==
        "s-times.txt:1:1: found 'soon', expected a time, which is a decimal number of at most 9 decimals");
  CHECK(refusal({"2\n", "1\n2\n", "99999999999999999999\n", ""}) ==
        "s-times.txt:1:1: found '99999999999999999999', expected a time, which is a decimal number of at most 9 "
        "decimals");
}
