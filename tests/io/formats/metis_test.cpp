#include <vector>

#include <doctest/doctest.h>

#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

TEST_CASE("METIS files list the neighbours of each node, with weights where the header says so") {
  // The graph of figure 2 in the METIS manual, without and with weights of its edges.
  const GraphFile plain =
      read_text("g.graph", "% a comment\n7 11\n5 3 2\n1 3 4\n5 4 2 1\n2 3 6 7\n1 3 6\n5 4 7\n6 4\n");
  CHECK_FALSE(plain.graph.view().directed());
  CHECK(plain.graph.view().node_count() == 7);
  CHECK(plain.graph.view().edge_count() == 11);
  CHECK(edges_of(plain.graph.view()).contains({"4", "7", ""}));
  const GraphFile weighted = read_text(
      "g.graph",
      "7 11 001\n5 1 3 2 2 1\n1 1 3 2 4 1\n5 3 4 2 2 2 1 2\n2 1 3 2 6 2 7 5\n1 1 3 3 6 2\n5 2 4 2 7 6\n6 6 4 5\n");
  CHECK(edges_of(weighted.graph.view()).contains({"4", "7", "5"}));
  // Two weights of each node, a size, and an isolated node.
  const GraphFile nodes = read_text("g.graph", "3 1 111 2\n9 1 2 2 4\n9 1 2 1 4\n9 1 2\n");
  CHECK(edges_of(nodes.graph.view()) == NamedEdges{{"1", "2", "4"}});
  CHECK(nodes.graph.view().node_count() == 3);
}

TEST_CASE("METIS files that are not as they say are refused in a sentence") {
  struct Case {
    const char* text;
    const char* message;
  };
  const std::vector<Case> cases{
      {"", "g.graph: found an empty file, expected a line with the numbers of nodes and edges"},
      {"x 1\n", "g.graph:1:1: found 'x', expected the number of nodes"},
      {"2\n2\n1\n", "g.graph:1:2: found the end of the line, expected the number of edges"},
      {"2 1 7\n2\n1\n",
       "g.graph:1:6: found the format 7, expected three digits of 0 and 1: sizes and weights of nodes, of edges"},
      {"2 1 1 1 1\n", "g.graph:1:9: found more than four numbers, expected nodes, edges, format and weights of a node"},
      {"2 1\n3\n1\n", "g.graph:2:2: found the neighbour 3, expected 1 to 2"},
      {"2 1\n0\n1\n", "g.graph:2:2: found the neighbour 0, expected 1 to 2"},
      {"2 1\n2 nan\n1\n", "g.graph:2:3: found 'nan', expected the number of a neighbour"},
      {"2 1\n-2\n1\n", "g.graph:2:1: found '-2', expected the number of a neighbour"},
      {"2 1 1\n2 1.5\n1 1.5\n", "g.graph:2:3: found '1.5', expected the weight of the edge, a whole number"},
      {"2 1 1\n2\n1\n", "g.graph:2:2: found the end of the line, expected the weight of the edge, a whole number"},
      {"3 1\n2\n1\n", "g.graph:3:2: found lines for 2 nodes, expected 3 as the first line says"},
      {"2 1\n2\n1\n1\n", "g.graph:4:1: found another line, expected the end, after 2 nodes"},
      {"2 2\n2\n1\n", "g.graph:3:2: found 2 neighbours, expected 4, two for each of 2 edges"},
      {"3 1\n2\n3\n\n",
       "g.graph: found an edge that stands on one of its nodes' lines only, expected every edge on both lines, with "
       "one weight; the format is for undirected graphs"},
      {"1000000000 1000000000\n2\n1\n3\n",
       "g.graph:4:2: found lines for 3 nodes, expected 1,000,000,000 as the first line says"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.text);
    CHECK(complaint("g.graph", test.text) == std::string(test.message));
  }
}
