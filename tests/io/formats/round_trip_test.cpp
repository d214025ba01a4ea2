// Whatever adjoin writes reads back as itself, and the suffix or the user says in which format.
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "random_graphs.hpp"
#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

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
    const bool text_names = *rc::gen::arbitrary<bool>();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < nodes; ++i) {
      names.push_back(text_names ? "<\"é & " + std::to_string(i) + ">, \"" : std::to_string(i * 3));
    }
    Dataset data;
    data.graph = build_graph(context, to_array(edges), to_array(weights), NodeIndex::from_names(names), options).graph;
    data.nodes = data.graph->view().shared_nodes();
    for (const std::string file :
         {"g.tsv", "g.tsv.gz", "g.csv", "g.mtx", "g.mtx.zst", "g.graphml", "g.npz", "g.adjoin"}) {
      if (text_names && file == "g.csv") continue;  // a name with quotes cannot stand there
      write_dataset(context, data, folder.path() / file);
      const GraphFile again = read_graph(context, folder.path() / file, {}, options);
      RC_LOG(file);
      RC_ASSERT(edges_of(again.graph.view()) == edges_of(data.graph->view()));
      RC_ASSERT(again.graph.view().directed() == options.directed);
      // An edge list has no isolated nodes; the others keep them.
      const bool edge_list = file.find(".tsv") != std::string::npos || file.find(".csv") != std::string::npos;
      if (!edge_list) RC_ASSERT(again.graph.view().node_count() == nodes);
    }
  }));
}

TEST_CASE("METIS files hold undirected graphs without loops whose weights are whole numbers, and refuse others") {
  const TemporaryFolder folder;
  RunContext context;
  for (const char* const text : {"1 2\n2 3\n7 1\n", "1 2 4\n2 3 1\n7 1 9\n"}) {
    Dataset data;
    data.graph = read_text("g.txt", text).graph;
    data.nodes = data.graph->view().shared_nodes();
    write_dataset(context, data, folder.path() / "g.graph");
    const GraphFile again = read_graph(context, folder.path() / "g.graph", {}, {});
    CHECK(edges_of(again.graph.view()) == edges_of(data.graph->view()));
  }
  const auto refusal = [&](const char* text, bool directed) {
    BuildOptions build;
    build.directed = directed;
    build.self_loops = SelfLoops::keep;
    Dataset data;
    data.graph = read_text("g.txt", text, {}, build).graph;
    data.nodes = data.graph->view().shared_nodes();
    try {
      write_dataset(context, data, folder.path() / "no.graph");
    } catch (const InvalidData& error) {
      return std::string(error.what()).substr(folder.path().string().size() + 1);
    }
    return std::string("no complaint");
  };
  CHECK(refusal("1 2\n", true) == "no.graph: METIS files hold undirected graphs only");
  CHECK(refusal("1 1\n1 2\n", false) == "no.graph: node '1' has an edge to itself, which METIS files cannot hold");
  CHECK(refusal("1 2 0.5\n", false) ==
        "no.graph: the weight 0.5 is no whole number of 1 or more, which METIS files need");
  CHECK_FALSE(std::filesystem::exists(folder.path() / "no.graph"));
}

