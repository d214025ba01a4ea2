// Puts a graph and a feature of its nodes into a store, opens the store, and uses one part of it.
//   03_store data/karate/edges.txt karate.adjoin
#include <cstdlib>
#include <iostream>
#include <utility>

#include <adjoin/adjoin.hpp>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: 03_store EDGES STORE\n";
    return EXIT_FAILURE;
  }
  try {
    adjoin::RunContext context;
    adjoin::GraphFile file = adjoin::read_graph(context, argv[1], adjoin::ReadOptions{}, adjoin::BuildOptions{});

    // A dataset is a graph and what belongs to its nodes; every part is there or not.
    adjoin::Dataset dataset;
    dataset.nodes = file.graph.view().shared_nodes();
    dataset.features = adjoin::Matrix(dataset.nodes->size(), 1);
    for (std::size_t row = 0; row < dataset.nodes->size(); ++row) {
      dataset.features(row, 0) = static_cast<float>(file.graph.view().out_degree(adjoin::node_id(row)));
    }
    dataset.metadata["source"] = "Zachary 1977";
    dataset.graph = std::move(file.graph);
    adjoin::write_store(context, dataset, argv[2]);  // the file appears whole or not at all

    // Opening reads the header only, whatever the size of the file.
    const adjoin::Store store(argv[2]);
    const adjoin::StoreSummary& summary = store.summary();
    std::cout << summary.nodes << " nodes, " << summary.edges << " edges, " << summary.features << " feature, from "
              << summary.metadata.at("source") << '\n';

    // A part is mapped and checked when it is asked for. The graph stays valid when the store is closed.
    const adjoin::Graph graph = store.graph(context);
    const adjoin::GraphSummary numbers = adjoin::summarize(context, graph, 1);
    std::cout << "highest degree: " << graph.view().nodes().name(numbers.hubs[0]) << " with " << numbers.max_degree
              << " neighbours\n";
  } catch (const adjoin::Error& error) {  // one sentence for the user
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
