// What a program does that uses adjoin: a graph by name, an embedding, the nearest rows, an error caught.
#include <array>
#include <iostream>

#include <adjoin/adjoin.hpp>

int main() {
  adjoin::RunSettings settings;
  settings.threads = 2;
  adjoin::RunContext context(settings);

  adjoin::GraphBuilder builder;
  for (const char* const leaf : {"b", "c", "d"}) builder.add_edge("a", leaf);
  builder.add_edge("d", "e");
  const adjoin::BuiltGraph built = builder.build(context);
  const adjoin::GraphView graph = built.graph;

  adjoin::FastRPOptions options;
  options.dim = 16;
  const adjoin::FastRPResult result = adjoin::fastrp(context, graph, options);
  const adjoin::NearestResult nearest =
      adjoin::nearest(context, result.embedding.view(), std::array{*graph.nodes().find("b")}, adjoin::NearestOptions{});

  std::cout << "adjoin " << adjoin::version() << ": " << graph.node_count() << " nodes, " << graph.edge_count()
            << " edges, " << result.embedding.rows() << " x " << result.embedding.columns() << ", nearest to b is "
            << graph.nodes().name(nearest.neighbors[0][0].node) << '\n';

  // io is linked, with the libraries it stands on.
  try {
    adjoin::read_graph(context, "there is no such file.tsv", adjoin::ReadOptions{}, adjoin::BuildOptions{});
  } catch (const adjoin::IoError& error) {
    std::cout << error.what() << '\n';
  }
}
