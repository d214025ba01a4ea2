#include <vector>

#include <doctest/doctest.h>

#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

TEST_CASE("HIF files are simplices: incidences in any order, names as strings or numbers, times as attributes") {
  const DatasetFile file = read_data("h.hif.json", R"({
    "network-type": "asc",
    "metadata": {"name": "small", "of": {"year": 2024}},
    "incidences": [{"edge": "b", "node": 2}, {"edge": 1, "node": "two"}, {"edge": "b", "node": "two", "weight": 0.5},
                   {"edge": 1, "node": 2, "direction": "head"}],
    "nodes": [{"node": "alone"}, {"node": "alone", "attrs": {"x": 1}}],
    "edges": [{"edge": "b", "attrs": {"timestamp": "1970-01-02T01:00:00.25+01:00"}}, {"edge": 1, "attrs": {"time": 7}},
              {"edge": "empty"}]})");
  REQUIRE(file.data.simplices);
  const SimplexView simplices = file.data.simplices->view();
  REQUIRE(simplices.size() == 2);
  CHECK(format_time(simplices.times[0], simplices.decimals) == "7");
  CHECK(format_time(simplices.times[1], simplices.decimals) == "86400.25");
  CHECK(file.data.nodes->size() == 3);
  CHECK(file.data.nodes->find("alone"));
  CHECK(file.data.metadata.at("name") == "small");
  CHECK(file.data.metadata.at("of") == R"({"year":2024})");
  CHECK(file.read.sentence() ==
        "HIF file, asc, 3 nodes, 2 simplices with times, 1 edge without nodes left out, 1 direction left out, 1 weight "
        "left out");
  CHECK(complaint("h.json", R"({"incidences": []})") == "no complaint");
}

TEST_CASE("what the schema of HIF forbids is refused in a sentence") {
  struct Case {
    const char* text;
    const char* message;
  };
  const std::vector<Case> cases{
      {"{}", "found no incidences, expected an array \"incidences\""},
      {R"({"incidences": {}})", "found incidences of kind object, expected an array"},
      {R"({"incidences": [3]})", "found incidence 1 of kind number, expected an object"},
      {R"({"incidences": [{"edge": 1}]})", "found incidence 1 without node, expected it"},
      {R"({"incidences": [{"edge": 1, "node": 1.5}]})",
       "found incidence 1: node of kind number, expected a string or a whole number"},
      {R"({"incidences": [{"edge": 1, "node": ""}]})", "found incidence 1: node '', expected a name in plain text"},
      {R"({"incidences": [{"edge": 1, "node": 1, "x": 1}]})",
       "found incidence 1 with the field 'x', expected edge, node, weight, direction, attrs"},
      {R"({"incidences": [{"edge": 1, "node": 1, "weight": "1"}]})",
       "found incidence 1 with a weight of kind string, expected a number"},
      {R"({"incidences": [{"edge": 1, "node": 1, "direction": "up"}]})",
       "found incidence 1 with direction up, expected head or tail"},
      {R"({"incidences": [{"edge": 1, "node": 1, "attrs": []}]})",
       "found incidence 1 with attrs of kind array, expected an object"},
      {R"({"incidences": [], "nodes": [{"id": 1}]})", "found node 1 with the field 'id', expected node, weight, attrs"},
      {R"({"incidences": [], "edges": [{}]})", "found edge 1 without edge, expected it"},
      {R"({"incidences": [], "metadata": []})", "found metadata of kind array, expected an object"},
      {R"({"incidences": [], "network-type": "both"})",
       "found network-type both, expected undirected, directed or asc"},
      {R"({"incidences": [], "incidences": []})", "found 'incidences' twice, expected it once"},
      {R"({"incidences": [], "extra": 1})",
       "found the field 'extra', expected network-type, metadata, incidences, nodes or edges"},
      {R"({"incidences": [], "edges": [{"edge": 1, "attrs": {"time": "noon"}}]})",
       "found edge 1 with time 'noon', expected a decimal number, or a moment such as 2001-12-10T08:30:00"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.text);
    const std::string message = complaint("h.hif.json", test.text);
    CHECK(message.starts_with("h.hif.json: " + std::string(test.message)));
  }
  CHECK(complaint("h.hif.json", "{\"incidences\": [\n{\"edge\": }]}")
            .starts_with("h.hif.json:2:10: found text that is not JSON"));
  CHECK(complaint("h.hif.json", "{\"incidences\": [").find("found text that is not JSON") != std::string::npos);
  const std::string deep = "{\"incidences\": [], \"metadata\": {\"a\": " + std::string(100'000, '[') + "}";
  CHECK(complaint("h.hif.json", deep) == "h.hif.json: found values nested more than 100 deep, expected fewer");
}
