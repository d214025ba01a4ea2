// Golden values: the authors' tables (arbenson/ScHoLP-Tutorial, output/summary-stats and output/3-node-closures).
#include <array>

#include <adjoin/algorithms/simplicial/configurations.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "simplicial_support.hpp"

using namespace adjoin;
using test::project;

namespace {

ConfigurationCensus census_of(const SimplexView& simplices, int threads = 1) {
  RunContext context = test::with_threads(threads);
  return count_configurations(context, project(simplices));
}

ClosureTable closures_of(const SimplexView& first, const SimplexView& later, int threads = 1) {
  RunContext context = test::with_threads(threads);
  return count_closures(context, project(first), project(later));
}

/// Of all three nodes that the first simplices have: what they are there, and whether the later ones have them whole.
struct SlowCounts {
  ConfigurationCensus census;
  ClosureTable closures;
};
SlowCounts slow_counts(const test::DrawnLog& drawn, std::size_t cut) {
  const test::Simplices& simplices = drawn.simplices;
  const auto together = [&](const std::vector<std::size_t>& nodes) { return test::shared(simplices, 0, cut, nodes); };
  SlowCounts slow;
  for (std::size_t u = 0; u < drawn.nodes; ++u) {
    for (std::size_t v = 0; v < u; ++v) {
      for (std::size_t w = 0; w < v; ++w) {
        if (together({u}) == 0 || together({v}) == 0 || together({w}) == 0) continue;
        std::string name;
        for (const std::size_t ties : {together({u, v}), together({u, w}), together({v, w})}) {
          name += static_cast<char>('0' + std::min<std::size_t>(ties, 2));
        }
        std::ranges::sort(name);
        const auto k = static_cast<std::size_t>(std::ranges::find(tie_configuration_names, name) -
                                                tie_configuration_names.begin());
        const bool closed = together({u, v, w}) > 0;
        ++(closed ? slow.census.closed : slow.census.open)[k];
        if (closed) continue;
        ++slow.closures.open[k];
        if (test::shared(simplices, cut, simplices.size(), {u, v, w}) > 0) ++slow.closures.closed[k];
      }
    }
  }
  return slow;
}

}  // namespace

TEST_CASE("ScHoLP's example has seven closed triangles and one open one, of weak ties") {
  const SimplexLog log = test::scholp_example();
  const ConfigurationCensus census = census_of(log.view());
  CHECK(census.closed_triangles() == 7);
  CHECK(census.open_triangles() == 1);
  CHECK(census.open[6] == 1);
  CHECK(census.fraction_open() == 1.0 / 8);
}

TEST_CASE("the counts of drawn logs are those that trying every three nodes finds") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const SlowCounts all = slow_counts(drawn, drawn.simplices.size());
    const ConfigurationCensus census = census_of(log.view());
    RC_ASSERT(census.open == all.census.open);
    RC_ASSERT(census.closed == all.census.closed);
    const auto until = *rc::gen::inRange<Time>(-1, 20);
    const auto cut = static_cast<std::size_t>(std::ranges::upper_bound(drawn.times, until) - drawn.times.begin());
    const SlowCounts first = slow_counts(drawn, cut);
    const ClosureTable closures =
        closures_of(simplices_until(log.view(), until), simplices_between(log.view(), until, 20));
    RC_ASSERT(closures.open == first.closures.open);
    RC_ASSERT(closures.closed == first.closures.closed);
  }));
}

TEST_CASE("configurations are told by their sorted ties") {
  CHECK(tie_configuration_names[tie_configuration(0, 0, 0)] == "000");
  CHECK(tie_configuration_names[tie_configuration(7, 0, 1)] == "012");
  CHECK(tie_configuration_names[tie_configuration(2, 9, 0)] == "022");
  CHECK(tie_configuration_names[tie_configuration(1, 5, 1)] == "112");
  CHECK(tie_configuration_names[tie_configuration(2, 2, 2)] == "222");
}

