// Golden files: hypergraphs that XGI has written (tests/golden/make_xgi_golden.py).
#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/io/dataset_file.hpp>

#include "repository.hpp"
#include "temporary_folder.hpp"

using namespace adjoin;

namespace {

/// A line a simplex: its time and its nodes by name, sorted.
std::vector<std::string> lines_of(const Dataset& data) {
  REQUIRE(data.simplices);
  const SimplexView simplices = data.simplices->view();
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < simplices.size(); ++i) {
    std::vector<std::string> names;
    for (const NodeId node : simplices.simplex(i)) names.emplace_back(data.nodes->name(node));
    std::ranges::sort(names);
    lines.push_back(std::to_string(simplices.times[i]));
    for (const std::string& name : names) lines.back() += "\t" + name;
  }
  std::ranges::sort(lines);
  return lines;
}

std::vector<std::string> expected_lines(const std::string& name) {
  std::ifstream file(test::repository() / "tests/golden/xgi" / (name + ".tsv"));
  REQUIRE(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  std::ranges::sort(lines);
  return lines;
}

}  // namespace

TEST_CASE(
    "what XGI writes as XGI-DATA and as HIF is read with its nodes, edges and times, and survives being written") {
  struct Written {
    const char* name;
    std::size_t nodes;
  };
  const test::TemporaryFolder folder;
  RunContext context;
  for (const Written& written : {Written{"mixed", 7}, Written{"unnamed", 6}, Written{"complex", 6}}) {
    const std::vector<std::string> expected = expected_lines(written.name);
    CHECK_FALSE(expected.empty());
    for (const char* const suffix : {".xgi.json", ".hif.json"}) {
      CAPTURE(written.name);
      CAPTURE(suffix);
      const auto path = test::repository() / "tests/golden/xgi" / (std::string(written.name) + suffix);
      const DatasetFile file = read_dataset(context, path, {}, {});
      CHECK(file.data.nodes->size() == written.nodes);
      CHECK(lines_of(file.data) == expected);
      for (const char* const other : {"again.xgi.json", "again.hif.json"}) {
        write_dataset(context, file.data, folder.path() / other);
        const DatasetFile again = read_dataset(context, folder.path() / other, {}, {});
        CHECK(again.data.nodes->size() == written.nodes);
        CHECK(lines_of(again.data) == expected);
      }
    }
  }
}

TEST_CASE("an edge of XGI without nodes is told") {
  RunContext context;
  const auto path = test::repository() / "tests/golden/xgi/unnamed.xgi.json";
  const DatasetFile file = read_dataset(context, path, {}, {});
  CHECK(file.read.sentence().find("1 edge without nodes left out") != std::string::npos);
}
