// Public data sets, read in the formats in which they are published, have the counts that are published for them.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/node_table.hpp>

#include "repository.hpp"

using namespace adjoin;

namespace {

/// Empty, and said, where the data sets are not at hand.
std::filesystem::path data_at_hand() {
  const std::filesystem::path data = test::data_folder();
  if (std::filesystem::exists(data / "MANIFEST.md")) return data;
  MESSAGE("skipped: no data sets in ", data.string(), " (ADJOIN_DATA names another folder)");
  return {};
}

DatasetFile read_set(const std::filesystem::path& path, const ReadOptions& read = {}, const BuildOptions& build = {}) {
  RunContext context;
  return read_dataset(context, path, read, build);
}

}  // namespace

TEST_CASE("public graphs have the counts that are published for them") {
  const std::filesystem::path data = data_at_hand();
  if (data.empty()) return;
  struct Set {
    const char* path;
    std::size_t nodes;  // 0: an edge list does not name all of them
    std::size_t edges;
    bool directed = false;
  };
  for (const Set& set : {Set{"link/USAir.txt", 332, 2126},
                         Set{"link/NS.txt", 0, 2742},
                         Set{"link/PB.txt", 1222, 16714},
                         Set{"link/Celegans.txt", 297, 2148},
                         Set{"link/Ecoli.txt", 0, 14660},
                         Set{"link/facebook.txt.gz", 4039, 88234},
                         Set{"link/ca-AstroPh.txt.gz", 17903, 196972},
                         Set{"link/brightkite.txt.gz", 56739, 212945},
                         Set{"link/deezer-HU.txt.gz", 47538, 222887},
                         Set{"link/email-Enron.txt.gz", 36692, 183831},
                         Set{"link/p2p-Gnutella31.txt.gz", 62586, 147892, true},
                         Set{"link/wiki-Vote.txt.gz", 7115, 103689, true},
                         Set{"link/ogbl-ddi/train.txt.gz", 0, 1067911},
                         Set{"labels/blogcatalog/edges.txt.gz", 10312, 333983},
                         Set{"labels/PPI/edges.txt.gz", 0, 37845},
                         Set{"labels/dblp/edges.txt.gz", 51264, 127968},
                         Set{"attributed/fb100-amherst41/edges.txt.gz", 2235, 90954},
                         Set{"attributed/fb100-cornell5/edges.txt.gz", 18660, 790777},
                         Set{"attributed/github/edges.txt.gz", 37700, 289003},
                         Set{"attributed/twitch-DE/edges.txt.gz", 9498, 153138}}) {
    CAPTURE(set.path);
    BuildOptions build;
    build.directed = set.directed;
    const DatasetFile file = read_set(data / set.path, {}, build);
    REQUIRE(file.data.graph);
    CHECK(file.data.graph->view().edge_count() == set.edges);
    if (set.nodes > 0) CHECK(file.data.nodes->size() == set.nodes);
  }
}

TEST_CASE("public sets of nodes with features and labels have the counts that are published for them") {
  const std::filesystem::path data = data_at_hand();
  if (data.empty()) return;
  struct Set {
    const char* folder;
    const char* edges;
    const char* labels;
    const char* features;
    std::size_t nodes;
    std::size_t edge_count;
    std::size_t kinds;
    std::size_t columns;
  };
  for (const Set& set :
       {Set{"citation/cora", "edges.txt", "labels.txt", "features.mtx.gz", 2708, 5278, 7, 1433},
        Set{"citation/pubmed", "edges.txt", "labels.txt", "", 19717, 44324, 3, 0},
        Set{"citation/pubmed-planetoid", "edges.txt", "labels.txt", "", 19717, 44324, 3, 0},
        Set{"labels/blogcatalog", "edges.txt.gz", "labels.txt", "", 10312, 333983, 39, 0},
        Set{"labels/PPI", "edges.txt.gz", "labels.txt", "", 3890, 37845, 50, 0},
        Set{"labels/dblp", "edges.txt.gz", "labels.txt", "", 51264, 127968, 60, 0},
        Set{"attributed/cora_ml", "edges.txt", "labels.txt", "features.mtx.gz", 2995, 8158, 7, 2879},
        Set{"attributed/fb100-amherst41", "edges.txt.gz", "labels.txt", "", 2235, 90954, 2, 0},
        Set{"attributed/twitch-DE", "edges.txt.gz", "labels.txt", "features.mtx.gz", 9498, 153138, 2, 3170},
        Set{"heterophily/chameleon", "edges.txt", "labels.txt", "features.mtx", 2277, 31371, 5, 2325},
        Set{"heterophily/chameleon_filtered", "edges.txt", "labels.txt", "features.mtx", 890, 8854, 5, 2325},
        Set{"heterophily/squirrel", "edges.txt.gz", "labels.txt", "features.mtx.gz", 5201, 198353, 5, 2089},
        Set{"heterophily/squirrel_filtered", "edges.txt", "labels.txt", "features.mtx", 2223, 46998, 5, 2089},
        Set{"heterophily/minesweeper", "edges.txt", "labels.txt", "features.mtx", 10000, 39402, 2, 7}}) {
    CAPTURE(set.folder);
    DatasetFile file = read_set(data / set.folder / set.edges);
    RunContext context;
    const std::string features = *set.features == '\0' ? "" : (data / set.folder / set.features).string();
    read_node_files(context, {"", (data / set.folder / set.labels).string(), features, UnknownNodes::add}, file.data);
    check_dataset(context, file.data);
    CHECK(file.data.nodes->size() == set.nodes);
    CHECK(file.data.graph->view().edge_count() == set.edge_count);
    REQUIRE(file.data.labels);
    CHECK(file.data.labels->names.size() == set.kinds);
    if (set.columns > 0) {
      REQUIRE(file.data.sparse_features);
      CHECK(file.data.sparse_features->column_count == set.columns);
    }
  }
}

