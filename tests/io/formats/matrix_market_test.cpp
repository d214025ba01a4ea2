#include <vector>

#include <doctest/doctest.h>

#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

const std::string banner = "%%MatrixMarket matrix coordinate ";

}  // namespace

TEST_CASE("MatrixMarket files are graphs: symmetric and twin entries undirected, other general ones directed") {
  const GraphFile symmetric = read_text("a.mtx", banner + "pattern symmetric\n% a comment\n\n4 4 3\n2 1\n3 1\n3 2\n");
  CHECK_FALSE(symmetric.graph.view().directed());
  CHECK(symmetric.graph.view().node_count() == 4);
  CHECK(edges_of(symmetric.graph.view()) == NamedEdges{{"1", "2", ""}, {"1", "3", ""}, {"2", "3", ""}});

  const GraphFile twins = read_text("a.mtx", banner + "real general\n3 3 4\n1 2 0.5\n2 1 0.5\n2 3 2\n3 2 2\n");
  CHECK_FALSE(twins.graph.view().directed());
  CHECK(twins.graph.view().edge_count() == 2);
  CHECK(edges_of(twins.graph.view()) == NamedEdges{{"1", "2", "0.5"}, {"2", "3", "2"}});
  CHECK(twins.read.sentence() == "MatrixMarket file, 3 by 3, with weights, found symmetric, so undirected");

  const GraphFile general = read_text("a.mtx", banner + "integer general\n3 3 2\n1 2 7\n2 3 1\n");
  CHECK(general.graph.view().directed());
  CHECK(edges_of(general.graph.view()) == NamedEdges{{"1", "2", "7"}, {"2", "3", "1"}});

  BuildOptions directed;
  directed.directed = true;
  const GraphFile asked = read_text("a.mtx", banner + "pattern general\n2 2 2\n1 2\n2 1\n", {}, directed);
  CHECK(asked.graph.view().directed());
  const GraphFile by_content = read_text("a.txt", banner + "pattern symmetric\n2 2 1\n2 1\n");
  CHECK(by_content.graph.view().edge_count() == 1);
}

TEST_CASE("MatrixMarket files that are not graphs are refused in a sentence") {
  struct Case {
    std::string text;
    const char* message;
  };
  const std::vector<Case> cases{
      {banner, "a.mtx:1: found entries of kind '', expected real, integer or pattern"},
      {"%%MatrixMarket matrix array real general\n2 2\n1\n",
       "a.mtx:1: found 'matrix array', expected matrix coordinate; a dense matrix (array) is not a graph's"},
      {banner + "complex general\n1 1 0\n",
       "a.mtx:1: found entries of kind 'complex', expected real, integer or pattern"},
      {banner + "real hermitian\n1 1 0\n", "a.mtx:1: found symmetry 'hermitian', expected general or symmetric"},
      {banner + "pattern general\n% nothing\n",
       "a.mtx:2: found the end of the file, expected a line with rows, columns and entries"},
      {banner + "pattern general\n2 3 1\n1 2\n",
       "a.mtx: found 2 rows and 3 columns, expected as many rows as columns, one for each node; features of "
       "nodes are given with --features"},
      {banner + "pattern general\nx 3 1\n1 2\n", "a.mtx:2: found 'x 3 1', expected rows, columns and entries"},
      {banner + "pattern general\n99999999999 99999999999 1\n1 2\n",
       "a.mtx:2: found 99999999999 rows, expected at most 4,294,967,295"},
      {banner + "pattern general\n3 3 2\n1 2\n", "a.mtx: found 1 entries, expected 2 as its line of sizes says"},
      {banner + "pattern general\n3 3 1\n1 2\n1 3\n", "a.mtx: found 2 entries, expected 1 as its line of sizes says"},
      {banner + "pattern general\n3 3 1\n1 4\n", "a.mtx:3:3: found '4', expected a column from 1 to 3"},
      {banner + "pattern general\n% a comment\n3 3 3\n1 2\n\n% another\n2 3\n\t0 1\n",
       "a.mtx:8:2: found '0', expected a row from 1 to 3"},
      {banner + "pattern general\n3 3 1\na 1\n", "a.mtx:3:1: found 'a', expected a row from 1 to 3"},
      {banner + "pattern general\n3 3 1\n1 5000000000\n",
       "a.mtx:3:3: found '5000000000', expected a column from 1 to 3"},
      {banner + "pattern general\n3 3 1\n1 2 0.5\n",
       "a.mtx:3:1: found 3 columns, expected 2 columns as in the first line"},
      {banner + "real general\n3 3 1\n1 2 nan\n",
       "a.mtx:3:5: found 'nan', expected a weight, which is a finite number of 0 or more; --weight-column none reads "
       "the edges without weights"},
      {banner + "pattern general\n3 3 1000000000\n1 2\n1 3\n2 3\n",
       "a.mtx: found 3 entries, expected 1,000,000,000 as its line of sizes says"},
  };
  for (const Case& test : cases) CHECK(complaint("a.mtx", test.text) == test.message);
}
