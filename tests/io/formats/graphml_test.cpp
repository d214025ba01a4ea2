#include <vector>

#include <doctest/doctest.h>

#include "read_text.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

const std::string graphml_head = "<?xml version=\"1.0\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";

std::string graph(const std::string& inside, const char* direction = "undirected") {
  return graphml_head + "<graph edgedefault=\"" + direction + "\">\n" + inside + "</graph></graphml>\n";
}

}  // namespace

TEST_CASE("GraphML files are graphs with names and weights; other data are left out and said") {
  const GraphFile plain = read_text("g.graphml", graph("<node id=\"a&amp;b\"/><node id=\"c\"/><node id=\"alone\"/>\n"
                                                       "<edge source=\"a&amp;b\" target=\"c\"/>"));
  CHECK(edges_of(plain.graph.view()) == NamedEdges{{"a&b", "c", ""}});
  CHECK(plain.graph.view().node_count() == 3);
  const std::string keys =
      "<key id=\"k0\" for=\"node\" attr.name=\"color\"/><key id=\"k1\" for=\"edge\" attr.name=\"weight\" "
      "attr.type=\"double\"><default>2</default></key>";
  const std::string nodes = "<node id=\"1\"><data key=\"k0\">red</data></node><node id=\"2\"/><node id=\"3\"/>";
  const GraphFile weighted =
      read_text("anything", graphml_head + keys + "<graph edgedefault=\"directed\">" + nodes +
                                "<edge source=\"1\" target=\"2\"><data key=\"k1\"> 0.5 </data></edge>"
                                "<edge source=\"3\" target=\"2\"/></graph></graphml>");
  CHECK(weighted.graph.view().directed());
  CHECK(edges_of(weighted.graph.view()) == NamedEdges{{"1", "2", "0.5"}, {"3", "2", "2"}});
  CHECK(weighted.read.sentence() == "GraphML file, directed, with weights, 1 kind of data left out");
  // Edges may stand before their nodes; a prefix of a namespace changes nothing.
  const GraphFile prefixed =
      read_text("g.xml",
                "<g:graphml xmlns:g=\"x\"><g:graph edgedefault=\"undirected\"><g:edge source=\"1\" "
                "target=\"2\"/><g:node id=\"1\"/><g:node id=\"2\"/></g:graph></g:graphml>",
                [] {
                  ReadOptions read;
                  read.format = FileFormat::graphml;
                  return read;
                }());
  CHECK(prefixed.graph.view().edge_count() == 1);
}

TEST_CASE("GraphML files that are not graphs are refused with line and column") {
  struct Case {
    std::string text;
    const char* message;
  };
  const std::string nodes = "<node id=\"1\"/><node id=\"2\"/>\n";
  const std::vector<Case> cases{
      {graphml_head, "g.graphml:3:1: found XML that is not well formed (no element found), expected a GraphML file"},
      {graphml_head + "</graphml>", "g.graphml:3:11: found no <graph>, expected one"},
      {graph("<node/>"), "g.graphml:4:1: found <node> without id, expected <node id=\"...\">"},
      {graph("<node id=\"1\"/>\n<node id=\"1\"/>"), "g.graphml:5:1: found the node '1' twice, expected each node once"},
      {graph("<node id=\"\"/>"), "g.graphml:4:1: found an empty name, expected the name of a node"},
      {graph("<node id=\"a&#10;b\"/>"),
       "g.graphml:4:1: found a control character in 'a\\x0ab', expected the name of a node in plain text"},
      {graph(nodes + "<edge source=\"1\"/>"),
       "g.graphml:5:1: found <edge> without target, expected <edge target=\"...\">"},
      {graph(nodes + "<edge source=\"1\" target=\"3\"/>"),
       "g.graphml:6:1: found an edge of the node '3', expected nodes that a <node> names"},
      {graph(nodes + "<edge source=\"1\" target=\"2\"/><edge source=\"2\" target=\"1\" directed=\"true\"/>"),
       "g.graphml:5:30: found directed and undirected edges in one graph, expected one kind"},
      {graph("", "both"), "g.graphml:3:1: found edgedefault 'both', expected directed or undirected"},
      {graph(nodes + "<graph edgedefault=\"directed\"/>"),
       "g.graphml:5:1: found a second <graph>, expected one graph in the file; nested graphs are not read"},
      {graph(nodes + "<hyperedge/>"),
       "g.graphml:5:1: found a <hyperedge>, expected edges between two nodes; HIF (.hif.json) holds larger ones"},
      {graphml_head + "<key id=\"w\" for=\"edge\" attr.name=\"weight\"/><graph>" + nodes +
           "<edge source=\"1\" target=\"2\"><data key=\"w\">heavy</data></edge></graph></graphml>",
       "g.graphml:4:48: found 'heavy', expected a weight, which is a finite number of 0 or more; --weight-column none "
       "reads the edges without weights"},
      {graphml_head + "<node id=\"1\"/></graphml>",
       "g.graphml:3:1: found a <node> outside <graph>, expected nodes inside it"},
      {graph("<node id=\"1\">"),
       "g.graphml:4:16: found XML that is not well formed (mismatched tag), expected a "
       "GraphML file"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.text);
    CHECK(complaint("g.graphml", test.text) == std::string(test.message));
  }
}

TEST_CASE("entities that stand for one another a billion times over are refused") {
  std::string text = "<!DOCTYPE graphml [<!ENTITY a0 \"lol\">";
  for (int i = 1; i < 12; ++i) {
    text += "<!ENTITY a" + std::to_string(i) + " \"";
    for (int k = 0; k < 10; ++k) text += "&a" + std::to_string(i - 1) + ";";
    text += "\">";
  }
  text += "]><graphml><graph><node id=\"&a11;\"/></graph></graphml>";
  CHECK(complaint("g.graphml", text).find("XML that is not well formed") != std::string::npos);
}