TEST_CASE("the triples of many nodes without edges are counted without wrapping around, or refused") {
  const auto triples_of = [](std::size_t nodes) {
    RunContext context;
    SimplexArrays arrays{Array<EdgeOffset>(nodes + 1), Array<NodeId>(nodes), {}, 0};
    for (std::size_t v = 0; v <= nodes; ++v) arrays.offsets[v] = edge_offset(v);
    for (std::size_t v = 0; v < nodes; ++v) arrays.nodes[v] = node_id(v);
    const SimplexLog log(context, nodes, std::move(arrays));
    return census_of(log.view()).open[0];
  };
  CHECK(triples_of(0) == 0);
  CHECK(triples_of(2) == 0);
  CHECK(triples_of(3) == 1);
  CHECK(triples_of(200'001) == 1'333'333'333'300'000);
  CHECK(triples_of(4801280) == 18446738006366306560U);
  CHECK_THROWS_AS(triples_of(4801281), InvalidData);
}

TEST_CASE("what no count can be made of is refused") {
  const SimplexLog log = test::log_of(3, {{0, 1, 2}});
  const SimplexLog other = test::log_of(4, {{0, 1, 2}});
  RunContext context;
  CHECK_THROWS_AS(count_configurations(context, project(log.view(), {.weights = TieWeight::none})), InvalidOption);
  CHECK_THROWS_AS(count_closures(context, project(log.view()), project(other.view())), InvalidData);
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  CHECK_THROWS_AS(count_configurations(small, project(log.view())), BudgetExceeded);
}

TEST_CASE("public sets have the published open and closed triangles, for 1, 2, 3 and 8 threads" *
          doctest::test_suite("accuracy")) {
  struct Set {
    const char* name;
    std::uint64_t closed;
    std::uint64_t open;
  };
  for (const Set& set : {Set{"email-Enron", 6578, 3317}, Set{"contact-high-school", 2370, 31'850},
                         Set{"contact-primary-school", 5139, 98'621}, Set{"NDC-classes", 31'477, 9064},
                         Set{"tags-ask-ubuntu", 279'369, 3'288'058}, Set{"threads-ask-ubuntu", 61'469, 136'374}}) {
    const auto data = test::public_set(set.name);
    if (!data) continue;
    CAPTURE(set.name);
    for (const int threads : {1, 2, 3, 8}) {
      const ConfigurationCensus census = census_of(data->simplices->view(), threads);
      CHECK(census.closed_triangles() == set.closed);
      CHECK(census.open_triangles() == set.open);
    }
  }
}

TEST_CASE("public sets close as published: ten configurations, in the first 40, 60, 80 and 100 percent of the time" *
          doctest::test_suite("accuracy")) {
  struct Row {
    const char* name;
    int percent;
    ConfigurationCounts open;
    ConfigurationCounts closed;
  };
  const std::vector<Row> rows{
      {"email-Enron",
       100,
       {265772, 40734, 109207, 2025, 10669, 11082, 75, 449, 1162, 888},
       {90, 78, 334, 19, 132, 236, 0, 14, 56, 49}},
      {"email-Enron",
       40,
       {224286, 23673, 52048, 740, 3304, 3452, 15, 122, 254, 207},
       {142, 129, 212, 14, 80, 82, 0, 8, 15, 19}},
      {"email-Enron",
       60,
       {261009, 31719, 72917, 1279, 6170, 5808, 44, 205, 517, 352},
       {112, 70, 315, 14, 163, 228, 1, 8, 51, 28}},
      {"email-Enron",
       80,
       {275504, 40633, 87904, 1961, 8808, 7653, 57, 329, 732, 518},
       {106, 72, 294, 30, 202, 195, 0, 25, 60, 75}},
      {"contact-high-school",
       100,
       {4237518, 430992, 971503, 13963, 54393, 38800, 378, 3259, 9218, 12201},
       {4, 5, 36, 1, 19, 54, 1, 6, 53, 141}},
      {"contact-high-school",
       40,
       {4665561, 341341, 601884, 7807, 24973, 16708, 264, 1742, 3792, 3568},
       {3, 5, 32, 3, 28, 40, 0, 9, 30, 48}},
      {"contact-high-school",
       60,
       {4539551, 375065, 774602, 9301, 34446, 24691, 297, 2280, 5961, 6666},
       {5, 6, 33, 0, 14, 39, 0, 5, 29, 78}},
      {"contact-high-school",
       80,
       {4403355, 399572, 867333, 11027, 41745, 30203, 342, 2727, 7378, 8922},
       {5, 3, 75, 1, 28, 64, 0, 11, 58, 134}},
      {"contact-primary-school",
       100,
       {970888, 312081, 678608, 38993, 152040, 95565, 2627, 16474, 28402, 32943},
       {1, 1, 68, 2, 40, 84, 1, 13, 97, 573}},
      {"contact-primary-school",
       40,
       {1172571, 273096, 492902, 22244, 71337, 42142, 1254, 7059, 12090, 11625},
       {3, 1, 33, 2, 19, 57, 0, 10, 41, 195}},
      {"contact-primary-school",
       60,
       {1065166, 294779, 568601, 30130, 100392, 55440, 1782, 9945, 15767, 18386},
       {0, 5, 32, 0, 26, 55, 0, 13, 56, 324}},
      {"contact-primary-school",
       80,
       {1111599, 305667, 646516, 31733, 116574, 64130, 1799, 10846, 17235, 23486},
       {36, 21, 206, 6, 100, 135, 1, 14, 56, 389}},
      {"NDC-classes",
       100,
       {211107282, 1369501, 4406010, 8748, 43252, 57967, 5, 1388, 2988, 3058},
       {177, 419, 1497, 42, 209, 638, 0, 0, 156, 103}},
      {"NDC-classes",
       40,
       {99914643, 536908, 1862108, 2128, 11346, 15674, 50, 167, 117, 55},
       {53, 2, 663, 0, 0, 143, 0, 0, 0, 2}},
      {"NDC-classes",
       60,
       {129597818, 625392, 2489865, 2451, 15011, 21654, 4, 159, 349, 203},
       {1163, 551, 4532, 98, 1069, 1178, 0, 0, 46, 0}},
      {"NDC-classes",
       80,
       {170125183, 915708, 3648370, 3445, 25692, 49718, 8, 419, 2074, 1783},
       {257, 153, 2815, 0, 77, 1212, 0, 44, 189, 156}},
      {"tags-ask-ubuntu",
       100,
       {4095900195, 158532492, 115458633, 6545596, 13940626, 8594088, 139675, 621223, 1047285, 716155},
       {1982, 1552, 9065, 407, 5230, 12095, 40, 1038, 6146, 13576}},
      {"tags-ask-ubuntu",
       40,
       {2214560065, 74000500, 47196374, 2725301, 5183202, 2900044, 56559, 219147, 335299, 198851},
       {1091, 844, 3840, 255, 2470, 4311, 30, 476, 2297, 4189}},
      {"tags-ask-ubuntu",
       60,
       {2771398213, 99141158, 68139934, 3894293, 7877925, 4552384, 79669, 337923, 543836, 354513},
       {1483, 1243, 6590, 343, 3616, 7195, 36, 750, 3878, 8010}},
      {"tags-ask-ubuntu",
       80,
       {3514519598, 130135967, 92265661, 5182641, 10804673, 6551436, 109211, 474356, 784228, 526045},
       {2773, 1867, 9712, 448, 5026, 9565, 36, 861, 4623, 9631}},
      {"threads-ask-ubuntu",
       100,
       {177997690057183, 16519322635, 670782322, 24435860, 5111588, 269977, 35537, 51435, 26331, 8409},
       {576, 149, 274, 19, 84, 37, 3, 15, 17, 30}},
      {"threads-ask-ubuntu",
       40,
       {10941112199951, 2990607476, 128694418, 6956668, 1536820, 87898, 17897, 22108, 10491, 2913},
       {584, 84, 73, 12, 25, 6, 0, 1, 0, 4}},
      {"threads-ask-ubuntu",
       60,
       {38459317874594, 6662994874, 272687353, 12537084, 2653252, 143155, 25151, 32553, 15498, 4520},
       {557, 142, 143, 7, 38, 15, 0, 3, 8, 10}},
      {"threads-ask-ubuntu",
       80,
       {91839043031505, 11422925929, 477690085, 19416762, 4140274, 221689, 31613, 44704, 22445, 7055},
       {489, 135, 270, 15, 75, 35, 0, 17, 39, 40}},
  };
  std::optional<Dataset> data;
  std::string name;
  for (const Row& row : rows) {
    if (name != row.name) data = test::public_set(name = row.name);
    if (!data) continue;
    CAPTURE(row.name);
    CAPTURE(row.percent);
    RunContext context = test::with_threads(2);
    ClosureOptions options;
    options.until = row.percent / 100.0;
    const ClosuresByTime closures = closures_by_time(context, data->simplices->view(), data->nodes, options);
    CHECK(closures.table.open == row.open);
    CHECK(closures.table.closed == row.closed);
  }
}

TEST_CASE("closures are cut at shares of the simplices, and no simplices are refused") {
  // 0-1-2 is open after four simplices and closes with the fifth; the sixth is not looked at
  const SimplexLog log = test::log_of(4, {{0, 1}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}, {0, 1, 3}});
  RunContext context;
  ClosureOptions options;
  options.until = 0.8;
  options.train = 0.75;
  const ClosuresByTime closures = closures_by_time(context, log.view(), test::names_of(4), options);
  CHECK(closures.first_until == 3);
  CHECK(closures.later_until == 4);
  CHECK(closures.first_simplices == 4);
  CHECK(closures.later_simplices == 1);
  CHECK(tie_configuration_names[7] == "112");
  CHECK(closures.probability(7) == 1);
  CHECK(closures.probability(0) == 0);
  const SimplexLog empty = test::log_of(4, {});
  CHECK_THROWS_AS(closures_by_time(context, empty.view(), test::names_of(4)), InvalidData);
  options.train = 2;
  CHECK_THROWS_AS(closures_by_time(context, log.view(), test::names_of(4), options), InvalidOption);
}