TEST_CASE("events and simplices that are written read back as themselves") {
  const TemporaryFolder folder;
  RunContext context;
  const DatasetFile events = read_data("e.csv", "source,target,time,weight\na,b,3,-1\nb,c,1.25,2\na,\"c, d\",2,0.5\n");
  for (const char* const file : {"e.tsv", "e.csv.gz", "e.adjoin"}) {
    CAPTURE(file);
    write_dataset(context, events.data, folder.path() / file);
    const DatasetFile again = read_dataset(context, folder.path() / file, {}, {});
    REQUIRE(again.data.events);
    const EventView before = events.data.events->view();
    const EventView after = again.data.events->view();
    REQUIRE(after.size() == before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      CHECK(again.data.nodes->name(after.sources[i]) == events.data.nodes->name(before.sources[i]));
      CHECK(again.data.nodes->name(after.targets[i]) == events.data.nodes->name(before.targets[i]));
      CHECK(format_time(after.times[i], after.decimals) == format_time(before.times[i], before.decimals));
      CHECK(after.weights[i] == before.weights[i]);
    }
  }
  const DatasetFile simplices = read_data(
      "s.json", R"({"incidences": [{"edge": "x", "node": 3}, {"edge": "x", "node": 9}, {"edge": "y", "node": 9}],
                    "edges": [{"edge": "x", "attrs": {"timestamp": 2.5}}, {"edge": "y", "attrs": {"timestamp": -1}}]})");
  for (const char* const file :
       {"s.hif.json", "s.xgi.json", "s.hyperedges", "s-nverts.txt", "s-times.txt.gz", "s.adjoin"}) {
    CAPTURE(file);
    write_dataset(context, simplices.data, folder.path() / file);
    const DatasetFile again = read_dataset(context, folder.path() / file, {}, {});
    REQUIRE(again.data.simplices);
    const SimplexView after = again.data.simplices->view();
    REQUIRE(after.size() == 2);
    CHECK(format_time(after.times[0], after.decimals) == "-1");
    CHECK(format_time(after.times[1], after.decimals) == "2.5");
    CHECK(after.simplex(0).size() == 1);
    CHECK(after.simplex(1).size() == 2);
    CHECK(again.data.nodes->name(after.simplex(0)[0]) == "9");
  }
}

TEST_CASE("JODIE files give back what they hold, and are not made of other nodes") {
  const TemporaryFolder folder;
  RunContext context;
  const std::string text =
      "user_id,item_id,timestamp,state_label,comma_separated_list_of_features\n"
      "0,0,0,0,-0.25,3\n7,0,36.5,1,0,1e-20\n0,12,36.5,0,1,2\n";
  const DatasetFile events = read_data("e.csv", text);
  write_dataset(context, events.data, folder.path() / "e.jodie.csv");
  const DatasetFile again = read_dataset(context, folder.path() / "e.jodie.csv", {}, {});
  const EventView before = events.data.events->view();
  const EventView after = again.data.events->view();
  CHECK(again.data.nodes->name(after.targets[2]) == "i12");
  CHECK(std::ranges::equal(after.sources, before.sources));
  CHECK(std::ranges::equal(after.targets, before.targets));
  CHECK(std::ranges::equal(after.times, before.times));
  CHECK(std::ranges::equal(after.labels, before.labels));
  for (std::size_t i = 0; i < 3; ++i) CHECK(std::ranges::equal(after.features.row(i), before.features.row(i)));
  CHECK(parts_left_out(events.data, "x.jodie.csv").empty());
  const DatasetFile others = read_data("e.csv", "source,target,time\nu1,b,3\n");
  CHECK_THROWS_AS(write_dataset(context, others.data, folder.path() / "no.jodie.csv"), InvalidData);
  const DatasetFile edges = read_data("e.txt", "1 2\n");
  CHECK_THROWS_AS(write_dataset(context, edges.data, folder.path() / "no.jodie.csv"), InvalidData);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "no.jodie.csv"));
}

TEST_CASE("what a format has no room for as it is, is said to be missing") {
  const DatasetFile edges = read_data("e.txt", "1 2\n");
  const DatasetFile events = read_data("e.csv", "source,target,time\na,b,3\n");
  const DatasetFile simplices = read_data("s.json", R"({"incidences": [{"edge": "x", "node": 3}]})");
  CHECK(missing_for(edges.data, "x.mtx") == Missing::nothing);
  CHECK(missing_for(events.data, "x.mtx") == Missing::graph);
  CHECK(missing_for(events.data, "x.tsv") == Missing::nothing);
  CHECK(missing_for(simplices.data, "x.tsv") == Missing::graph);
  CHECK(missing_for(edges.data, "x.hif.json") == Missing::simplices);
  CHECK(missing_for(events.data, "x.xgi.json") == Missing::simplices);
  CHECK(missing_for(simplices.data, "x.xgi.json") == Missing::nothing);
  CHECK(missing_for(simplices.data, "x.adjoin") == Missing::nothing);
  CHECK(missing_for(edges.data, "-", {FileFormat::hif}) == Missing::simplices);
}

