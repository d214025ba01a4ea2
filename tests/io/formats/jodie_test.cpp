#include <doctest/doctest.h>

#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

const std::string jodie_head = "user_id,item_id,timestamp,state_label,comma_separated_list_of_features\n";

}  // namespace

TEST_CASE("JODIE's csv is events between users and items, with labels and features") {
  const DatasetFile file = read_data("wiki.csv", jodie_head + "0,0,0.0,0,-0.5,1\n1,0,36.5,1,0.25,-2\n0,1,77.0,0,0,0\n");
  REQUIRE(file.data.events);
  const EventView events = file.data.events->view();
  REQUIRE(events.size() == 3);
  CHECK(file.data.nodes->size() == 4);
  CHECK(file.data.nodes->name(events.sources[1]) == "u1");
  CHECK(file.data.nodes->name(events.targets[1]) == "i0");
  CHECK(format_time(events.times[1], events.decimals) == "36.5");
  CHECK(events.labels[1] == 1);
  REQUIRE(events.features.columns() == 2);
  CHECK(events.features(1, 0) == 0.25F);
  CHECK(events.features(1, 1) == -2);
  CHECK(file.read.sentence() ==
        "JODIE file, users u0, u1, ... and items i0, i1, ..., times in column 3, labels, 2 features");
  const DatasetFile bare = read_data("wiki.csv", jodie_head + "0,0,0.0,0\n");
  CHECK(bare.data.events->view().features.columns() == 0);
}

TEST_CASE("lines of JODIE's csv that are not as they should be are refused with their place") {
  CHECK(complaint("w.csv", jodie_head + "0,0,0.0,0,1\n0,0,1.0,0\n") ==
        "w.csv:3:1: found 4 columns, expected 5 columns as in the first line");
  CHECK(
      complaint("w.csv", jodie_head + "0,0,later,0,1\n") ==
      "w.csv:2:5: found 'later', expected a time, which is a decimal number of at most 9 decimals; --time-column none "
      "reads the edges without times");
  CHECK(complaint("w.csv", jodie_head + "0,0,1,0.5,1\n") ==
        "w.csv:2:7: found '0.5', expected a label, which is a whole number");
  CHECK(complaint("w.csv", jodie_head + "0,0,1,0,nan\n") ==
        "w.csv:2:9: found 'nan', expected a feature, which is a finite number");
  CHECK(complaint("w.csv", jodie_head + "0,,1,0,1\n") ==
        "w.csv:2:3: found an empty column, expected the name of a node");
}
