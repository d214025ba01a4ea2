#include <vector>

#include <doctest/doctest.h>

#include <adjoin/io/formats/simplex_table.hpp>

#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

TEST_CASE("XGI-DATA files are simplices with moments of ISO 8601 as times") {
  const DatasetFile file = read_data("x.json", R"({
    "hypergraph-data": {"name": "small", "author": "us"},
    "node-data": {"1": {"name": "one"}, "2": {}, "9": {}},
    "edge-data": {"0": {"timestamp": "2001-09-09T01:46:40"}, "1": {}, "2": {"timestamp": "1969-12-31"}},
    "edge-dict": {"0": ["1", "2"], "1": [2], "2": ["1", "2"], "3": []}})");
  REQUIRE(file.data.simplices);
  const SimplexView simplices = file.data.simplices->view();
  REQUIRE(simplices.size() == 3);
  CHECK(simplices.times[0] == -86400);
  CHECK(simplices.times[1] == 0);
  CHECK(simplices.times[2] == 1'000'000'000);
  CHECK(file.data.nodes->size() == 3);
  CHECK(file.data.metadata.at("author") == "us");
  CHECK(file.read.sentence() ==
        "XGI-DATA file, 3 nodes, 3 simplices with times, 1 edge without nodes left out, 1 edge without a time put at "
        "time 0");
}

TEST_CASE("XGI-DATA files with a node of HIF's words are no HIF files") {
  const DatasetFile file = read_data("x.json", R"({
    "hypergraph-data": {"incidences": "none", "title": "\"incidences\": []"},
    "node-data": {"incidences": {"incidences": 1}, "b": {}},
    "edge-dict": {"0": ["incidences", "b"]}})");
  CHECK(file.read.format == "XGI-DATA file");
  REQUIRE(file.data.simplices);
  CHECK(file.data.simplices->view().size() == 1);
  CHECK(file.data.nodes->find("incidences"));
}

TEST_CASE("moments of ISO 8601 are seconds since 1970") {
  using detail::seconds_of_iso_time;
  CHECK(seconds_of_iso_time("1970-01-01") == "0");
  CHECK(seconds_of_iso_time("2000-02-29T12:30:15Z") == "951827415");
  CHECK(seconds_of_iso_time("2000-02-29 12:30") == "951827400");
  CHECK(seconds_of_iso_time("2000-02-29T12:30:15.125+02:00") == "951820215.125");
  CHECK(seconds_of_iso_time("2000-02-29T12:30:15-0130") == "951832815");
  CHECK(seconds_of_iso_time("1969-12-31T23:59:59") == "-1");
  for (const char* const text : {"", "2001", "2001-02-29", "2001-13-01", "2001-01-01T25:00", "2001-01-01T10:61",
                                 "2001-01-01T10:00:00Zx", "2001-01-01T10:00:00+1", "01-01-2001", "2001-01-01Tnoon"}) {
    CAPTURE(text);
    CHECK_FALSE(seconds_of_iso_time(text));
  }
}

TEST_CASE("XGI-DATA files that are not as they should be are refused in a sentence") {
  struct Case {
    const char* text;
    const char* message;
  };
  const std::vector<Case> cases{
      {R"({"hypergraph-data": {}})", "found no edge-dict, expected an object \"edge-dict\""},
      {R"({"edge-dict": []})", "found edge-dict of kind array, expected an object"},
      {R"({"edge-dict": {"a": "b"}})", "found edge 'a' of kind string, expected an array of its nodes"},
      {R"({"edge-dict": {"a": [null]}})", "found a node of edge 'a' of kind null, expected a string or a whole number"},
      {R"({"edge-dict": {"a": [1]}, "edge-data": {"a": {"timestamp": "then"}}})",
       "found edge 'a' with timestamp 'then', expected a decimal number, or a moment such as 2001-12-10T08:30:00"},
      {R"({"edge-dict": {"a": [1]}, "edge-data": {"a": 1}})",
       "found data of edge 'a' of kind number, expected an object"},
      {R"({"edge-dict": {"a": [1], "b": [2]}, "edge-data": {"a": {"timestamp": 9000000000000000000},
           "b": {"timestamp": 0.001}}})",
       "a time does not fit 64 bits with the 3 decimals that another one has"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.text);
    CHECK(complaint("x.json", test.text).find(test.message) != std::string::npos);
  }
}
