#include <vector>

#include <doctest/doctest.h>

#include <adjoin/io/node_table.hpp>

#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

struct Said {
  Dataset data;
  NodeFileReport report;
};

/// The nodes of "1 2, 2 7" with what the files say; an empty text is no file.
Said read_nodes(const std::string& nodes, const std::string& labels, const std::string& features,
                UnknownNodes unknown = UnknownNodes::add) {
  const TemporaryFolder folder;
  RunContext context;
  Said said;
  said.data = read_data("g.txt", "1 2\n2 7\n").data;
  const auto file = [&](const char* name, const std::string& text) {
    return text.empty() ? std::string() : folder.write(name, text).string();
  };
  said.report = read_node_files(
      context, {file("nodes.tsv", nodes), file("labels.txt", labels), file("features.mtx", features), unknown},
      said.data);
  check_dataset(context, said.data);
  return said;
}

std::string refusal(const std::string& nodes, const std::string& labels, const std::string& features,
                    UnknownNodes unknown = UnknownNodes::add) {
  try {
    read_nodes(nodes, labels, features, unknown);
  } catch (const Error& error) {
    const std::string message = error.what();
    const std::size_t folder = message.find("adjoin-test-");
    return folder == std::string::npos ? message : message.substr(message.find('/', folder) + 1);
  }
  return "no complaint";
}

std::vector<std::string> labels_of(const Dataset& data, const char* node) {
  std::vector<std::string> names;
  for (const NodeId label : data.labels->of_node.view().row_targets(index(*data.nodes->find(node)))) {
    names.push_back(data.labels->names.name(label));
  }
  return names;
}

const std::string feature_matrix = "%%MatrixMarket matrix coordinate real general\n8 3 3\n2 1 0.5\n3 3 -2\n8 2 1\n";

}  // namespace

TEST_CASE("labels belong to nodes by name, a node may have several, and -1 is none") {
  const Said said = read_nodes("", "node label\n1 red\n7 blue\n1 blue\n2 -1\n", "");
  CHECK(labels_of(said.data, "1") == std::vector<std::string>{"blue", "red"});
  CHECK(labels_of(said.data, "2").empty());
  CHECK(labels_of(said.data, "7") == std::vector<std::string>{"blue"});
  CHECK(said.data.labels->names.size() == 2);
}

TEST_CASE("unknown nodes are added, dropped or refused, as asked for") {
  const std::string labels = "1 a\n3 b\n9 b\n";
  const Said added = read_nodes("", labels, "");
  CHECK(added.data.nodes->size() == 5);
  CHECK(added.report.nodes_added == 2);
  CHECK(added.data.graph->view().node_count() == 5);
  CHECK(edges_of(added.data.graph->view()) == NamedEdges{{"1", "2", ""}, {"2", "7", ""}});
  CHECK(labels_of(added.data, "9") == std::vector<std::string>{"b"});
  const Said dropped = read_nodes("", labels, "", UnknownNodes::drop);
  CHECK(dropped.data.nodes->size() == 3);
  CHECK(dropped.report.nodes_dropped == 2);
  CHECK(refusal("", labels, "", UnknownNodes::error) ==
        "labels.txt:2:1: found the node '3' and 1 other, expected known nodes; --unknown-nodes drop leaves out what is "
        "said of others");
}

TEST_CASE("a table of nodes names them, labels them and has features in columns or in a list") {
  const Said columns = read_nodes("id\tage\tclass\theight\n7\t30\tx\t1.5\n8\t-2\ty\t0\n", "", "");
  CHECK(columns.data.nodes->size() == 4);
  REQUIRE(columns.data.features.columns() == 2);
  CHECK(columns.data.features(index(*columns.data.nodes->find("7")), 1) == 1.5F);
  CHECK(columns.data.features(index(*columns.data.nodes->find("8")), 0) == -2);
  CHECK(columns.data.features(index(*columns.data.nodes->find("1")), 0) == 0);
  CHECK(labels_of(columns.data, "8") == std::vector<std::string>{"y"});

  const Said dense = read_nodes("node_id\tfeature\tlabel\n1\t0,1,1\t4\n2\t1,0,0.5\t4\n", "", "");
  REQUIRE(dense.data.features.columns() == 3);
  CHECK(dense.data.features(index(*dense.data.nodes->find("2")), 2) == 0.5F);

  const Said sparse = read_nodes("node_id\tfeature(feature_amount:9)\tlabel\n1\t8,3\t4\n2\t0\t5\n", "", "");
  REQUIRE(sparse.data.sparse_features);
  CHECK(sparse.data.sparse_features->column_count == 9);
  CHECK(sparse.data.sparse_features->view().row_size(index(*sparse.data.nodes->find("1"))) == 2);

  const Said names = read_nodes("7\n8\nten\n", "", "");
  CHECK(names.data.nodes->size() == 5);
  CHECK(names.data.nodes->find("ten"));
}

TEST_CASE("features are a matrix whose rows are nodes by number") {
  const Said said = read_nodes("", "", feature_matrix, UnknownNodes::drop);
  REQUIRE(said.data.sparse_features);
  const CsrView features = said.data.sparse_features->view();
  CHECK(features.column_count == 3);
  const std::size_t row = index(*said.data.nodes->find("1"));
  REQUIRE(features.row_size(row) == 1);
  CHECK(features.weights[features.row_begin(row)] == 0.5F);
  CHECK(said.report.nodes_dropped == 5);
  CHECK(read_nodes("", "", feature_matrix).data.nodes->size() == 8);
}

TEST_CASE("files of nodes that are not as they should be are refused in a sentence") {
  CHECK(refusal("", "1\n", "") == "labels.txt:1:1: found one column, expected a node and its label");
  CHECK(refusal("id\tage\n1\told\n", "", "") ==
        "nodes.tsv:2:3: found 'old', expected a feature, which is a finite number");
  CHECK(refusal("id\tage\n1\t5\n1\t6\n", "", "") == "nodes.tsv:3:1: found the node '1' again, expected each node once");
  CHECK(refusal("id\tage\n1\t5\n2\n", "", "") == "nodes.tsv:3:1: found 1 columns, expected 2 as in the first line");
  CHECK(refusal("id\tlabel\n1\ta\n", "1 b\n", "").ends_with("labels.txt: labels are given twice"));
  CHECK(refusal("", "", "%%MatrixMarket matrix coordinate real general\n2 2 1\n3 1 1\n") ==
        "features.mtx:3:1: found '3', expected a row from 1 to 2");
  CHECK(refusal("", "", "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1\n1 1 1\n") ==
        "row 0 has column 0 twice");
  CHECK(refusal("", "", "1 2 3\n") ==
        "features.mtx:1: found '1', expected %%MatrixMarket at the beginning; --input-format edge-list reads any lines "
        "of edges");
}
