// Reads an edge list, learns a vector for every node, and prints the nodes nearest to one of them.
//   01_embed data/borders/edges.tsv Bavaria
#include <array>
#include <cstdlib>
#include <iostream>

#include <adjoin/adjoin.hpp>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: 01_embed EDGES NODE\n";
    return EXIT_FAILURE;
  }
  try {
    // One run: its threads, seed and memory budget. Every setting has a default.
    adjoin::RunSettings settings;
    settings.seed = 42;
    adjoin::RunContext context(settings);

    // Separator, header and weights are found by looking at the file; the report says what was found and dropped.
    const adjoin::GraphFile file = adjoin::read_graph(context, argv[1], adjoin::ReadOptions{}, adjoin::BuildOptions{});
    const adjoin::GraphView graph = file.graph.view();
    std::cout << file.read.sentence() << '\n';

    adjoin::FastRPOptions options;
    options.dim = 128;
    const adjoin::FastRPResult embedded = adjoin::fastrp(context, graph, options);
    std::cout << embedded.embedding.rows() << " vectors of " << embedded.embedding.columns() << " numbers\n";

    const auto found = graph.nodes().find(argv[2]);
    if (!found) {
      std::cerr << "no node is called " << argv[2] << '\n';
      return EXIT_FAILURE;
    }
    adjoin::NearestOptions nearest;
    nearest.top = 3;
    const adjoin::NearestResult result =
        adjoin::nearest(context, embedded.embedding.view(), std::array{*found}, nearest);
    for (const auto& [node, similarity] : result.neighbors[0]) {
      std::cout << graph.nodes().name(node) << ' ' << similarity << '\n';
    }
  } catch (const adjoin::Error& error) {  // one sentence for the user
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