TEST_CASE("Geom-GCN's tables of nodes have the counts that are published for them") {
  const std::filesystem::path data = data_at_hand();
  if (data.empty()) return;
  struct Set {
    const char* folder;
    std::size_t nodes;
    std::size_t columns;
    bool sparse;
  };
  for (const Set& set : {Set{"heterophily/texas", 183, 1703, false}, Set{"heterophily/film", 7600, 932, true}}) {
    CAPTURE(set.folder);
    DatasetFile file = read_set(data / set.folder / "edges.tsv");
    RunContext context;
    read_node_files(context, {(data / set.folder / "node_feature_label.tsv.gz").string(), "", "", UnknownNodes::add},
                    file.data);
    CHECK(file.data.nodes->size() == set.nodes);
    CHECK(file.data.labels->names.size() == 5);
    CHECK(file.data.sparse_features.has_value() == set.sparse);
    CHECK((set.sparse ? file.data.sparse_features->column_count : file.data.features.columns()) == set.columns);
  }
}

TEST_CASE("public sets of events have the counts that are published for them") {
  const std::filesystem::path data = data_at_hand();
  if (data.empty()) return;
  struct Set {
    const char* path;
    const char* time_column;
    const char* weight_column;
    std::size_t nodes;
    std::size_t events;
    const char* first;
    const char* last;
  };
  for (const Set& set :
       {Set{"temporal/collegemsg.txt.gz", "auto", "auto", 1899, 59835, "1082040961", "1098777142"},
        Set{"temporal/bitcoinotc.csv.gz", "auto", "feature", 5881, 35592, "1289241911.72836", "1453684323.75728"},
        Set{"temporal/sx-mathoverflow.txt.gz", "auto", "auto", 24818, 506550, "1254192988", "1457262355"},
        Set{"temporal/socialevolve-1month.txt.gz", "3", "auto", 71, 176090, "0", "2618782"},
        Set{"temporal/wikipedia.txt.gz", "3", "auto", 9227, 157474, "0", "2678373"}}) {
    CAPTURE(set.path);
    ReadOptions read;
    read.time_column = set.time_column;
    read.weight_column = set.weight_column;
    const DatasetFile file = read_set(data / set.path, read);
    REQUIRE(file.data.events);
    const EventView events = file.data.events->view();
    CHECK(file.data.nodes->size() == set.nodes);
    CHECK(events.size() == set.events);
    CHECK(format_time(events.times.front(), events.decimals) == set.first);
    CHECK(format_time(events.times.back(), events.decimals) == set.last);
  }
  ReadOptions ratings;
  ratings.bipartite = true;
  const DatasetFile movies = read_set(data / "recommend/ml-100k/u.data.gz", ratings);
  REQUIRE(movies.data.events);
  CHECK(movies.data.nodes->size() == 943 + 1682);
  CHECK(movies.data.events->size() == 100'000);
  const DatasetFile books = read_set(data / "recommend/facebook-books.tsv.gz", ratings);
  REQUIRE(books.data.graph);
  CHECK(books.data.nodes->size() == 1398 + 2726);
}

TEST_CASE("public sets of simplices have the counts that are published for them") {
  const std::filesystem::path data = data_at_hand();
  if (data.empty()) return;
  struct Set {
    const char* name;
    std::size_t nodes;
    std::size_t simplices;
    std::size_t distinct;
    std::size_t largest;
  };
  for (const Set& set :
       {Set{"email-Enron", 143, 10883, 1512, 18}, Set{"contact-high-school", 327, 172035, 7818, 5},
        Set{"contact-primary-school", 242, 106879, 12704, 5}, Set{"NDC-classes", 1161, 49724, 1088, 24},
        Set{"tags-ask-ubuntu", 3029, 271233, 147222, 5}, Set{"threads-ask-ubuntu", 125602, 192947, 166999, 14}}) {
    CAPTURE(set.name);
    const std::string name = set.name;
    const DatasetFile file = read_set(data / "simplicial" / name / (name + "-nverts.txt.gz"));
    REQUIRE(file.data.simplices);
    const SimplexView simplices = file.data.simplices->view();
    CHECK(file.data.nodes->size() == set.nodes);
    CHECK(simplices.size() == set.simplices);
    std::set<std::vector<NodeId>> distinct;
    std::size_t largest = 0;
    for (std::size_t i = 0; i < simplices.size(); ++i) {
      const auto nodes = simplices.simplex(i);
      distinct.emplace(nodes.begin(), nodes.end());
      largest = std::max(largest, nodes.size());
    }
    CHECK(distinct.size() == set.distinct);
    CHECK(largest == set.largest);
  }
}