TEST_CASE("standard output takes formats of one file only") {
  CHECK_NOTHROW(check_dataset_output("-"));
  CHECK_NOTHROW(check_dataset_output("-", {FileFormat::graphml}));
  CHECK_THROWS_AS(check_dataset_output("-", {FileFormat::simplices}), InvalidOption);
  CHECK_THROWS_AS(check_dataset_output("-", {FileFormat::npy}), InvalidOption);
  CHECK_THROWS_AS(check_dataset_output("g.tsv.gz", {FileFormat::store}), InvalidOption);
  RunContext context;
  Dataset data;
  data.graph = read_text("g.txt", "ann bob\n").graph;
  data.nodes = data.graph->view().shared_nodes();
  CHECK_THROWS_AS(write_dataset(context, data, "-", {FileFormat::matrix_market}), InvalidOption);
}

TEST_CASE("simplices are read as the graph of pairs that share them") {
  const GraphFile file =
      read_text("s.json", R"({"incidences": [{"edge": 1, "node": 3}, {"edge": 1, "node": 4}, {"edge": 1, "node": 5},
                                   {"edge": 2, "node": 3}, {"edge": 2, "node": 5}]})");
  CHECK(edges_of(file.graph.view()) == NamedEdges{{"3", "4", "1"}, {"3", "5", "2"}, {"4", "5", "1"}});
}

TEST_CASE("names that no line can hold are refused rather than written wrong") {
  const TemporaryFolder folder;
  RunContext context;
  for (const char* const name : {"#hash", "%percent", " space", "tab\there"}) {
    CAPTURE(name);
    GraphBuilder builder;
    builder.add_edge(name, "b");
    Dataset data;
    data.graph = builder.build(context).graph;
    data.nodes = data.graph->view().shared_nodes();
    CHECK_THROWS_AS(write_dataset(context, data, folder.path() / "g.tsv"), InvalidData);
    CHECK(std::filesystem::is_empty(folder.path()));
  }
}

TEST_CASE("an edge between nodes that are called source and target is not taken for the header") {
  const TemporaryFolder folder;
  RunContext context;
  const auto written = [&](const std::string& text) {
    Dataset data;
    data.graph = read_text("g.txt", text).graph;
    data.nodes = data.graph->view().shared_nodes();
    write_dataset(context, data, folder.path() / "g.tsv");
    const GraphFile again = read_graph(context, folder.path() / "g.tsv", {}, {});
    CHECK(edges_of(again.graph.view()) == edges_of(data.graph->view()));
    return read_file(folder.path() / "g.tsv");
  };
  CHECK(written("x y\nsource target\n").find("\nfrom\tto\n") != std::string::npos);
  CHECK(written("x y\nsource target\nto from\n").find("\nsrc\tdst\n") != std::string::npos);
  CHECK_THROWS_AS(written("x y\nsource target\nto from\nsrc dst\n"), InvalidData);
}

TEST_CASE("a file of names that stands beside a matrix is never left with another one's names") {
  const TemporaryFolder folder;
  RunContext context;
  Dataset data;
  data.graph = read_text("g.txt", "ann bob\n").graph;
  data.nodes = data.graph->view().shared_nodes();
  write_dataset(context, data, folder.path() / "g.npz");
  data.graph = read_text("g.txt", "0 1\n").graph;
  data.nodes = data.graph->view().shared_nodes();
  write_dataset(context, data, folder.path() / "g.npz");
  const GraphFile again = read_graph(context, folder.path() / "g.npz", {}, {});
  CHECK(edges_of(again.graph.view()) == NamedEdges{{"0", "1", ""}});
  folder.write("g.names.txt", "ann\n");
  CHECK_THROWS_AS(read_graph(context, folder.path() / "g.npz", {}, {}), ParseError);
}

TEST_CASE("what a format cannot hold is told before it is lost") {
  const DatasetFile events = read_data("e.csv", "source,target,time\na,b,3\n");
  CHECK(parts_left_out(events.data, "x.adjoin").empty());
  CHECK(parts_left_out(events.data, "x.tsv").empty());
  CHECK(parts_left_out(events.data, "x.mtx") == std::vector<std::string>{"events"});
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
